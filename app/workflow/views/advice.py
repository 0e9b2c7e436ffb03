"""事前提醒 as shown at the money: rows in the platform's own words, and whether to ask."""

from dataclasses import dataclass

from app.workflow.saying import Say


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One thing the platform said ahead. ``text`` is its own; not ``good``: somebody looks."""

    good: bool
    topic: Say
    text: str


@dataclass(frozen=True, slots=True)
class AdviceView:
    """Empty until asked. ``unanswered`` finds in ``resources/errors`` what kept an answer away."""

    rows: tuple[AdviceRow, ...] = ()
    offered: bool = False
    unanswered: int | None = None
