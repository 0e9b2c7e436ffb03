"""Abstract operations. Numbers, paths and field spellings belong to the region (spec README)."""

from collections.abc import Mapping
from enum import StrEnum


class Service(StrEnum):
    """Which neighbour answers."""

    CORE = "core"
    RX_CENTRE = "rxcentre"
    VOUCHER = "voucher"


class Operation(StrEnum):
    """Everything that may be asked, told or moved, by its name inside (architecture 19)."""

    OPEN_DAY = "open_day"
    CLOSE_DAY = "close_day"
    QUERY_PERSON = "query_person"
    CHECK_ENTITLEMENT = "check_entitlement"
    PRESETTLE = "presettle"
    SETTLE = "settle"
    REVOKE_SETTLEMENT = "revoke_settlement"
    REVERSE = "reverse"
    QUERY_SETTLEMENT = "query_settlement"
    QUERY_FEES = "query_fees"
    RECONCILE_TOTALS = "reconcile_totals"
    RECONCILE_LINES = "reconcile_lines"
    UPLOAD_FILE = "upload_file"
    DOWNLOAD_FILE = "download_file"
    COUNT_STOCK = "count_stock"
    CHANGE_STOCK = "change_stock"
    RECEIVE = "receive"
    RETURN_TO_SUPPLIER = "return_to_supplier"
    UPLOAD_SALE = "upload_sale"
    RETURN_SALE = "return_sale"
    ERASE_UPLOAD = "erase_upload"
    QUERY_STOCK = "query_stock"
    QUERY_STOCK_TRAIL = "query_stock_trail"
    PREAUDIT = "preaudit"
    REGISTER_VISIT = "register_visit"
    UPLOAD_VISIT = "upload_visit"

    DECODE_VOUCHER = "decode_voucher"

    AUTHORISE = "authorise"
    DOWNLOAD = "download"
    VERIFY = "verify"
    AUDIT = "audit"
    QUERY_CATALOGUE = "query_catalogue"
    UPLOAD_RX_SALE = "upload_rx_sale"
    UNDO_RX_SALE = "undo_rx_sale"
    SYNC_DELIVERY = "sync_delivery"
    CONFIRM_DELIVERY = "confirm_delivery"
    PRECHECK_RX = "precheck_rx"
    SIGN_RX = "sign_rx"
    UPLOAD_RX = "upload_rx"
    UNDO_RX = "undo_rx"
    QUERY_RX = "query_rx"
    QUERY_AUDIT = "query_audit"
    QUERY_DISPENSING = "query_dispensing"


AT_THE_CENTRE: Mapping[Operation, Operation] = {
    Operation.UPLOAD_SALE: Operation.UPLOAD_RX_SALE,
    Operation.RETURN_SALE: Operation.UNDO_RX_SALE,
}
"""What is booked as a sale, and its address where the prescription centre is told of it."""
BOOKED_AS: Mapping[str, Operation] = {there: booked for booked, there in AT_THE_CENTRE.items()}
