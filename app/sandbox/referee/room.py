"""The referee's room: six questions, each answered with a ruling; nothing is raised across it."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.crypto import sm2
from app.crypto.derive import rx_content_key
from app.crypto.digests import sha256_hex
from app.crypto.errors import CryptoRefused
from app.crypto.sm4 import encrypt_ecb
from app.profile.model import Profile
from app.sandbox.referee.explain.canonical import BARE, RIGHT, canonical
from app.sandbox.referee.explain.recipe import Sent, signed_text
from app.sandbox.referee.fields.check import Violation
from app.sandbox.referee.fields.message import Case, Unknown, check, operation_named
from app.sandbox.referee.fields.tables import nodes
from app.sandbox.referee.judge import Plain, Verdict, judge, plain_of, read_message
from app.sandbox.referee.keys import Keys, KeysWrong, read_keys
from app.sandbox.referee.wire import Note, Number, Object, Unreadable, decode, note, read
from app.sandbox.referee.wording import say, say_all

_HEAD = frozenset({"appId", "encType", "signType", "timestamp", "version"})


class Outcome(StrEnum):
    """As the three exit statuses: it holds or is done; it does not; nobody could judge it."""

    HOLDS = "holds"
    FAILS = "fails"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Ruling:
    """``document`` has the keys of cli.md (empty when unusable); ``sentences`` are for people."""

    outcome: Outcome
    document: dict[str, object]
    sentences: tuple[str, ...]


def _ruling(holds: bool, document: dict[str, object], *sentences: str) -> Ruling:
    return Ruling(Outcome.HOLDS if holds else Outcome.FAILS, document, sentences)


def _unusable(said: Note) -> Ruling:
    return Ruling(Outcome.UNUSABLE, {}, (say(said),))


@dataclass(frozen=True, slots=True)
class Referee:
    """Judges by the rules of one region; holds no state, opens no file and no connection."""

    profile: Profile

    @property
    def _scheme(self) -> str:
        return self.profile.rxcentre.epc_key_derivation

    def operations(self) -> tuple[str, ...]:
        """Names of the operations whose fields can be checked, in the order of the profile."""
        return tuple(name.value for name in self.profile.operations if nodes(name.value, "request"))

    def verify(self, keys: bytes, message: bytes) -> Ruling:
        """Signature, cipher and canonical form of one envelope; ``keys`` is a KEYS file."""
        return _guarded(lambda: self._verify(read_keys(keys), message))

    def sign(self, keys: bytes, content: bytes, at: datetime) -> Ruling:
        """The whole envelope around a business object, or around an envelope in the clear."""
        return _guarded(lambda: self._sign(read_keys(keys), read(decode(content)[0]), at))

    def encrypt(self, keys: bytes, content: bytes) -> Ruling:
        """``encData`` of a business object."""
        return _guarded(lambda: self._encrypt(read_keys(keys), decode(content)[0]))

    def decrypt(self, keys: bytes, message: bytes) -> Ruling:
        """The plain text of an envelope, or of bare ``encData``."""
        return _guarded(lambda: self._decrypt(read_keys(keys), message))

    def check(
        self, operation: str, message: bytes, *, response: bool = False, keys: bytes | None = None
    ) -> Ruling:
        """Field by field; ``keys`` open a sealed business object."""
        return _guarded(lambda: self._check(operation, message, response, keys))

    def tif(self, timestamp: str, secret: str, nonce: str) -> Ruling:
        """Signature of the gateway's header (core-platform 1.4)."""
        text = sha256_hex(f"{timestamp}{secret}{nonce}{timestamp}")
        if self.profile.core.tif_hex_case == "upper":
            text = text.upper()
        return _ruling(True, {"signature": text}, say(note("tif_done")))

    def _verify(self, keys: Keys, raw: bytes) -> Ruling:
        try:
            found, faults, remarks = read_message(raw)
        except Unreadable as wrong:
            verdict = Verdict(False, None, None, None, (wrong.note,))
        else:
            verdict = judge(found, faults, keys, self._scheme)
            remarks = (*keys.remarks, *remarks, *verdict.remarks)
            verdict = _with(verdict, remarks)
        return _told(verdict)

    def _sign(self, keys: Keys, given: Object, at: datetime) -> Ruling:
        pair = keys.pair
        if pair is None:
            raise KeysWrong(note("key_absent_from_file", name="privateKey"))
        if keys.public not in (None, pair.public):
            raise KeysWrong(note("pair_differs_for_signing"))
        fields, content = self._envelope(keys, given, at)
        text = canonical(content)
        sent = Sent(fields, text or "{}", content, True, keys.app_secret, keys.app_id)
        told = signed_text(sent)
        signature = sm2.sign(pair, told.encode())
        message = {name: loosened(value) for name, value in fields.items()}
        message["encData"] = self._sealed(keys, text or "{}")
        message["signData"] = base64.b64encode(signature).decode()
        shown = told.removesuffix(keys.app_secret) + "***"
        return _ruling(True, {"message": message, "text": shown}, say(note("signed")))

    def _envelope(self, keys: Keys, given: Object, at: datetime) -> tuple[Object, Any]:
        rules = self.profile.rxcentre
        upper = rules.epc_alg_case == "upper"
        head: Object = {
            "appId": keys.app_id,
            "encType": "SM4" if upper else "sm4",
            "signType": "SM2" if upper else "sm2",
            "timestamp": _timestamp(rules.epc_timestamp_format, at),
            "version": rules.epc_version,
        }
        if not isinstance(given.get("data"), dict) or not _HEAD & set(given):
            return head, given
        own = {n: v for n, v in given.items() if n not in ("data", "encData", "signData")}
        return (own if "timestamp" in own else head | own), given["data"]

    def _sealed(self, keys: Keys, text: str) -> str:
        try:
            key = rx_content_key(keys.app_id, keys.app_secret, self._scheme)
        except CryptoRefused as refused:
            said = note("key_short", name="appId", length=len(keys.app_id))
            raise KeysWrong(said) from refused
        return encrypt_ecb(key, text.encode()).hex().upper()

    def _encrypt(self, keys: Keys, text: str) -> Ruling:
        """A text that is canonical already, in either variant, goes in byte for byte."""
        content = read(text)
        plain = text.strip()
        if plain not in (canonical(content, RIGHT), canonical(content, BARE)):
            plain = canonical(content) or "{}"
        sealed = self._sealed(keys, plain)
        message = {"appId": keys.app_id, "encType": "SM4", "encData": sealed}
        return _ruling(True, {"text": sealed, "message": message}, say(note("encrypted")))

    def _decrypt(self, keys: Keys, raw: bytes) -> Ruling:
        text = decode(raw)[0].strip()
        found: Object = {"encData": text.strip('"')}
        if text.startswith("{"):
            try:
                found = read_message(raw)[0]
            except Unreadable as wrong:
                told = say_all((wrong.note,))
                return _ruling(False, {"text": None, "deviations": told}, say(wrong.note))
        plain = plain_of(found, keys, self._scheme)
        if not plain.there:
            faults = plain.faults or (note("nothing_sealed"),)
            return _ruling(False, {"text": None, "deviations": say_all(faults)}, *map(say, faults))
        document = {
            "text": plain.text,
            "data": loosened(plain.content),
            "deviations": say_all(plain.faults),
        }
        return _ruling(not plain.faults, document, *map(say, plain.faults or (note("decrypted"),)))

    def _check(self, name: str, raw: bytes, response: bool, keys: bytes | None) -> Ruling:
        case = Case(
            self.profile,
            operation_named(self.profile, name),
            "response" if response else "request",
            lambda message: self._opened(message, keys),
        )
        try:
            text, _ = decode(raw)
            found = check(read(text), case)
        except Unreadable as wrong:
            found = [Violation(".", "message", "prescription-centre 2", wrong.note)]
        rows: list[object] = [
            {"field": v.field, "rule": v.rule, "source": v.source, "sentence": say(v.said)}
            for v in found
        ]
        document: dict[str, object] = {"ok": not rows, "violations": rows}
        sentences = [f"{say(v.said)} [{v.source}]" for v in found] or [say(note("all_fields_hold"))]
        return _ruling(not rows, document, *sentences)

    def _opened(self, message: Object, keys: bytes | None) -> Any:
        if keys is None:
            raise KeysWrong(note("keys_needed"))
        plain: Plain = plain_of(message, read_keys(keys), self._scheme)
        if not plain.there:
            raise Unreadable(plain.faults[0] if plain.faults else note("nothing_sealed"))
        return plain.content


def _guarded(ask: Callable[[], Ruling]) -> Ruling:
    try:
        return ask()
    except (KeysWrong, Unknown, Unreadable) as wrong:
        return _unusable(wrong.note)


def _with(verdict: Verdict, remarks: tuple[Note, ...]) -> Verdict:
    return Verdict(
        verdict.valid, verdict.variant, verdict.content, verdict.canonical, verdict.faults, remarks
    )


def _told(verdict: Verdict) -> Ruling:
    turns = say_all(verdict.faults)
    sentences = [say(fault) for fault in verdict.faults] or [say(note("valid"))]
    document: dict[str, object] = {
        "signature": "valid" if verdict.valid else "invalid",
        "variant": verdict.variant,
        "data": loosened(verdict.content),
        "canonical": verdict.canonical,
        "deviation": turns[0]["deviation"] if turns else None,
        "deviations": turns,
        "sentence": sentences[0],
        "remarks": say_all(verdict.remarks),
    }
    return _ruling(verdict.valid, document, *sentences, *map(say, verdict.remarks))


def loosened(value: Any) -> Any:
    """For a document: numbers as JSON numbers again."""
    match value:
        case Number():
            return json.loads(value)
        case dict():
            return {name: loosened(below) for name, below in value.items()}
        case list():
            return [loosened(below) for below in value]
        case _:
            return value


def _timestamp(form: str, at: datetime) -> str:
    if form == "yyyyMMddHHmmss":
        return at.strftime("%Y%m%d%H%M%S")
    return str(int(at.timestamp() * (1000 if form == "ms13" else 1)))
