"""What goes wrong today, and when: drawn from the seed, counted as it is played."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """Everything that can go wrong at a counter whose program is right (reliability 6)."""

    REFUSED = "refused"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    DELAY = "delay"
    REJECT = "reject"
    WRONG_SIGNATURE = "wrong_signature"
    DUPLICATE = "duplicate"
    HALF = "half"
    GARBAGE = "garbage"
    HTTP_500 = "http_500"
    HTTP_502_AFTER = "http_502_after"
    NOT_SIGNED_IN = "not_signed_in"
    NO_EFFECT = "no_effect"
    COMMIT_FAILED = "commit_failed"
    COMMIT_UNSEEN = "commit_unseen"
    PRINTER = "printer"
    CLOGGED = "clogged"


WIRE = (
    Fault.REFUSED,
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.DELAY,
    Fault.REJECT,
    Fault.WRONG_SIGNATURE,
    Fault.DUPLICATE,
    Fault.HALF,
    Fault.GARBAGE,
    Fault.HTTP_500,
    Fault.HTTP_502_AFTER,
    Fault.NOT_SIGNED_IN,
    Fault.NO_EFFECT,
)
"""What can happen to one message."""
LINKS = ("platform", "base", "printer")
_CRASHES_PER_FAULT = 0.06
_EMPTY_YES = 0.5
"""How often a reversal in trouble is answered yes without effect: its own way to lie."""
_COMMITS_PER_FAULT = 0.08
_SWIZZLES_PER_FAULT = 0.15
_LINK_STAYS = 0.6


class PowerGone(BaseException):
    """The process is gone from here on. No handler of the program may see it: it is no exception
    of the program's."""


class Fate:
    """One day's misfortunes. ``rate`` is how often a message meets one, 0 to 1.

    A day knows only some kinds of trouble, so that each of them gets days to itself.
    """

    def __init__(self, chance: Random, rate: float) -> None:
        self._chance = chance
        self._rate = rate
        kinds = chance.randint(2, len(WIRE))
        self._kinds: Sequence[Fault] = chance.sample(WIRE, kinds)
        self._crashes = chance.random() < 0.7
        self._base_fails = chance.random() < 0.5
        self._paper_fails = chance.random() < 0.5
        self.played: Counter[str] = Counter()
        self.crashes = 0
        self.calm = False
        self.clogged: set[str] = set()
        self._turns: list[str] = []

    def on_wire(self, possible: frozenset[Fault], weight: float = 1.0) -> Fault | None:
        """The fault of the next message, one of ``possible``; ``weight`` times as often."""
        if "platform" in self.clogged:
            self.count(Fault.CLOGGED)
            return Fault.REFUSED if self._chance.random() < 0.5 else Fault.DROP_BEFORE
        if self.calm or self._chance.random() >= self._rate * weight:
            return None
        kinds = [kind for kind in self._kinds if kind in possible]
        if not kinds:
            return None
        kind = self._chance.choice(kinds)
        if Fault.NO_EFFECT in kinds and self._chance.random() < _EMPTY_YES:
            kind = Fault.NO_EFFECT
        self.count(kind)
        return kind

    def crash(self, weight: float = 1.0) -> None:
        """Raises ``PowerGone`` where the power goes at this very moment."""
        if self.calm or not self._crashes:
            return
        if self._chance.random() < self._rate * weight * _CRASHES_PER_FAULT:
            self.crashes += 1
            raise PowerGone

    def at_commit(self) -> Fault | None:
        """Whether the base refuses this commit, or takes it and cannot say so."""
        if "base" in self.clogged:
            self.count(Fault.CLOGGED)
            return Fault.COMMIT_FAILED
        if self.calm or not self._base_fails:
            return None
        if self._chance.random() >= self._rate * _COMMITS_PER_FAULT:
            return None
        kind = Fault.COMMIT_FAILED if self._chance.random() < 0.6 else Fault.COMMIT_UNSEEN
        self.count(kind)
        return kind

    def at_printer(self) -> bool:
        """Whether the printer has no paper now."""
        if "printer" in self.clogged:
            self.count(Fault.CLOGGED)
            return True
        if self.calm or not self._paper_fails or self._chance.random() >= self._rate:
            return False
        self.count(Fault.PRINTER)
        return True

    def meanwhile(self) -> bool:
        """Whether somebody else works while an answer is awaited."""
        return not self.calm and self._chance.random() < 0.15

    def late_by(self, patience_s: float) -> float:
        """Seconds after sending at which a delayed message arrives: after its sender gave up,
        before the quiescence a region may demand is over (reliability 2.3)."""
        return patience_s * self._chance.uniform(1.05, 1.9)

    def turn_link(self) -> str:
        """Go on with clogging links one by one and restoring them in another order.

        Says what was done; empty where no link changes now.
        """
        if self.calm:
            return ""
        if not self._turns and self._chance.random() < self._rate * _SWIZZLES_PER_FAULT:
            links = self._chance.sample(LINKS, self._chance.randint(1, len(LINKS)))
            self._turns = [*links, *self._chance.sample(links, len(links))]
        if not self._turns or self._chance.random() < _LINK_STAYS:
            return ""
        link = self._turns.pop(0)
        self.clogged ^= {link}
        return f"{link} {'clogged' if link in self.clogged else 'restored'}"

    def rest(self) -> None:
        """Everything works from here on."""
        self.calm = True
        self.clogged.clear()
        self._turns.clear()

    def count(self, kind: Fault) -> None:
        self.played[kind.value] += 1
