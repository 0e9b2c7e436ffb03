"""Trouble that strikes exactly where it was aimed: at a message, a commit, or a moment.

What a simulated day draws from its seed, a machine of rules decides by itself; the links are the
same (``app/simulation/links.py``).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any

from app.gateways.access import access_from_ready
from app.gateways.envelopes.core import gateway_headers
from app.gateways.files import archive_mark, is_archive
from app.gateways.transport.in_process import Letter, Seen
from app.profile.operations import Operation
from app.sandbox.router import Reply
from app.simulation.fate import Fate, Fault, PowerGone
from app.simulation.links import ANSWER_TAKES_S, PlatformLink
from app.workflow.calendar import CHINA
from app.workflow.upkeep.timekeeping import TOLERANCE

LATE = 1.7
"""A late message arrives so many times the patience of its sender after it left."""


_ECHOED = frozenset({Operation.SETTLE.value, Operation.REVOKE_SETTLEMENT.value})
_ZONES_APART = CHINA.utcoffset(None)
Told = Callable[[str, Letter, Reply, bool], None]
"""Operation, letter, true answer, and whether it had its effect."""


class Trick(StrEnum):
    """What simulated days do not play: the message had its effect, or has it twice."""

    TWICE = "twice"
    OTHER_PERSON = "other_person"
    OTHER_MESSAGE = "other_message"
    OTHER_AMOUNTS = "other_amounts"


Trouble = Fault | Trick
UNHEARD = frozenset(
    {
        *(Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.DELAY, Fault.HALF, Fault.GARBAGE),
        *(Fault.HTTP_500, Fault.HTTP_502_AFTER, Fault.DUPLICATE),
        *(Trick.OTHER_PERSON, Trick.OTHER_MESSAGE),
    }
)
"""After these a sender knows nothing of its message."""
FORGED = frozenset({Trick.OTHER_PERSON, Trick.OTHER_MESSAGE, Trick.OTHER_AMOUNTS})
"""These spoil a bill; a refusal has none."""


class Script(Fate):
    """A fate of which everything is said beforehand; each word of it comes true once."""

    def __init__(self) -> None:
        super().__init__(Random(0), 0.0)  # noqa: S311 nothing is drawn from it
        self.wire: dict[str, Trouble] = {}
        self.dies_in: int | None = None
        self.commit: tuple[int, Fault] | None = None
        self.somebody_works = False
        self.struck = 0
        """How often the power went or a commit failed."""

    def crash(self, weight: float = 1.0) -> None:
        """One moment passes. Raises ``PowerGone`` where it is the one that was named."""
        del weight
        if self.calm or self.dies_in is None:
            return
        self.dies_in -= 1
        if self.dies_in < 0:
            self.dies_in = None
            self.crashes += 1
            self.struck += 1
            raise PowerGone

    def at_commit(self) -> Fault | None:
        if self.calm or self.commit is None:
            return None
        left, kind = self.commit
        self.commit = (left - 1, kind) if left else None
        if left:
            return None
        self.struck += 1
        return kind

    def at_printer(self) -> bool:
        return False

    def meanwhile(self) -> bool:
        works, self.somebody_works = self.somebody_works, False
        return works and not self.calm

    def late_by(self, patience_s: float) -> float:
        return patience_s * LATE

    def taken(self, operation: str) -> Trouble | None:
        """What was said of the next message of this kind."""
        return None if self.calm else self.wire.pop(operation, None)

    def rest(self) -> None:
        super().rest()
        self.wire.clear()
        self.dies_in = self.commit = None
        self.somebody_works = False


@dataclass(frozen=True, slots=True)
class Heard:
    """One letter and what became of it: ``frame`` is the platform's true answer, None where the
    letter did not arrive (yet). ``spoiled``: what its sender saw instead was not that answer."""

    operation: str
    message_id: str
    asked: dict[str, Any]
    trouble: Trouble | None
    frame: dict[str, Any] | None
    spoiled: bool


@dataclass
class ScriptedLink(PlatformLink):
    """The way to the platform under a script. ``told`` hears of every letter that arrived, at
    that moment; ``letters`` are those that arrived: a network may deliver them once more, but
    no lost one later than the quiescence."""

    told: Told = lambda _operation, _letter, _reply, _effect: None
    last: dict[str, Heard] = field(default_factory=dict)
    letters: list[tuple[str, Letter]] = field(default_factory=list)
    heard: Callable[[str], bool] = lambda _reference: True
    """Whether our books know an answer of this serial."""
    _answered_at: dict[str, datetime] = field(default_factory=dict)
    _letter: Letter | None = None
    _now: Reply | None = None

    def carry(self, letter: Letter) -> Seen:
        """As a simulated day carries it, but that the script says what happens."""
        script = self.fate
        assert isinstance(script, Script)
        operation = self.sandbox.operation(letter.url, letter.body)
        self.watch.leaving(operation, letter)
        script.crash()
        trouble, self._letter, self._now = script.taken(operation), letter, None
        if trouble is Fault.DUPLICATE and self._cannot_be_told(operation):
            trouble = None
        earlier = operation in self._replies
        try:
            seen = self._struck(operation, letter, trouble)
        finally:
            self._note(operation, letter, trouble, earlier)
        if script.meanwhile():
            self.watch.meanwhile()
        script.crash()
        return seen

    def _cannot_be_told(self, operation: str) -> bool:
        """An answer that never came, played again within minutes, says of no message whose it is;
        but for a bill, which names it. A file also where its age is that of the other zone."""
        reply = self._replies.get(operation)
        if reply is None:
            return False
        now = self.clock.now()
        age = now - self._answered_at[operation]
        if is_archive(reply.body):
            lost = not self.heard(archive_mark(reply.body, now))
            return lost and min(age, abs(age - _ZONES_APART)) <= 2 * TOLERANCE
        if age > 2 * TOLERANCE or reply.body[:1] != b"{":
            return False
        frame = json.loads(reply.body)
        if operation in _ECHOED and frame.get("infcode") == 0:
            return False
        return not self.heard(str(frame.get("inf_refmsgid")))

    def _note(self, operation: str, letter: Letter, trouble: Trouble | None, earlier: bool) -> None:
        number = self.sandbox.message_id(letter.body)
        if not number:
            return
        asked = json.loads(letter.body)["input"]
        plain = self._now is not None and self._now.body[:1] == b"{"
        frame = json.loads(self._now.body) if plain and self._now is not None else None
        refused = frame is not None and frame["infcode"] != 0
        spoiled = trouble in UNHEARD and not (
            (trouble is Fault.DUPLICATE and not earlier) or (trouble in FORGED and refused)
        )
        self.last[operation] = Heard(operation, number, asked, trouble, frame, spoiled)

    def _struck(self, operation: str, letter: Letter, trouble: Trouble | None) -> Seen:
        if not isinstance(trouble, Trick):
            return self._played(operation, letter, trouble)
        seen = self._played(operation, letter, None)
        if trouble is Trick.TWICE:
            self._effect(operation, self._anew(letter), None)
            return seen
        assert seen.body is not None
        return Seen(_FORGERIES[trouble](seen.body), seen.status)

    def again(self, operation: str, letter: Letter) -> None:
        """The network delivers a letter once more; its answer finds nobody."""
        self._effect(operation, self._anew(letter), None)
        self.clock.pass_time(ANSWER_TAKES_S)

    def _anew(self, letter: Letter) -> Letter:
        """The same message under headers of its own: a gateway takes no pair of them twice."""
        access = access_from_ready(self.sandbox.ready)
        profile, now = self.sandbox.site.profile, self.clock.now()
        headers = gateway_headers(profile, access.paasid, access.tif_secret, now)
        return replace(letter, headers=headers)

    def _effect(self, operation: str, letter: Letter, fault: Fault | None) -> Reply:
        reply = super()._effect(operation, letter, fault)
        self._answered_at[operation] = self.clock.now()
        if letter is self._letter and self._now is None:
            self._now = reply
        self.letters.append((operation, letter))
        self.told(operation, letter, reply, fault is not Fault.NO_EFFECT)
        return reply


def _another(key: str, change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """``key`` of the bill changed; an answer without it stays as it is."""

    def forged(body: bytes) -> bytes:
        frame = json.loads(body)
        bill = (frame.get("output") or {}).get("setlinfo")
        if bill is not None and key in bill:
            bill[key] = change(bill[key])
        return json.dumps(frame, ensure_ascii=False).encode()

    return forged


def _shifted(body: bytes) -> bytes:
    """A yuan more in cash than was agreed, and one less from the fund."""
    frame = json.loads(body)
    bill = (frame.get("output") or {}).get("setlinfo")
    if bill is not None:
        for key, yuan in (("psn_cash_pay", 1), ("fund_pay_sumamt", -1)):
            bill[key] = round(bill[key] + yuan, 2)
    return json.dumps(frame, ensure_ascii=False).encode()


_FORGERIES: dict[Trick, Callable[[bytes], bytes]] = {
    Trick.OTHER_PERSON: _another("psn_no", lambda number: number[:-1] + "0Z"[number[-1] == "0"]),
    Trick.OTHER_MESSAGE: _another("medins_setl_id", lambda number: number[:-2] + "99"),
    Trick.OTHER_AMOUNTS: _shifted,
}
