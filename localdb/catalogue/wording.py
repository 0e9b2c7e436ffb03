"""What is typed, as questions to the indexes: letters, numbers, or words of a name."""

import re
from itertools import pairwise

BREAK = " "
_PLAIN = {wide: wide - 0xFEE0 for wide in range(ord("！"), ord("～") + 1)}
_OTHER = re.compile(r"[\W_]")
"""Whatever is neither letter, digit nor sign of writing."""


def lowered(text: str) -> str:
    """Full-width letters and digits as plain ones, lower case, runs of other signs as a break."""
    return _OTHER.sub(BREAK, text.translate(_PLAIN).lower())


def split_up(text: str) -> tuple[str, str]:
    """``singles`` and ``pairs`` of a name."""
    parts = lowered(text).split()
    return _singles(parts), _pairs(parts)


def singles(text: str) -> str:
    """Every sign of a name as a word of its own."""
    return _singles(lowered(text).split())


def _singles(parts: list[str]) -> str:
    return BREAK.join("".join(parts))


def pairs(text: str) -> str:
    """Every two neighbouring signs as a word: what is typed is a phrase of them."""
    return _pairs(lowered(text).split())


def _pairs(parts: list[str]) -> str:
    return BREAK.join([one + other for part in parts for one, other in pairwise(part)])


def asked_words(typed: str) -> str:
    """A full-text question all of whose parts must be in the name; empty where nothing is asked.

    Only letters, digits and signs of writing reach it, in quotation marks: nothing typed is ever
    read as a question's grammar.
    """
    parts = []
    for part in lowered(typed).split():
        column, words = ("singles", singles(part)) if len(part) == 1 else ("pairs", pairs(part))
        parts.append(f'{column} : "{words}"')
    return " AND ".join(parts)


def is_plain(typed: str) -> bool:
    """Whether only letters and digits were typed: initials or a code."""
    return typed.isascii() and typed.isalnum()


def upper_end(prefix: str) -> str:
    """The first text that no longer begins with ``prefix``."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
