"""What the first part of a code was seen to mean, until a manager has looked (T11)."""

from datetime import datetime
from typing import Protocol

from app.domain.goods.learning import LearnedPrefix, PrefixState


class Prefixes(Protocol):
    """``learned_prefix`` beside ``item_prefix``; a prefix may have been seen for several drugs."""

    def learn(self, learned: LearnedPrefix) -> None:
        """Unverified; where it was learned before, it was only seen again."""
        ...

    def known(self, prefix: str) -> int | None:
        """The drug a prefix certainly names: taken in with it, or confirmed."""
        ...

    def learned(self, prefix: str) -> tuple[LearnedPrefix, ...]:
        """Everything it was seen for, judged or not."""
        ...

    def open(self) -> tuple[LearnedPrefix, ...]:
        """What waits for a manager, oldest first."""
        ...

    def judge(self, found: LearnedPrefix, state: PrefixState, staff_id: int, at: datetime) -> None:
        """Confirmed, it is known from now on. Raises ``Bug`` for one that is not open."""
        ...
