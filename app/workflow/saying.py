"""A sentence that is said elsewhere: its key and what fills it."""

from dataclasses import dataclass

Params = tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence: key in ``resources/i18n`` and what fills it."""

    key: str
    params: Params = ()
