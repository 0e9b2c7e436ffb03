"""What happened and what to do, for every code (``resources/errors``; ui 9)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.domain.errors import Code, Param, PlatformRejected, Trouble
from app.workflow.views import BannerKind, BannerView, Params
from ui.text import placeholders

_KINDS: Mapping[int, BannerKind] = {
    1: BannerKind.ATTENTION,
    2: BannerKind.ATTENTION,
    3: BannerKind.STOP,
    4: BannerKind.CALM,
    5: BannerKind.UNKNOWN,
    6: BannerKind.STOP,
    9: BannerKind.CALM,
}
_HEALED = frozenset({Code.FOUND_SETTLED, Code.FOUND_ABSENT})


@dataclass(frozen=True, slots=True)
class Sentences:
    """Ready to show: ``happened`` ends with 。, ``remedy`` names the next step."""

    happened: str
    remedy: str
    actions: tuple[str, ...]


@cache
def error_table() -> Mapping[int, Mapping[str, object]]:
    """The whole table by code."""
    read = tomllib.loads((files("resources") / "errors" / "zh_CN.toml").read_text("utf-8"))
    return {int(code): entry for code, entry in read.items()}


def sentences(code: int, params: Params | Mapping[str, Param] = ()) -> Sentences:
    """Sentences of ``code``, with facts where all of them came. An unknown code reads as a bug."""
    facts = dict(params)
    table = error_table()
    entry = table.get(code) or table[Code.BUG]
    actions = entry["actions"]
    listed = tuple(str(name) for name in actions) if isinstance(actions, list) else ()
    return Sentences(_pick(entry, "happened", facts), _pick(entry, "remedy", facts), listed)


def _pick(entry: Mapping[str, object], part: str, facts: Mapping[str, Param]) -> str:
    rich = str(entry.get(f"{part}_with", ""))
    wanted = placeholders(rich)
    if rich and all(facts.get(name) not in (None, "") for name in wanted):
        return rich.format(**facts)
    return str(entry[part])


def banner_kind(code: int) -> BannerKind:
    """How loud a code is: its family, and calm green for what has healed."""
    return BannerKind.HEALED if code in _HEALED else _KINDS[code // 1000]


def banner_of(trouble: Trouble) -> BannerView:
    """A trouble that no view carries yet, as a banner."""
    platform_text = trouble.platform_text if isinstance(trouble, PlatformRejected) else ""
    return BannerView(
        kind=banner_kind(trouble.code),
        code=int(trouble.code),
        params=tuple(trouble.params.items()),
        platform_text=platform_text,
        offers=sentences(trouble.code, trouble.params).actions,
    )
