"""Which operation of a profile carries which request of the ports."""

from app.ports import catalogue as k
from app.ports import circulation as c
from app.ports import insurance as i
from app.ports import requests as q
from app.ports import stock as g
from app.profile.operations import Operation

OPERATION_OF: dict[type, Operation] = {
    q.OpenDay: Operation.OPEN_DAY,
    q.CloseDay: Operation.CLOSE_DAY,
    q.DecodeVoucher: Operation.DECODE_VOUCHER,
    q.QueryPerson: Operation.QUERY_PERSON,
    q.Authorise: Operation.AUTHORISE,
    q.Download: Operation.DOWNLOAD,
    q.Verify: Operation.VERIFY,
    q.UploadAudit: Operation.AUDIT,
    q.UploadSale: Operation.UPLOAD_SALE,
    q.ReturnSale: Operation.RETURN_SALE,
    q.UploadRxSale: Operation.UPLOAD_RX_SALE,
    q.UndoRxSale: Operation.UNDO_RX_SALE,
    g.CountStock: Operation.COUNT_STOCK,
    g.ChangeStock: Operation.CHANGE_STOCK,
    g.Receive: Operation.RECEIVE,
    g.ReturnToSupplier: Operation.RETURN_TO_SUPPLIER,
    g.EraseUpload: Operation.ERASE_UPLOAD,
    g.QueryStock: Operation.QUERY_STOCK,
    q.QueryTrail: Operation.QUERY_STOCK_TRAIL,
    c.QueryOnlineRx: Operation.QUERY_ONLINE_RX,
    c.DecodeRxCode: Operation.DECODE_RX_CODE,
    c.SyncDelivery: Operation.SYNC_DELIVERY,
    c.ConfirmDelivery: Operation.CONFIRM_DELIVERY,
    i.CheckEntitlement: Operation.CHECK_ENTITLEMENT,
    i.QueryFees: Operation.QUERY_FEES,
    i.CheckAhead: Operation.PREAUDIT,
    k.QueryDictionary: Operation.QUERY_DICTIONARY,
    c.QueryCatalogue: Operation.QUERY_CATALOGUE,
    q.Presettle: Operation.PRESETTLE,
    q.Settle: Operation.SETTLE,
    q.RevokeSettlement: Operation.REVOKE_SETTLEMENT,
    q.Reverse: Operation.REVERSE,
    q.QuerySettlement: Operation.QUERY_SETTLEMENT,
    q.ReconcileTotals: Operation.RECONCILE_TOTALS,
    q.ReconcileLines: Operation.RECONCILE_LINES,
    q.UploadFile: Operation.UPLOAD_FILE,
    q.DownloadFile: Operation.DOWNLOAD_FILE,
}
ROWS: dict[type, Operation] = {
    g.CountStock: Operation.COUNT_STOCK_ROWS,
    g.ChangeStock: Operation.CHANGE_STOCK_ROWS,
    g.Receive: Operation.RECEIVE_ROWS,
    g.ReturnToSupplier: Operation.RETURN_TO_SUPPLIER_ROWS,
    q.UploadSale: Operation.UPLOAD_SALE_ROWS,
    q.ReturnSale: Operation.RETURN_SALE_ROWS,
    g.EraseUpload: Operation.ERASE_UPLOAD_ROWS,
}


def operation_of(request: object) -> Operation:
    """Raises ``KeyError`` for a request no fake knows."""
    if isinstance(request, g.StockRows):
        return ROWS[type(request.rows[0])]
    if isinstance(request, g.QueryRecords | q.QueryTrail):
        return request.asked
    if isinstance(request, k.FetchList | k.QueryList):
        return k.OPERATION_OF[request.listing]
    if isinstance(request, k.DownloadList):
        return Operation.DOWNLOAD_FILE
    return OPERATION_OF[type(request)]
