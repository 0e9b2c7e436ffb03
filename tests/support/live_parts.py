"""Settings and keys of a live store that nobody answers: everything in them is invented."""

import base64
import ssl
from datetime import UTC, datetime
from pathlib import Path

from app.crypto.ca import new_root
from app.profile.settings import Installation, read_installation
from localdb.secret_files import SecretFiles
from tests.support.platform_parts import PLATFORM_KEYS, STORE_KEYS

WHOLE = """
region = "shanghai"
[institution]
code = "P99000000001"
name = "示例药房"
area = "990100"
[addresses]
core = "http://127.0.0.1:9"
prescription = "http://127.0.0.1:9"
voucher = "http://127.0.0.1:9"
[trust]
plain_http = true
seal_roots = ["root.der"]
[keys]
app_id = "A"
paasid = "P"
[storage]
folder = "base"
key = "file"
key_folder = "base-keys"
"""
ROOT = new_root("示例签章根", datetime(2026, 1, 1, tzinfo=UTC)).certificate.der
PRIVATE = base64.b64encode(STORE_KEYS.private).decode()
PUBLIC = base64.b64encode(b"\x04" + STORE_KEYS.public).decode()
PLATFORM = base64.b64encode(b"\x04" + PLATFORM_KEYS.public).decode()


def installed(tmp_path: Path, text: str = WHOLE) -> Installation:
    (tmp_path / "root.der").write_bytes(ROOT)
    (tmp_path / "root.pem").write_text(ssl.DER_cert_to_PEM_cert(ROOT), encoding="ascii")
    (tmp_path / "none.txt").write_bytes(b"\x30\x00")
    file = tmp_path / "live.toml"
    file.write_text(text, encoding="utf-8")
    return read_installation(file, "1")


def keys_in(folder: Path, **changed: str) -> SecretFiles:
    """The four keys a store needs; an empty text leaves one away."""
    folder.mkdir()
    named = {"appSecret": "S", "privateKey": PRIVATE, "platformPublicKey": PLATFORM}
    for name, text in (named | {"gatewaySecret": "G"} | changed).items():
        if text:
            (folder / f"{name}.txt").write_text(f"\ufeff{text}\r\n", encoding="utf-8")
            (folder / f"{name}.txt").chmod(0o600)
    return SecretFiles(folder)
