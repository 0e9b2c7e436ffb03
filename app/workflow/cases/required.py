"""Facts that an earlier step has already learned."""

from typing import TypeVar

from app.domain.errors import Bug

T = TypeVar("T")


def required(value: T | None, what: str) -> T:
    """``value``, which must exist here. Raises ``Bug`` naming ``what`` is missing."""
    if value is None:
        raise Bug(what=what)
    return value
