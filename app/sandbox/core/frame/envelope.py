"""The frame around every message of the core platform: who sends it, is it whole, is it new.

Own code, written from core-platform 1.4, 2 and 10, sharing nothing with the client.
"""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from app.profile.model import CorePart
from app.profile.operations import Operation
from app.sandbox.fields import violations
from app.sandbox.router import Reply
from app.sandbox.site import Site
from app.sandbox.state import Connection
from app.sandbox.tables import refusals

_MSGID = re.compile(r"(?P<owner>[HP][0-9]{11})(?P<time>[0-9]{14})[0-9]{4}", re.ASCII)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NONCE_LIMIT = 128


class Refusal(Exception):
    """The platform says no; ``word`` is a key of core_refusals, the rest fills its sentence."""

    def __init__(self, word: str, **parts: str) -> None:
        super().__init__(word)
        self.sentence = refusals().sentences[word].format(**parts)


class NotOurs(Exception):
    """The gateway in front does not let the message in; ``status`` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Output:
    """What an operation answers: the ``output`` object, or ``raw`` bytes of a file."""

    content: Mapping[str, object] | None = None
    raw: bytes | None = None


@dataclass(slots=True)
class Call:
    """One accepted message on its way through an operation, inside one open transaction."""

    site: Site
    db: Connection
    now: datetime
    operation: Operation
    msgid: str
    infno: str
    institution: str
    operator: str
    insured_area: str
    content: dict[str, Any]
    cainfo: str = ""
    password_token: str = ""
    warnings: list[str] = field(default_factory=list)

    def node(self, name: str) -> dict[str, Any]:
        """A node the field check has proved to be an object."""
        found: dict[str, Any] = self.content[name]
        return found


Tokens = Callable[[Mapping[str, str]], bool]
"""Whether headers show a token that is good now."""


class GatewayGuard:
    """Checks the headers: a good token where the region wants one; known account, right signature,
    in time and never seen before where it wants x-tif."""

    def __init__(
        self, core: CorePart, account: str, secret: str, tokens: Tokens | None = None
    ) -> None:
        self._window_s = core.tif_window_s
        self._wanted = core.security.tif
        self._tokens = tokens if core.security.oauth else None
        self._account = account
        self._secret = secret
        self._seen: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def check(self, headers: Mapping[str, str], now: datetime) -> None:
        """Raises ``NotOurs``. ``now`` is the platform's real time in UTC, without zone."""
        if self._tokens is not None and not self._tokens(headers):
            raise NotOurs(401, "token")
        if not self._wanted:
            return
        stamp = headers.get("x-tif-timestamp", "")
        nonce = headers.get("x-tif-nonce", "")
        if not hmac.compare_digest(headers.get("x-tif-paasid", ""), self._account):
            raise NotOurs(401, "paasid")
        if not (stamp.isascii() and stamp.isdigit() and 0 < len(nonce) <= _NONCE_LIMIT):
            raise NotOurs(401, "timestamp or nonce")
        shown = headers.get("x-tif-signature", "").lower()
        if not (shown.isascii() and hmac.compare_digest(shown, self.signature(stamp, nonce))):
            raise NotOurs(401, "signature")
        self._once(stamp, nonce, now)

    def signature(self, stamp: str, nonce: str) -> str:
        """Lower-case hex of core-platform 1.4."""
        return hashlib.sha256(f"{stamp}{self._secret}{nonce}{stamp}".encode()).hexdigest()

    def _once(self, stamp: str, nonce: str, now: datetime) -> None:
        age = (now - datetime(1970, 1, 1)).total_seconds() - int(stamp)  # noqa: DTZ001 both are UTC
        if abs(age) > self._window_s:
            raise NotOurs(401, "timestamp out of window")
        oldest = now - timedelta(seconds=2 * self._window_s)
        with self._lock:
            if nonce in self._seen:
                raise NotOurs(401, "nonce used")
            if len(self._seen) > 10_000:
                self._seen = {n: at for n, at in self._seen.items() if at > oldest}
            self._seen[nonce] = now


Opens = Callable[[dict[str, Any]], dict[str, Any]]
"""Proves a frame and lays its input open. Raises ``Refusal``."""


def read_envelope(body: bytes, encoding: str = "utf-8", opens: Opens = dict) -> dict[str, Any]:
    """The frame as an object, decimals exact. Raises ``Refusal``."""
    try:
        found = json.loads(body.decode(encoding), parse_float=Decimal, parse_constant=_no_constant)
        if isinstance(found, dict):
            found = opens(found)
        if isinstance(found, dict) and isinstance(found.get("input"), str):
            found["input"] = json.loads(found["input"], parse_float=Decimal)
    except (ValueError, RecursionError) as broken:
        raise Refusal("not_json") from broken
    if not isinstance(found, dict) or not isinstance(found.get("input"), dict):
        raise Refusal("not_json")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def check_envelope(envelope: Mapping[str, Any], infno: str, site: Site) -> None:
    """Fields, addressee, sender and times of a frame. Raises ``Refusal``."""
    broken = violations("envelope", "request", envelope)
    if broken:
        raise FieldsBroken(broken[0].sentence)
    if envelope["infno"] != infno:
        raise Refusal("wrong_infno")
    demo = site.demo
    if envelope["fixmedins_code"] not in {demo.store.code, demo.neighbour.code, demo.hospital.code}:
        raise Refusal("unknown_institution")
    latest = site.clock.now() + timedelta(seconds=site.profile.core.tif_window_s)
    _check_msgid(str(envelope["msgid"]), str(envelope["fixmedins_code"]), latest)
    if _moment(str(envelope["inf_time"]), "%Y-%m-%d %H:%M:%S") > latest:
        raise Refusal("time_future")


def _check_msgid(msgid: str, owner: str, latest: datetime) -> None:
    form = _MSGID.fullmatch(msgid)
    if form is None:
        raise Refusal("msgid_form")
    if form["owner"] != owner:
        raise Refusal("msgid_owner")
    try:
        sent = _moment(form["time"], "%Y%m%d%H%M%S")
    except ValueError as wrong:
        raise Refusal("msgid_form") from wrong
    if sent > latest:
        raise Refusal("msgid_future")


def _moment(text: str, form: str) -> datetime:
    return datetime.strptime(text, form)  # noqa: DTZ007 wire times carry no zone


class FieldsBroken(Refusal):
    """A refusal whose sentence the field check has already written."""

    def __init__(self, sentence: str) -> None:
        Exception.__init__(self, sentence)
        self.sentence = sentence


def answer(
    site: Site, received: datetime, output: Mapping[str, object] | None, warnings: list[str]
) -> dict[str, object]:
    """A successful frame (core-platform 2.2)."""
    return _frame(site, received, 0, None, "；".join(warnings) or None, output)


def refuse(site: Site, received: datetime, sentence: str) -> dict[str, object]:
    """A frame with ``infcode`` -1 and the reason (core-platform 13.9)."""
    return _frame(site, received, -1, sentence[:200], None, None)


def _frame(
    site: Site,
    received: datetime,
    infcode: int,
    err_msg: str | None,
    warn_msg: str | None,
    output: Mapping[str, object] | None,
) -> dict[str, object]:
    serial = site.state.next_number("inf_refmsgid")
    return {
        "infcode": infcode,
        "inf_refmsgid": f"{site.demo.store.area}{received:%Y%m%d%H%M%S}{serial:010d}",
        "refmsg_time": _millis(received),
        "respond_time": _millis(site.clock.now()),
        "err_msg": err_msg,
        "warn_msg": warn_msg,
        "signtype": None,
        "cainfo": None,
        "output": output,
    }


def _millis(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"


def frame_reply(frame: Mapping[str, object]) -> Reply:
    """The frame as bytes, amounts as exact JSON numbers."""
    return Reply(_ENCODER.encode(frame))


def numbers_as_text(value: object) -> object:
    """The same content with every number written as text, as some platforms send it."""
    if isinstance(value, Mapping):
        return {key: numbers_as_text(below) for key, below in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(below) for below in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return value
