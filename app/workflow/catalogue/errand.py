"""What ``yaotai catalogue`` does: the functions the window calls, without a person there."""

from collections.abc import Mapping, Sequence

from app.domain.errors import Code, OperatorInput
from app.jobs.lane import Cancelled, CancelToken
from app.jobs.progress import Report, no_report
from app.ports import catalogue as k
from app.workflow import exchange as wire
from app.workflow.calendar import today
from app.workflow.cases.required import required
from app.workflow.catalogue.downloading import learn_barcodes, offered, refresh
from app.workflow.till import Till
from app.workflow.upkeep import startup

DICTIONARIES = "dictionaries"
"""Which of our tables is which dictionary of the platform (core-platform 7.6)."""


def bring_lists(
    till: Till,
    names: Sequence[str],
    report: Report = no_report,
    cancel: CancelToken | None = None,
) -> Mapping[str, object]:
    """Bring the lists of ``names`` up to date, all this region gives out where none is named.

    Stopping keeps what has come; the next call goes on behind it. Whoever opened the day answers
    for it. Raises ``OperatorInput``: ``DAY_NOT_OPEN``, ``USAGE_WRONG`` for a list that this region
    does not give out; and the trouble of the exchange.
    """
    catalogue = required(till.catalogue, "a counter without a catalogue")
    lists = wanted(till, names)
    operator = startup.answerable(till)
    if operator is None:
        raise OperatorInput(Code.DAY_NOT_OPEN)
    stopped = False
    with till.answered_for(operator):
        learn_barcodes(till, catalogue)
        try:
            for listing in lists:
                refresh(till, catalogue, listing, report, cancel)
        except Cancelled:
            stopped = True
    rows = [_row(catalogue, listing) for listing in lists]
    return {"complete": not stopped and all(row["complete"] for row in rows), "lists": rows}


def wanted(till: Till, names: Sequence[str]) -> tuple[k.Listing, ...]:
    """Raises ``OperatorInput`` ``USAGE_WRONG`` naming the list that is none of this region."""
    here = offered(till)
    unknown = next((name for name in names if name not in here), None)
    if unknown is not None:
        raise OperatorInput(Code.USAGE_WRONG, what=unknown)
    return tuple(one for one in here if not names or one.value in names)


def _row(catalogue: k.LocalCatalogue, listing: k.Listing) -> dict[str, object]:
    mark = catalogue.mark(listing)
    ended = mark.finished_at if mark else None
    return {
        "list": listing.value,
        "rows": catalogue.count(listing),
        "done": mark.done if mark else 0,
        "total": mark.total if mark else 0,
        "complete": ended is not None,
        "finished_at": ended.isoformat() if ended else None,
    }


def compare_words(till: Till, table: str = "") -> Mapping[str, object]:
    """Dictionaries of the platform as they hold today, beside the tables of the region's file.

    ``table`` names one of ours; without it all that have a dictionary (``tables.dictionaries``).
    ``known``: our table has this code; ``missing`` are our codes that the platform has not. Raises
    ``OperatorInput``: ``DAY_NOT_OPEN``, ``USAGE_WRONG``; and the trouble of the exchange.
    """
    kinds = till.profile.tables.get(DICTIONARIES, {})
    if table and table not in kinds:
        raise OperatorInput(Code.USAGE_WRONG, what=table)
    operator = startup.answerable(till)
    if operator is None:
        raise OperatorInput(Code.DAY_NOT_OPEN)
    with till.answered_for(operator):
        found = [_compared(till, name, kinds[name]) for name in ([table] if table else kinds)]
    return {"agrees": all(one["agrees"] for one in found), "tables": found}


def _compared(till: Till, table: str, kind: str) -> dict[str, object]:
    core, asked = till.platform.catalogue, k.QueryDictionary(kind, till.shop.area, today(till))
    told = wire.consult(till, core, asked, core.query_dictionary, None).value
    ours = till.profile.tables[table]
    words = [
        {"code": word.code, "label": word.label, "valid": word.valid, "known": word.code in ours}
        for word in told
    ]
    there = {word.code for word in told if word.valid}
    missing = [code for code in ours if code not in there]
    agrees = not missing and all(word["known"] for word in words if word["valid"])
    return {"table": table, "kind": kind, "agrees": agrees, "words": words, "missing": missing}
