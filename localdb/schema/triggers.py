"""What no statement may do, whoever writes it (I3, I5, I6, I7, I8).

A refused statement ends in an integrity error whose text is the rule's name. The rules are worded
for SQLite here and for PostgreSQL in :mod:`localdb.postgres.rules`; a condition is the same in
both but for ``IS [NOT]`` between two values, which PostgreSQL calls ``IS [NOT] DISTINCT FROM``.
"""

from dataclasses import dataclass

import sqlalchemy as sa

APPEND_ONLY = (
    "case_event",
    "attempt_event",
    "message_reply",
    "outbox_event",
    "journal",
    "stock_event",
    "stock_code",
    "stock_gift",
    "stock_note",
    "register_entry",
    "register_part",
    "scan_override",
    "document",
    "money_sign_off",
    "foreign_money",
    "adopted_money",
    "part_event",
    "stock_day_sign_off",
    "stock_acceptance",
)
KEPT = (
    "counter_case",
    "settlement_attempt",
    "message",
    "outbox",
    "print_job",
    "message_mark",
    "number_series",
    "operator",
    "money_day",
    "delivery",
    "count_sheet",
    "count_line",
    "stock_day",
    "learned_prefix",
    "lease",
)
"""Rows that change but are never deleted."""


DIFFERS = "IS DISTINCT FROM"
"""Two values differ, nothing counting as a value."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Before ``moment`` a row of ``table`` for which ``when`` holds (empty: any) is refused."""

    name: str
    moment: str
    table: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """After a row came into ``table`` for which ``when`` holds, ``statement`` runs."""

    name: str
    table: str
    statement: str
    when: str = ""


def _unchanged(name: str, table: str, columns: tuple[str, ...]) -> Refusal:
    changed = " OR ".join(f"OLD.{column} {DIFFERS} NEW.{column}" for column in columns)
    return Refusal(name, "UPDATE", table, changed)


def _rank(row: str, *ranks: tuple[str, int]) -> str:
    cases = " ".join(f"WHEN '{state}' THEN {rank}" for state, rank in ranks)
    return f"CASE {row}.state {cases} END"


_MESSAGE = (("sending", 0), ("unknown", 1), ("answered", 2), ("rejected", 2), ("not_sent", 2))
_CLAIM = (("reserved", 0), ("sold", 1), ("returned", 2))
_PART = (*_CLAIM, ("gone", 3), ("released", 3))
_SETTLED = "(SELECT state FROM settlement_attempt WHERE message_id = NEW.attempt_id)"
_LIVE_IN_CASE = (
    "EXISTS (SELECT 1 FROM settlement_attempt WHERE case_id = NEW.case_id"
    " AND state NOT IN ('rejected', 'reversed', 'refunded'))"
)
_NOT_FROM_SETTLED = (
    f"(NEW.attempt_id IS NOT NULL AND {_SETTLED} {DIFFERS} 'settled')"
    f" OR (NEW.attempt_id IS NULL AND {_LIVE_IN_CASE})"
)


def _append_only() -> list[Refusal]:
    rules = []
    for table in APPEND_ONLY:
        rules.append(Refusal(f"append_only_{table}_update", "UPDATE", table))
        rules.append(Refusal(f"append_only_{table}_delete", "DELETE", table))
    rules += [Refusal(f"kept_{table}", "DELETE", table) for table in KEPT]
    return rules


def _messages() -> list[Refusal]:
    falls = f"{_rank('NEW', *_MESSAGE)} <= {_rank('OLD', *_MESSAGE)}"
    content = ("row_id", "message_id", "operation", "case_id", "composed_at", "kept")
    request = ("item_id", "operation", "business_key", "lane_key", "case_id", "request", "born_at")
    return [
        _unchanged("message_content", "message", content),
        Refusal("message_state_rises", "UPDATE OF state", "message", falls),
        Refusal("message_mark_rises", "UPDATE", "message_mark", "NEW.last_at < OLD.last_at"),
        _unchanged("outbox_content", "outbox", request),
        Refusal("outbox_final", "UPDATE", "outbox", "OLD.state IN ('delivered', 'voided')"),
        Refusal("number_series_rises", "UPDATE", "number_series", "NEW.last <= OLD.last"),
        Refusal("money_day_run_rises", "UPDATE", "money_day", "NEW.run_no < OLD.run_no"),
        Refusal("stock_day_run_rises", "UPDATE", "stock_day", "NEW.run_no < OLD.run_no"),
        # whoever takes it is told from everybody who had it before
        Refusal(
            "lease_fence_rises",
            "UPDATE",
            "lease",
            "NEW.fence < OLD.fence OR (NEW.fence = OLD.fence"
            " AND NEW.holder <> OLD.holder AND NEW.holder <> '')",
        ),
    ]


def _money() -> list[Refusal]:
    bill = ("message_id", "case_id", "claim", "total", "fund", "account", "cash")
    return [
        _unchanged("attempt_bill", "settlement_attempt", (*bill, "mutual_aid", "hospital_part")),
        Refusal(
            "attempt_final",
            "UPDATE",
            "settlement_attempt",
            "OLD.state IN ('rejected', 'reversed', 'refunded')",
        ),
        Refusal(
            "receipt_from_settled",
            "INSERT",
            "print_job",
            f"NEW.kind = 'receipt' AND ({_NOT_FROM_SETTLED})",
        ),
        Refusal(
            "goods_from_settled",
            "INSERT",
            "stock_event",
            f"NEW.kind = 'sold' AND ({_NOT_FROM_SETTLED})",
        ),
        Refusal(
            "parts_from_settled",
            "INSERT",
            "part_event",
            f"NEW.kind = 'sold' AND ({_NOT_FROM_SETTLED})",
        ),
    ]


def _goods() -> list[Refusal]:
    falls = f"{_rank('NEW', *_CLAIM)} < {_rank('OLD', *_CLAIM)}"
    booked = "(SELECT COALESCE(SUM(packs), 0) FROM stock_event WHERE lot_id = NEW.lot_id)"
    return [
        _unchanged("claim_code", "code_claim", ("claim_id", "code", "case_id", "reserved_at")),
        Refusal("claim_state_rises", "UPDATE OF state", "code_claim", falls),
        Refusal("claim_sale_stays", "UPDATE", "code_claim", _other_sale()),
        Refusal("claim_sold_stays", "DELETE", "code_claim", "OLD.state <> 'reserved'"),
        Refusal("stock_from_events", "UPDATE OF on_hand", "lot", f"NEW.on_hand <> {booked}"),
        Refusal("stock_starts_empty", "INSERT", "lot", "NEW.on_hand <> 0"),
        Refusal("count_closed", "UPDATE", "count_sheet", "OLD.closed_at IS NOT NULL"),
        Refusal("count_line_closed", "UPDATE", "count_line", "OLD.final IS NOT NULL"),
    ]


FOLLOWS = (
    Follow(
        "stock_event_counts",
        "stock_event",
        "UPDATE lot SET on_hand = on_hand + NEW.packs WHERE lot_id = NEW.lot_id",
    ),
    # the boxes of a sale are booked by the sale itself, whoever writes it; one that is opened
    # is named by the row that books it
    Follow(
        "stock_event_boxes",
        "stock_event",
        "INSERT INTO stock_code (code, event_id)"
        " SELECT code, NEW.event_id FROM code_claim WHERE case_id = NEW.case_id"
        " AND lot_id = NEW.lot_id AND state = 'sold'",
        "NEW.kind = 'sold' AND NEW.upload_key IS NULL",
    ),
)


def _parts() -> list[Refusal]:
    falls = f"{_rank('NEW', *_PART)} < {_rank('OLD', *_PART)}"
    taken = (
        "(SELECT COALESCE(SUM({what}), 0) FROM part_claim WHERE code = NEW.code"
        " AND state <> 'released')"
    )
    pieces, share = taken.format(what="pieces"), taken.format(what="share")
    never = ("claim_id", "code", "case_id", "size", "pieces", "share", "reserved_at")
    return [
        _unchanged("part_claim_content", "part_claim", never),
        Refusal("part_claim_state_rises", "UPDATE OF state", "part_claim", falls),
        # what was written off stays so, and so does what lies in its box again
        Refusal(
            "part_claim_state_final",
            "UPDATE OF state",
            "part_claim",
            "OLD.state IN ('gone', 'released') AND NEW.state <> OLD.state",
        ),
        Refusal("part_claim_sale_stays", "UPDATE", "part_claim", _other_sale()),
        Refusal("part_claim_sold_stays", "DELETE", "part_claim", "OLD.state <> 'reserved'"),
        # I9: never more than the box holds, and a box goes either whole or in parts
        Refusal("part_claim_fits", "INSERT", "part_claim", f"{pieces} + NEW.pieces > NEW.size"),
        Refusal("part_claim_share", "INSERT", "part_claim", f"{share} + NEW.share > 10000"),
        Refusal(
            "part_claim_size",
            "INSERT",
            "part_claim",
            "EXISTS (SELECT 1 FROM part_claim WHERE code = NEW.code AND size <> NEW.size)",
        ),
        Refusal(
            "part_of_sold_box",
            "INSERT",
            "part_claim",
            "EXISTS (SELECT 1 FROM code_claim WHERE code = NEW.code"
            " AND state IN ('reserved', 'sold'))",
        ),
        Refusal(
            "opened_box_whole",
            "INSERT",
            "code_claim",
            "EXISTS (SELECT 1 FROM part_claim WHERE code = NEW.code)",
        ),
    ]


def _other_sale() -> str:
    columns = ("lot_id", "sold_at", "attempt_id", "receipt_no", "counter_no")
    changed = " OR ".join(f"OLD.{column} {DIFFERS} NEW.{column}" for column in columns)
    return f"OLD.state <> 'reserved' AND ({changed})"


def refusals() -> tuple[Refusal, ...]:
    """What is refused."""
    return (*_append_only(), *_messages(), *_money(), *_goods(), *_parts())


def _when(condition: str) -> str:
    # as the first migration stored it: what two bases are compared by
    return f" WHEN {condition.replace(DIFFERS, 'IS NOT')}" if condition else ""


def sqlite_triggers() -> tuple[str, ...]:
    """All rules, as statements."""
    refused = (
        f"CREATE TRIGGER {one.name} BEFORE {one.moment} ON {one.table} FOR EACH ROW"
        f"{_when(one.when)} BEGIN SELECT RAISE(ABORT, '{one.name}'); END"
        for one in refusals()
    )
    following = (
        f"CREATE TRIGGER {one.name} AFTER INSERT ON {one.table} FOR EACH ROW"
        f"{_when(one.when)} BEGIN {one.statement}; END"
        for one in FOLLOWS
    )
    return (*refused, *following)


def create_all(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Tables, indexes and rules as the models describe them."""
    metadata.create_all(connection)
    for statement in sqlite_triggers():
        connection.exec_driver_sql(statement)
