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
    QUERY_COUNTS = "query_counts"
    QUERY_CHANGES = "query_changes"
    QUERY_PURCHASES = "query_purchases"
    QUERY_SALES = "query_sales"
    QUERY_LOT_TRAIL = "query_lot_trail"
    QUERY_SALE_TRAIL = "query_sale_trail"
    COUNT_STOCK_ROWS = "count_stock_rows"
    CHANGE_STOCK_ROWS = "change_stock_rows"
    RECEIVE_ROWS = "receive_rows"
    RETURN_TO_SUPPLIER_ROWS = "return_to_supplier_rows"
    UPLOAD_SALE_ROWS = "upload_sale_rows"
    RETURN_SALE_ROWS = "return_sale_rows"
    ERASE_UPLOAD_ROWS = "erase_upload_rows"
    FETCH_DRUGS = "fetch_drugs"
    FETCH_HERBS = "fetch_herbs"
    QUERY_INSURED_ITEMS = "query_insured_items"
    QUERY_ITEM_LINKS = "query_item_links"
    QUERY_STORE_LINKS = "query_store_links"
    QUERY_PRICE_CEILINGS = "query_price_ceilings"
    QUERY_SELF_PAY_SHARES = "query_self_pay_shares"
    QUERY_DICTIONARY = "query_dictionary"
    PREAUDIT = "preaudit"
    REGISTER_VISIT = "register_visit"
    UPLOAD_VISIT = "upload_visit"

    DECODE_VOUCHER = "decode_voucher"

    AUTHORISE = "authorise"
    QUERY_ONLINE_RX = "query_online_rx"
    DECODE_RX_CODE = "decode_rx_code"
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
