"""The few words and the colours a printer adds by itself, from resources."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class PaperWords:
    """Templates with named places."""

    copy: str
    page: str
    code: str
    code_label: str
    field: str


@cache
def _ink() -> dict[str, dict[str, str]]:
    text = files("resources").joinpath("tables", "ink.toml").read_text("utf-8")
    return tomllib.loads(text)


def ink_of(kind: str, name: str) -> str:
    """A colour of ``resources/tables/ink.toml`` as #rrggbb: ``shade`` of print, or ``ground``."""
    return _ink()[kind][name]


@cache
def paper_words() -> PaperWords:
    """Reads ``resources/tables/paper.toml`` once."""
    text = files("resources").joinpath("tables", "paper.toml").read_text("utf-8")
    return PaperWords(**tomllib.loads(text))


def copy_mark(copy_no: int) -> str:
    """How a reprint says so; empty for the first print."""
    return paper_words().copy.format(copy=copy_no) if copy_no > 1 else ""


def code_lines(code: str, *, split: bool) -> tuple[str, ...]:
    """One trace code as printed: 7 + 13 on one line, or on two where the paper is narrow.

    The code may come bare or already spoken as 7 + 13; any other form is printed as it is.
    """
    words = paper_words()
    bare = code.replace(" ", "")
    prefix, serial = (bare[:7], bare[7:]) if len(bare) == 20 else (code, "")
    if split and serial:
        return f"{words.code_label} {prefix}", f"  {serial}"
    return (words.code.format(prefix=prefix, serial=serial).rstrip(),)
