"""What is typed, as questions to the indexes: letters, numbers, or words of a name."""

from itertools import pairwise

BREAK = " "


def lowered(text: str) -> str:
    """Full-width letters and digits as plain ones, lower case, runs of other signs as a break."""
    plain = "".join(
        chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text
    ).lower()
    return "".join(char if char.isalnum() else BREAK for char in plain)


def singles(text: str) -> str:
    """Every sign of a name as a word of its own."""
    return BREAK.join(char for char in lowered(text) if char != BREAK)


def pairs(text: str) -> str:
    """Every two neighbouring signs as a word: what is typed is a phrase of them."""
    return BREAK.join(
        one + other for part in lowered(text).split() for one, other in pairwise(part)
    )


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
