"""What no statement may do, whoever writes it (I3, I5, I6, I7, I8). SQLite dialect.

A refused statement ends in an integrity error whose text is the rule's name.
"""

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


def _refuse(name: str, moment: str, table: str, when: str = "") -> str:
    condition = f" WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW{condition}"
        f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def _unchanged(name: str, table: str, columns: tuple[str, ...]) -> str:
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    return _refuse(name, "UPDATE", table, changed)


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
    f"(NEW.attempt_id IS NOT NULL AND {_SETTLED} IS NOT 'settled')"
    f" OR (NEW.attempt_id IS NULL AND {_LIVE_IN_CASE})"
)


def _append_only() -> list[str]:
    rules = []
    for table in APPEND_ONLY:
        rules.append(_refuse(f"append_only_{table}_update", "UPDATE", table))
        rules.append(_refuse(f"append_only_{table}_delete", "DELETE", table))
    rules += [_refuse(f"kept_{table}", "DELETE", table) for table in KEPT]
    return rules


def _messages() -> list[str]:
    falls = f"{_rank('NEW', *_MESSAGE)} <= {_rank('OLD', *_MESSAGE)}"
    content = ("row_id", "message_id", "operation", "case_id", "composed_at", "kept")
    request = ("item_id", "operation", "business_key", "lane_key", "case_id", "request", "born_at")
    return [
        _unchanged("message_content", "message", content),
        _refuse("message_state_rises", "UPDATE OF state", "message", falls),
        _refuse("message_mark_rises", "UPDATE", "message_mark", "NEW.last_at < OLD.last_at"),
        _unchanged("outbox_content", "outbox", request),
        _refuse("outbox_final", "UPDATE", "outbox", "OLD.state IN ('delivered', 'voided')"),
        _refuse("number_series_rises", "UPDATE", "number_series", "NEW.last <= OLD.last"),
        _refuse("money_day_run_rises", "UPDATE", "money_day", "NEW.run_no < OLD.run_no"),
        _refuse("stock_day_run_rises", "UPDATE", "stock_day", "NEW.run_no < OLD.run_no"),
        # whoever takes it is told from everybody who had it before
        _refuse(
            "lease_fence_rises",
            "UPDATE",
            "lease",
            "NEW.fence < OLD.fence OR (NEW.fence = OLD.fence"
            " AND NEW.holder <> OLD.holder AND NEW.holder <> '')",
        ),
    ]


def _money() -> list[str]:
    bill = ("message_id", "case_id", "claim", "total", "fund", "account", "cash")
    return [
        _unchanged("attempt_bill", "settlement_attempt", (*bill, "mutual_aid", "hospital_part")),
        _refuse(
            "attempt_final",
            "UPDATE",
            "settlement_attempt",
            "OLD.state IN ('rejected', 'reversed', 'refunded')",
        ),
        _refuse(
            "receipt_from_settled",
            "INSERT",
            "print_job",
            f"NEW.kind = 'receipt' AND ({_NOT_FROM_SETTLED})",
        ),
        _refuse(
            "goods_from_settled",
            "INSERT",
            "stock_event",
            f"NEW.kind = 'sold' AND ({_NOT_FROM_SETTLED})",
        ),
        _refuse(
            "parts_from_settled",
            "INSERT",
            "part_event",
            f"NEW.kind = 'sold' AND ({_NOT_FROM_SETTLED})",
        ),
    ]


def _goods() -> list[str]:
    falls = f"{_rank('NEW', *_CLAIM)} < {_rank('OLD', *_CLAIM)}"
    booked = "(SELECT COALESCE(SUM(packs), 0) FROM stock_event WHERE lot_id = NEW.lot_id)"
    return [
        _unchanged("claim_code", "code_claim", ("claim_id", "code", "case_id", "reserved_at")),
        _refuse("claim_state_rises", "UPDATE OF state", "code_claim", falls),
        _refuse("claim_sale_stays", "UPDATE", "code_claim", _other_sale()),
        _refuse("claim_sold_stays", "DELETE", "code_claim", "OLD.state <> 'reserved'"),
        _refuse("stock_from_events", "UPDATE OF on_hand", "lot", f"NEW.on_hand <> {booked}"),
        _refuse("stock_starts_empty", "INSERT", "lot", "NEW.on_hand <> 0"),
        _refuse("count_closed", "UPDATE", "count_sheet", "OLD.closed_at IS NOT NULL"),
        _refuse("count_line_closed", "UPDATE", "count_line", "OLD.final IS NOT NULL"),
        "CREATE TRIGGER stock_event_counts AFTER INSERT ON stock_event FOR EACH ROW BEGIN"
        " UPDATE lot SET on_hand = on_hand + NEW.packs WHERE lot_id = NEW.lot_id; END",
        # the boxes of a sale are booked by the sale itself, whoever writes it; one that is opened
        # is named by the row that books it
        "CREATE TRIGGER stock_event_boxes AFTER INSERT ON stock_event FOR EACH ROW"
        " WHEN NEW.kind = 'sold' AND NEW.upload_key IS NULL"
        " BEGIN INSERT INTO stock_code (code, event_id)"
        " SELECT code, NEW.event_id FROM code_claim WHERE case_id = NEW.case_id"
        " AND lot_id = NEW.lot_id AND state = 'sold'; END",
    ]


def _parts() -> list[str]:
    falls = f"{_rank('NEW', *_PART)} < {_rank('OLD', *_PART)}"
    taken = (
        "(SELECT COALESCE(SUM({what}), 0) FROM part_claim WHERE code = NEW.code"
        " AND state <> 'released')"
    )
    pieces, share = taken.format(what="pieces"), taken.format(what="share")
    never = ("claim_id", "code", "case_id", "size", "pieces", "share", "reserved_at")
    return [
        _unchanged("part_claim_content", "part_claim", never),
        _refuse("part_claim_state_rises", "UPDATE OF state", "part_claim", falls),
        # what was written off stays so, and so does what lies in its box again
        _refuse(
            "part_claim_state_final",
            "UPDATE OF state",
            "part_claim",
            "OLD.state IN ('gone', 'released') AND NEW.state <> OLD.state",
        ),
        _refuse("part_claim_sale_stays", "UPDATE", "part_claim", _other_sale()),
        _refuse("part_claim_sold_stays", "DELETE", "part_claim", "OLD.state <> 'reserved'"),
        # I9: never more than the box holds, and a box goes either whole or in parts
        _refuse("part_claim_fits", "INSERT", "part_claim", f"{pieces} + NEW.pieces > NEW.size"),
        _refuse("part_claim_share", "INSERT", "part_claim", f"{share} + NEW.share > 10000"),
        _refuse(
            "part_claim_size",
            "INSERT",
            "part_claim",
            "EXISTS (SELECT 1 FROM part_claim WHERE code = NEW.code AND size <> NEW.size)",
        ),
        _refuse(
            "part_of_sold_box",
            "INSERT",
            "part_claim",
            "EXISTS (SELECT 1 FROM code_claim WHERE code = NEW.code"
            " AND state IN ('reserved', 'sold'))",
        ),
        _refuse(
            "opened_box_whole",
            "INSERT",
            "code_claim",
            "EXISTS (SELECT 1 FROM part_claim WHERE code = NEW.code)",
        ),
    ]


def _other_sale() -> str:
    columns = ("lot_id", "sold_at", "attempt_id", "receipt_no", "counter_no")
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    return f"OLD.state <> 'reserved' AND ({changed})"


def sqlite_triggers() -> tuple[str, ...]:
    """All rules, as statements."""
    return (*_append_only(), *_messages(), *_money(), *_goods(), *_parts())


def create_all(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Tables, indexes and rules as the models describe them."""
    metadata.create_all(connection)
    for statement in sqlite_triggers():
        connection.exec_driver_sql(statement)
