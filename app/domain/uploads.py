"""What becomes of a record after each answer: the rule of its operation, never a guess.

Pure. The rules are region data (``[uploads]`` and ``[operations.*]`` of a profile); reliability 4.
Money never comes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble


class AnswerClass(StrEnum):
    """How one telling ended, where it was not accepted."""

    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"
    FORGED = "forged"
    SIGN_IN = "sign_in"
    REFUSED = "refused"
    BROKEN = "broken"


class Remedy(StrEnum):
    """What the rule says to do next."""

    RETRY = "retry"
    QUERY = "query"
    STOP = "stop"


class Fate(StrEnum):
    """Where one answer leaves the record."""

    DELIVERED = "delivered"
    AGAIN = "again"
    IN_DOUBT = "in_doubt"
    STOPPED = "stopped"


DOUBTFUL = frozenset({AnswerClass.UNCLEAR, AnswerClass.FORGED})
"""It may be booked. Nothing of this is ever called failed."""
SHORTEST = timedelta(seconds=1)
FURTHEST = timedelta(hours=2)
"""No region's gap is longer, and no clock in a wrong zone nearer: what waits beyond it was written
under a clock that was ahead."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When to tell again. ``most_tries`` tellings reach the platform by themselves, no more."""

    first_gap: timedelta
    growth: int
    longest_gap: timedelta
    most_tries: int

    def gap(self, tries: int, chance: float) -> timedelta:
        """Growing gap with full jitter: ``chance`` from 0 to 1 picks from the whole gap.

        ``tries`` counts tellings so far, from 1, also those that never left. Never under a second,
        never over the longest.
        """
        grown = self.first_gap // SHORTEST * int(self.growth ** min(max(tries, 1) - 1, 64))
        widest = min(grown, self.longest_gap // SHORTEST)
        return max(SHORTEST, timedelta(seconds=widest * chance))


@dataclass(frozen=True, slots=True)
class UploadRules:
    """The rules of one operation in one region.

    ``by_code`` speaks before ``by_class``. ``already_there`` are the refusals that mean: this very
    record is on file.
    """

    by_class: Mapping[AnswerClass, Remedy]
    by_code: Mapping[Code, Remedy] = field(default_factory=dict)
    already_there: frozenset[Code] = frozenset()

    def remedy(self, answer: AnswerClass, code: Code | None) -> Remedy:
        """What the region says about this answer."""
        if code is not None and code in self.by_code:
            return self.by_code[code]
        return self.by_class[answer]


def classify(trouble: Trouble) -> AnswerClass:
    """The class of an exchange that ended without a yes; anything unforeseen is BROKEN."""
    if isinstance(trouble, NotSent):
        return AnswerClass.NOT_SENT
    if isinstance(trouble, OutcomeUnknown):
        forged = trouble.code is Code.ANSWER_FORGED
        return AnswerClass.FORGED if forged else AnswerClass.UNCLEAR
    if isinstance(trouble, PlatformRejected):
        wants_sign_in = trouble.code is Code.SIGN_IN_REQUIRED
        return AnswerClass.SIGN_IN if wants_sign_in else AnswerClass.REFUSED
    return AnswerClass.BROKEN


def judge(
    rules: UploadRules, pace: Pace, trouble: Trouble, left: int, *, told_before: bool
) -> Fate:
    """Where ``trouble`` leaves a record of which ``left`` tellings left this machine.

    ``told_before``: an earlier telling may have arrived. Only then does "already there" speak of
    this record and not of another's (reliability 7, gematik).
    """
    answer = classify(trouble)
    if trouble.code in rules.already_there and told_before:
        return Fate.DELIVERED
    if answer in DOUBTFUL:
        return Fate.IN_DOUBT
    if rules.remedy(answer, trouble.code) is not Remedy.RETRY:
        return Fate.STOPPED
    if answer is AnswerClass.NOT_SENT:
        # nothing reached anybody: a weekend without a line makes no dead letters
        return Fate.AGAIN
    return Fate.AGAIN if left < pace.most_tries else Fate.STOPPED


def in_doubt_next(rules: UploadRules, pace: Pace, code: Code | None, left: int) -> Remedy:
    """How a record of unknown fate goes on: told again, asked about, or left to a person.

    ``left`` as for :func:`judge`.
    """
    forged = code is Code.ANSWER_FORGED
    known = code if code is not None and code // 1000 == OutcomeUnknown.thousands else None
    remedy = rules.remedy(AnswerClass.FORGED if forged else AnswerClass.UNCLEAR, known)
    if remedy is Remedy.RETRY and left >= pace.most_tries:
        return Remedy.STOP
    return remedy
