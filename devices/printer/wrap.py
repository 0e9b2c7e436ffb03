"""Breaks text into lines: between ideographs anywhere, never inside a number or a word."""

import re
from collections.abc import Iterator

from devices.printer.ink import Face, Measure

_TOKENS = re.compile(r"[!-~]+|\s|.", re.DOTALL)
# these may not begin a line
_TRAILING = frozenset("、，。；：！？）】》”’％…")


def _tokens(text: str) -> Iterator[str]:
    held = ""
    for token in _TOKENS.findall(text):
        if held and token in _TRAILING:
            held += token
            continue
        if held:
            yield held
        held = token
    if held:
        yield held


def _cut(token: str, face: Face, width: float, measure: Measure) -> Iterator[str]:
    """A word longer than the line, in pieces that fit; one character at least."""
    piece = ""
    for character in token:
        if piece and measure(piece + character, face) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def wrap(text: str, face: Face, width: float, measure: Measure) -> tuple[str, ...]:
    """Lines not wider than ``width`` mm; at least one line, line feeds kept as breaks."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for token in _tokens(paragraph):
            if measure(line + token, face) <= width:
                line += token
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = ""
            if token.isspace():
                continue
            *whole, line = _cut(token, face, width, measure)
            lines += whole
        lines.append(line.rstrip())
    return tuple(lines)
