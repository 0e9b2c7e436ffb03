"""药品销售出库明细 at the prescription centre, upload and undo (prescription-centre 8.6).

The older edition is the only one with a table [S R5]; the names of the undo are ours [P].
"""

from app.domain.errors import Bug
from app.domain.money import Fen, Quantity, line_amount, packs
from app.gateways.envelopes.reply import Reply
from app.gateways.fields import Numbers, flag, wire_day, wire_moment
from app.gateways.wording.sale import lot_serial, told_count
from app.ports import replies as r
from app.ports import requests as q
from app.ports.platform import Sender
from app.profile.model import Profile

Content = dict[str, object]


def upload(profile: Profile, request: q.UploadSale, sender: Sender) -> Content:
    """Who reviewed, prepared and checked, and one row for each box: a row holds one trace code.

    No settlement amounts: the sale is told before the money (S2 4.11).
    """
    dispenser = request.dispenser
    return {
        **_sale(request.prescriber.rx_number, request.receipt_no, request.sale_serial, sender),
        "rxChkBizSn": request.audit_serial,
        "pharCertType": dispenser.id_kind,
        "pharCertno": dispenser.id_number,
        "pharName": dispenser.name,
        "pharPracCertNo": dispenser.licence_no,
        "dspeerName": request.operator_name,
        "proName": dispenser.name,
        "hiFeesetlType": profile.rules.hi_feesetl_local,
        "selRetnTime": wire_moment(request.sold_at),
        "selRetnOpterName": request.operator_name,
        "selinfo": _rows(profile, request.line, request.sale_serial),
    }


def undo(profile: Profile, request: q.ReturnSale, sender: Sender) -> Content:
    """The very rows that were told, with the day and the person of their undoing."""
    return {
        **_sale(request.rx_number, request.receipt_no, request.sale_serial, sender),
        "undoTime": wire_moment(request.returned_at),
        "selRetnTime": wire_moment(request.returned_at),
        "selRetnOpterName": request.operator_name,
        "selinfo": _rows(profile, request.line, request.sale_serial),
    }


def _sale(rx_number: str | None, receipt_no: str, serial: str, sender: Sender) -> Content:
    if rx_number is None:
        raise Bug(what="the centre takes no sale without prescription")
    return {
        "hiRxno": rx_number,
        "fixmedinsCode": sender.institution_code,
        "fixmedinsName": sender.institution_name,
        "rtalDocno": receipt_no,
        "stooutNo": serial,
    }


def _rows(profile: Profile, line: q.SoldLine, serial: str) -> list[Content]:
    lot = lot_serial(profile, line, serial)
    if line.split or not line.trace_codes:
        # the part of one box, or boxes nobody could read a code from
        code = line.trace_codes[0] if line.trace_codes else ""
        return [_row(profile, line, lot, code, line.amount)]
    each = line_amount(line.price, packs(1))
    return [_row(profile, line, lot, str(code), each, packs(1)) for code in line.trace_codes]


def _row(
    profile: Profile,
    line: q.SoldLine,
    lot: str,
    code: str,
    fee: Fen,
    amount: Quantity | None = None,
) -> Content:
    """``amount``: where it is not what the whole line comes to."""
    numbers = Numbers(profile.core.amount_as)
    count, price = told_count(profile, line)
    return {
        "medListCodg": line.national_code,
        "fixmedinsHilistId": line.store_code,
        "fixmedinsHilistName": line.name,
        "fixmedinsBchno": lot,
        "manuLotnum": line.lot_no,
        "bchno": line.lot_no,
        "manuDate": wire_day(line.made_on),
        "expyEnd": wire_day(line.expires_on),
        "rxFlag": flag(line.needs_prescription),
        "trdnFlag": flag(line.split),
        "finlTrnsPric": numbers.price(price),
        "selRetnCnt": numbers.quantity(count if amount is None else amount),
        "sumamt": numbers.fen(fee),
        "drugTracCodg": code,
        "drugProdBarc": line.product_barcode,
        "shelfPosi": line.shelf,
    }


def accepted(reply: Reply) -> r.SaleAccepted:
    return r.SaleAccepted(reply.text)
