"""``python -m app referee`` as an integrator runs it: files, pipes, exit statuses."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support import integrator as one

ROOT = Path(__file__).parents[3]
WAIT_S = 60


def run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "app", "referee", *words]
    return subprocess.run(
        command, input=given, cwd=ROOT, capture_output=True, timeout=WAIT_S, check=False
    )


def test_signed_through_a_pipe_and_verified(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_bytes(one.keys_file())
    signed = run("sign", "--keys", str(keys), "-", given='{"patnName": "钱测试"}'.encode())
    assert signed.returncode == 0
    verified = run("verify", "--json", "--keys", str(keys), "-", given=signed.stdout)
    assert (verified.returncode, verified.stderr) == (0, b"")
    found = json.loads(verified.stdout)
    assert (found["signature"], found["data"]) == ("valid", {"patnName": "钱测试"})
    changed = signed.stdout.replace(b'"1.0.0"', b'"1.0.1"')
    refused = run("verify", "--json", "--keys", str(keys), "-", given=changed)
    assert (refused.returncode, json.loads(refused.stdout)["signature"]) == (1, "invalid")


def test_what_nobody_can_judge_leaves_standard_output_empty(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_bytes(b"{}")
    done = run("verify", "--keys", str(keys), "-", given=b"{}")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "appId" in done.stderr.decode()
