"""Other people's implementations of the prescription centre, as programs that read many lines.

``close`` makes a wire message of each business object; ``open`` answers each wire message with its
canonical text, or with ``signature`` or ``cipher`` where that is wrong. What a machine lacks is
``NotRun``: nothing is passed over in silence.
"""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from tests.support import integrator as one

FOREIGN = Path(__file__).parents[1] / "deep" / "referee" / "foreign"
JARS = Path("/usr/share/java/bcprov.jar")
PACKAGE = "sm-crypto@0.5.8"
LONGEST_S = 3000


class NotRun(Exception):
    """Something this machine lacks; the text says what."""


class Side(Protocol):
    def close(self, contents: Sequence[Any]) -> list[str]: ...

    def open(self, messages: Sequence[str]) -> list[str]: ...


def needed(program: str) -> str:
    """The path of a program. Raises ``NotRun``."""
    found = shutil.which(program)
    if found is None:
        raise NotRun(f"not run: {program} is not installed")
    return found


def called(command: Sequence[str], folder: Path, given: bytes = b"") -> bytes:
    """What a program writes. Raises ``NotRun`` where it fails."""
    done = subprocess.run(
        command, input=given, cwd=folder, capture_output=True, timeout=LONGEST_S, check=False
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace")[-500:]
        raise NotRun(f"not run: {Path(command[0]).name} failed: {said}")
    return done.stdout


@dataclass(frozen=True, slots=True)
class Lines:
    """A program that reads lines: BouncyCastle and sm-crypto."""

    command: tuple[str, ...]
    folder: Path

    def close(self, contents: Sequence[Any]) -> list[str]:
        return self._asked("close", (one.dump(content) for content in contents))

    def open(self, messages: Sequence[str]) -> list[str]:
        return self._asked("open", messages)

    def _asked(self, word: str, lines: Iterable[str]) -> list[str]:
        told = "".join(f"{line}\n" for line in lines).encode()
        command = (*self.command, word, one.APP_ID, one.SECRET, one.PAIR.private.hex())
        return called(command, self.folder, told).decode().removesuffix("\n").split("\n")


def bouncy_castle(folder: Path) -> Lines:
    """Debian's library, with a small program compiled here. Raises ``NotRun``."""
    if not JARS.is_file():
        raise NotRun("not run: libbcprov-java is not installed")
    source = FOREIGN / "Foreign.java"
    compiler = (needed("javac"), "-encoding", "UTF-8", "-cp", str(JARS), "-d", str(folder))
    called((*compiler, str(source)), folder)
    return Lines((needed("java"), "-cp", f"{JARS}:{folder}", "Foreign"), folder)


def sm_crypto(folder: Path) -> Lines:
    """The package, installed by name into ``folder``. Raises ``NotRun``."""
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    quiet = ("--no-fund", "--no-audit", "--silent", "--ignore-scripts")
    called((needed("npm"), "install", *quiet, PACKAGE), folder)
    return Lines((needed("node"), str(FOREIGN / "foreign.js")), folder)


@dataclass(frozen=True, slots=True)
class OpenSsl:
    """The command line: one process for a signature, one for all texts of a direction.

    It knows no JSON: canonical text and frame are those of ``tests.support.integrator``.
    """

    program: str
    folder: Path

    def close(self, contents: Sequence[Any]) -> list[str]:
        plains = [one.right_text(content) for content in contents]
        sealed = self._sealed([plain.encode() for plain in plains])
        lines = []
        for plain, cipher in zip(plains, sealed, strict=True):
            head = one.head()
            (self.folder / "text").write_bytes(one.framed(head, _content(plain)).encode())
            der = called((*self._sm2("-sign"), str(self.folder / "text")), self.folder)
            r, s = decode_dss_signature(der)
            raw = r.to_bytes(32) + s.to_bytes(32)
            signature = base64.b64encode(raw).decode()
            closed = head | {"encData": cipher.hex().upper(), "signData": signature}
            lines.append(json.dumps(closed))
        return lines

    def open(self, messages: Sequence[str]) -> list[str]:
        read = [json.loads(message) for message in messages]
        plains = self._opened([bytes.fromhex(message["encData"]) for message in read])
        return [self._verified(m, plain) for m, plain in zip(read, plains, strict=True)]

    def _verified(self, message: dict[str, str], plain: bytes) -> str:
        try:
            text = one.right_text(json.loads(plain))
        except ValueError:
            return "cipher"
        head = {n: v for n, v in message.items() if n not in ("encData", "signData")}
        raw = base64.b64decode(message["signData"])
        der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        (self.folder / "signature").write_bytes(der)
        (self.folder / "text").write_bytes(one.framed(head, _content(text)).encode())
        command = (*self._sm2("-verify"), "-signature", "signature", "text")
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        fits = done.returncode == 0 and b"Verified OK" in done.stdout
        return text if fits else "signature"

    def _sm2(self, word: str) -> tuple[str, ...]:
        key = "private.pem" if word == "-sign" else "public.pem"
        identity = ("-sigopt", f"distid:{one.DEFAULT_USER_ID.decode()}")
        return (self.program, "dgst", "-sm3", *identity, word, str(self.folder / key))

    def _sealed(self, texts: Sequence[bytes]) -> list[bytes]:
        """ECB blocks know nothing of each other, so all texts go through in one go."""
        padded = [text + bytes([fill := 16 - len(text) % 16]) * fill for text in texts]
        return self._cut(self._sm4("-e", b"".join(padded)), padded)

    def _opened(self, ciphers: Sequence[bytes]) -> list[bytes]:
        plains = self._cut(self._sm4("-d", b"".join(ciphers)), ciphers)
        return [plain[: -plain[-1]] for plain in plains]

    def _sm4(self, word: str, content: bytes) -> bytes:
        key = one.content_key().hex()
        return called(
            (self.program, "enc", "-sm4-ecb", word, "-nopad", "-K", key), self.folder, content
        )

    @staticmethod
    def _cut(whole: bytes, like: Sequence[bytes]) -> list[bytes]:
        found, at = [], 0
        for part in like:
            found.append(whole[at : at + len(part)])
            at += len(part)
        return found


def _content(text: str) -> str | None:
    """Nothing is left of some objects; then nothing stands in the frame."""
    return None if text == "{}" else text


def open_ssl(folder: Path) -> OpenSsl:
    """Raises ``NotRun`` without the program, or where it knows no SM2."""
    program = needed("openssl")
    (folder / "private.pem").write_text(_pem(one.PAIR.private, one.PAIR.public), encoding="ascii")
    called((program, "pkey", "-in", "private.pem", "-pubout", "-out", "public.pem"), folder)
    return OpenSsl(program, folder)


def _pem(private: bytes, public: bytes) -> str:
    """SEC 1 form with the curve named, as RFC 5915 has it."""
    curve = bytes.fromhex("06082a811ccf5501822d")
    point = b"\x03\x42\x00\x04" + public
    body = b"\x02\x01\x01\x04\x20" + private + b"\xa0\x0a" + curve + b"\xa1\x44" + point
    text = base64.encodebytes(b"\x30" + bytes([len(body)]) + body).decode()
    label = "EC PRIVATE " + "KEY"
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n"
