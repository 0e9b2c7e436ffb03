"""``yaotai referee`` through ``dispatch``: streams, statuses, keys of the contract."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli.dispatch import dispatch
from tests.support import integrator as one
from tests.support.fake_doors import FakeDoors

# what sha256sum says of the concatenation
TIF = "0a63baae8ad1212b603fbb62c8430de7a704996d748ecd02ec976870348f9237"
CONTENT = {"hiRxno": "350100020000000000000000000001", "count": 3}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files: dict[str, bytes] = {
        "keys.json": one.keys_file(),
        "swapped.json": one.keys_file(publicKey="AA=="),
        "message.json": json.dumps(one.message(CONTENT)).encode(),
        "data.json": json.dumps(CONTENT).encode(),
        "cut.json": b'{"appId":',
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = dispatch(["referee", *map(str, words)], FakeDoors)
    said = capsys.readouterr()
    return status, said.out, said.err


def document(text: str) -> dict[str, Any]:
    assert text.count("\n") == 1
    found: dict[str, Any] = json.loads(text)
    return found


def test_verify_prints_one_document(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    ask = ("verify", "--keys", folder / "keys.json", folder / "message.json")
    status, out, err = run(capsys, *ask, "--json")
    found = document(out)
    assert (status, err) == (0, "")
    assert {"signature", "variant", "data"} <= found.keys()
    assert (found["signature"], found["variant"], found["data"]) == ("valid", "A", CONTENT)
    status, out, err = run(capsys, *ask)
    assert (status, out) == (0, "")
    assert "签名有效" in err


def test_what_does_not_hold_is_status_1(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    ask = ("verify", "--json", "--keys", folder / "keys.json", folder / "cut.json")
    status, out, _ = run(capsys, *ask)
    assert status == 1
    assert document(out)["signature"] == "invalid"


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "--keys", "swapped.json", "message.json", "--json"),
        ("verify", "--keys", "absent.json", "message.json"),
        ("verify", "message.json"),
        ("check", "--operation", "sell_everything", "message.json"),
        ("check", "--operation", "audit", "message.json"),
        ("tif", "--timestamp", "1"),
        ("judge",),
        (),
    ],
    ids=" ".join,
)
def test_what_nobody_can_judge_is_status_2_and_a_sentence(
    capsys: pytest.CaptureFixture[str], folder: Path, words: tuple[str, ...]
) -> None:
    status, out, err = run(
        capsys, *(folder / word if word.endswith(".json") else word for word in words)
    )
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_what_sign_prints_is_a_message_that_verifies(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = run(capsys, "sign", "--keys", folder / "keys.json", folder / "data.json")
    assert (status, err.count("\n")) == (0, 1)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(out.encode())))
    assert run(capsys, "verify", "--keys", folder / "keys.json", "-")[0] == 0
    status, out, _ = run(
        capsys, "sign", "--json", "--keys", folder / "keys.json", folder / "data.json"
    )
    assert document(out)["message"]["signData"]


def test_encrypt_and_decrypt_are_each_others_way_back(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    _, sealed, _ = run(capsys, "encrypt", "--keys", folder / "keys.json", folder / "data.json")
    (folder / "sealed").write_text(sealed)
    status, text, _ = run(capsys, "decrypt", "--keys", folder / "keys.json", folder / "sealed")
    assert (status, text.strip()) == (0, one.right_text(CONTENT))
    ask = ("decrypt", "--json", "--keys", folder / "keys.json", folder / "message.json")
    assert document(run(capsys, *ask)[1])["data"] == CONTENT


def test_check_names_field_rule_and_source(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    ask = ("check", "--operation", "audit", "--keys", folder / "keys.json", folder / "message.json")
    status, out, _ = run(capsys, *ask, "--json")
    found = document(out)
    assert (status, found["ok"]) == (1, False)
    assert all({"field", "rule", "source"} <= row.keys() for row in found["violations"])
    status, _, err = run(capsys, *ask)
    assert (status, len(err.splitlines())) == (1, len(found["violations"]))


def test_the_header_signature_is_that_of_the_formula(capsys: pytest.CaptureFixture[str]) -> None:
    ask = ("tif", "--timestamp", "1700000000", "--secret", "s3cret", "--nonce", "n1")
    status, out, _ = run(capsys, *ask, "--json")
    assert (status, document(out)) == (0, {"signature": TIF})
    assert run(capsys, *ask)[1].strip() == TIF
