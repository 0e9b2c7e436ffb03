"""The report of a played visit, with the keys of the command line's contract."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.domain.counter_case import CounterCase
from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode
from app.workflow.till import Till

_NO_CASE = 0
_INCOMPLETE = int(Code.VISIT_STALLED)
PLAYED = timedelta(days=30)
"""How long a served person counts as served."""


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
    said: Callable[[int, Mapping[str, object]], str],
) -> dict[str, object]:
    """``visits`` are visit reports as tables; the last one decides ``ok``.

    ``said`` makes a sentence of a code and its facts. Where ``ok`` is false, ``code`` and
    ``sentence`` say why; ``sentence`` is empty where nothing is wrong.
    """
    settled = case.facts.settled if case is not None else None
    codes = [p.code for line in case.facts.lines for p in line.packs] if case is not None else []
    last = visits[-1]
    keys = ("total_fen", "fund_fen", "account_fen", "cash_fen")
    settlement: dict[str, object] = {"state": "none", "setl_id": "", **dict.fromkeys(keys)}
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
    ok = bool(last["finished"]) and settled is not None and bool(documents)
    why = [] if ok else _why(last)
    return {
        "ok": ok,
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
        "code": last["code"] if ok else why[0][0],
        "sentence": " ".join(said(code, facts) for code, facts in why),
    }


def _why(visit: Mapping[str, Any]) -> list[tuple[int, Mapping[str, object]]]:
    """Codes and facts of what ended a visit; one that finished without papers has none."""
    told = [(int(cause["code"]), cause["params"]) for cause in visit["ended_by"]]
    return told or [(visit["code"] or _INCOMPLETE, {})]


def served_people(till: Till) -> frozenset[str]:
    """Identity numbers of those who left this counter with their goods in the last days."""
    with till.store.reading() as unit:
        cases = unit.cases.finished(till.counter_no, till.clock.now() - PLAYED)
    people = (case.facts.person for case in cases if case.facts.handed_over_at is not None)
    return frozenset(person.id_number.reveal() for person in people if person is not None)


def off_the_shelf(till: Till, code: str) -> bool:
    """Whether the box of a trace code was sold, or lies in a sale."""
    with till.store.reading() as unit:
        facts = unit.goods.pack_facts(DrugTraceCode(code), _NO_CASE)
    return facts.sold is not None or facts.claimed_by_case is not None
