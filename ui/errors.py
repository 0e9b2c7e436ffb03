"""What happened and what to do, for every code (``resources/errors``; ui 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from app.domain.errors import Code, Param, PlatformRejected, Trouble
from app.workflow.views.states import BannerKind
from ui.formats import money_text, time_text
from ui.text import error_table, has_text, placeholders, tr

if TYPE_CHECKING:
    from app.domain.money import Fen
    from app.workflow.views.case import BannerView, Params
    from app.workflow.views.desk import LineView

_KINDS: Mapping[int, BannerKind] = {
    1: BannerKind.ATTENTION,
    2: BannerKind.ATTENTION,
    3: BannerKind.STOP,
    4: BannerKind.CALM,
    5: BannerKind.UNKNOWN,
    6: BannerKind.STOP,
    9: BannerKind.CALM,
}
_HEALED = frozenset({Code.FOUND_SETTLED, Code.FOUND_ABSENT, Code.FOUND_NOT_REFUNDED})


class Sentences(NamedTuple):
    """Ready to show: ``happened`` ends with 。, ``remedy`` names the next step."""

    happened: str
    remedy: str
    actions: tuple[str, ...]


def sentences(code: int, params: Params | Mapping[str, Param] = ()) -> Sentences:
    """Sentences of ``code``, with facts where all of them came. An unknown code reads as a bug."""
    facts = {name: _readable(name, value) for name, value in dict(params).items()}
    table = error_table()
    entry = table.get(code) or table[Code.BUG]
    actions = entry["actions"]
    listed = tuple(str(name) for name in actions) if isinstance(actions, list) else ()
    return Sentences(_pick(entry, "happened", facts), _pick(entry, "remedy", facts), listed)


_CHECKS, _AWAITED = "missing", "awaited"
_MOMENTS = frozenset({"when", "at", "since", "until"})
_FEN = frozenset({"missing", "cash"})


def _readable(name: str, value: Param) -> Param:
    if name in _FEN and isinstance(value, int):
        return money_text(cast("Fen", value))
    if name == _CHECKS and isinstance(value, str):
        return "、".join(dict.fromkeys(_check_text(word) for word in value.split("、")))
    if name == _AWAITED and has_text(f"shell.awaited.{value}"):
        return tr(f"shell.awaited.{value}")
    if name in _MOMENTS and isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return time_text(at) if at.tzinfo is not None else value
    return value


def _check_text(word: str) -> str:
    """A check of the four looks, or a hint that nobody acknowledged."""
    named = f"pages.check.{word}"
    return tr(named if has_text(named) else "pages.check.hint")


def _pick(entry: Mapping[str, object], part: str, facts: Mapping[str, Param]) -> str:
    rich = str(entry.get(f"{part}_with", ""))
    wanted = placeholders(rich)
    if rich and all(facts.get(name) not in (None, "") for name in wanted):
        return rich.format(**facts)
    return str(entry[part])


def no_line_banner(line: LineView) -> BannerView:
    """No line: what goes on, what does not, and how much may still be sold for cash."""
    from app.workflow.views.case import BannerView

    params = (
        ("since", line.since.isoformat()),
        ("sales", line.sales_left),
        ("cash", line.amount_left),
        ("until", line.until.isoformat()),
    )
    return BannerView(BannerKind.CALM, int(Code.NO_LINE), params, offers=("open_queue",))


def banner_kind(code: int) -> BannerKind:
    """How loud a code is: its family, and calm green for what has healed."""
    return BannerKind.HEALED if code in _HEALED else _KINDS[code // 1000]


def banner_of(trouble: Trouble) -> BannerView:
    """A trouble that no view carries yet, as a banner."""
    from app.workflow.views.case import BannerView

    platform_text = trouble.platform_text if isinstance(trouble, PlatformRejected) else ""
    return BannerView(
        kind=banner_kind(trouble.code),
        code=int(trouble.code),
        params=tuple(trouble.params.items()),
        platform_text=platform_text,
        offers=sentences(trouble.code, trouble.params).actions,
    )
