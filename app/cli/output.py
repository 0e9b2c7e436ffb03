"""One JSON document on standard output, people's text on standard error, three statuses."""

import sys
import tomllib
from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from string import Formatter

from app.domain.errors import Trouble
from resources import FOLDER


class Status(IntEnum):
    """Exit statuses of the contract."""

    HOLDS = 0
    FAILS = 1
    USAGE = 2


def emit(document: Mapping[str, object]) -> None:
    """One JSON document, on one line."""
    import json

    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def write(product: object) -> None:
    """What a command made, alone on standard output; a text as it is, anything else as JSON."""
    if product is not None:
        import json

        text = product if isinstance(product, str) else json.dumps(product, ensure_ascii=False)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def tell(text: str) -> None:
    """A sentence for people."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@cache
def _sentences() -> dict[str, dict[str, str]]:
    source = FOLDER / "errors" / "zh_CN.toml"
    table: dict[str, dict[str, str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return table


def sentence(trouble: Trouble) -> str:
    """What happened, what to do, code: the same words the window shows."""
    return sentence_of(trouble.code, trouble.params)


def sentence_of(code: int, facts: Mapping[str, object]) -> str:
    """As :func:`sentence`, where only the code and its facts were kept."""
    found = _sentences().get(str(int(code)), {})
    text = "".join(_filled(found, part, facts) for part in ("happened", "remedy"))
    return f"{text}（{int(code)}）"


def _filled(found: Mapping[str, str], part: str, params: Mapping[str, object]) -> str:
    """The text with facts where all of them are known, else the one that stands alone."""
    rich = str(found.get(f"{part}_with", ""))
    wanted = {name for _, name, _, _ in Formatter().parse(rich) if name}
    if rich and all(params.get(name, "") != "" for name in wanted):
        return rich.format(**params)
    return str(found.get(part, ""))
