"""The report of a played visit, with the keys of the command line's contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.counter_case import CounterCase


@dataclass(frozen=True, slots=True)
class Effort:
    """Of the signed-in counter: ``own_ms`` wall time without waiting for the platform,
    ``worked_ms`` processor time of the same calls, which a busy machine does not stretch."""

    own_ms: int
    worked_ms: int


def demo_report(
    profile: str,
    identity: str,
    visits: Sequence[Mapping[str, Any]],
    case: CounterCase | None,
    documents: Sequence[str],
    effort: Effort,
) -> dict[str, object]:
    """``visits`` are visit reports as tables; the last one decides ``ok``."""
    settled = case.facts.settled if case is not None else None
    codes = [p.code for line in case.facts.lines for p in line.packs] if case is not None else []
    last = visits[-1]
    settlement: dict[str, object] = {"state": "settled" if settled else "none", "setl_id": ""}
    if settled is not None:
        amounts = settled.amounts
        settlement = {
            "state": "settled",
            "setl_id": settled.settlement_id,
            "total_fen": amounts.total,
            "fund_fen": amounts.fund,
            "account_fen": amounts.account,
            "cash_fen": amounts.cash,
        }
    return {
        "ok": bool(last["finished"]) and settled is not None and bool(documents),
        "profile": profile,
        "identity": identity,
        "steps": [dict(step) for visit in visits for step in visit["steps"]],
        "settlement": settlement,
        "trace_codes": [code for code in codes if code],
        "documents": list(documents),
        "screenshots": [name for visit in visits for name in visit["screenshots"]],
        "gui_stall_ms": last["gui_stall_ms"],
        "gui_busy_ms": last["gui_busy_ms"],
        "own_ms": effort.own_ms,
        "worked_ms": effort.worked_ms,
        "code": last["code"],
    }
