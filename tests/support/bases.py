"""Which kinds of base a test of ``localdb`` runs on: an encrypted file, one at a server, or both.

A module says ``BASES = BOTH``; a test that holds for one kind alone says ``@only(FILE)``.
"""

from collections.abc import Callable
from typing import TypeVar

FILE, SERVER = "file", "server"
BOTH = (FILE, SERVER)
T = TypeVar("T", bound=Callable[..., object])


def only(base: str) -> Callable[[T], T]:
    """What this test says holds for ``base`` alone."""

    def marked(test: T) -> T:
        test.bases = (base,)  # type: ignore[attr-defined] # read where tests are made of it
        return test

    return marked


def bases_of(test: object, module: object) -> tuple[str, ...]:
    """What was said of this test, of its module, or nothing: a file."""
    said: tuple[str, ...] = getattr(test, "bases", getattr(module, "BASES", (FILE,)))
    return said
