"""Online lists, prescription codes, deliveries and the centre's catalogue (8.3, 8.7, 8.8).

Tables of the current generation are not public: names of 2021 where there are any, else ours.
"""

from app.domain.credential import IdNumber, PersonName, RxToken
from app.domain.delivery import Delivery
from app.domain.errors import Bug
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.fields import Fields, wire_moment
from app.gateways.wording import rx_record
from app.gateways.wording.prescription import same_prescription
from app.ports import circulation as c
from app.ports.platform import Sender
from app.profile.model import Profile
from app.profile.operations import Operation

Content = dict[str, object]
_YES = ("1", "true")


def asked(profile: Profile, request: object, sender: Sender) -> tuple[Operation, Content, str]:
    """Operation, business object, and no area: nothing here is about an insurance."""
    store = {
        "fixmedinsCode": sender.institution_code,
        "fixmedinsName": sender.institution_name,
    }
    match request:
        case c.QueryOnlineRx():
            return Operation.QUERY_ONLINE_RX, store | _online(request), ""
        case c.DecodeRxCode():
            return Operation.DECODE_RX_CODE, store | _code(request), ""
        case c.SyncDelivery():
            return Operation.SYNC_DELIVERY, store | _way(profile, request), ""
        case c.ConfirmDelivery():
            return Operation.CONFIRM_DELIVERY, store | _signed(profile, request), ""
        case c.QueryCatalogue():
            return Operation.QUERY_CATALOGUE, _catalogue(request, sender), ""
        case _:
            raise Bug(what=f"{type(request).__name__} is nothing the centre is asked")


def _online(request: c.QueryOnlineRx) -> Content:
    return {
        "begntime": wire_moment(request.since),
        "endtime": wire_moment(request.until),
        "pageNum": str(request.page),
        "pageSize": str(request.page_size),
    }


def online(
    profile: Profile, output: Fields, request: c.QueryOnlineRx, store: str
) -> c.OnlineRxPage:
    """Each row has a permission of its own, or shares the one above the list."""
    shared = output.text("epcToken")
    rows = tuple(
        c.OnlineRx(
            rx_record.summary(profile, row, store),
            PersonName(row.text("patnName", "psnName")),
            RxToken(row.text("epcToken") or shared),
        )
        for row in output.rows(*rx_record.LISTS)
    )
    if not all(row.rx_token for row in rows):
        raise Unreadable("missing_epctoken")
    return c.OnlineRxPage(rows, _last(output, request.page, request.page_size, len(rows)))


def _last(output: Fields, page: int, size: int, rows: int) -> bool:
    """Told outright, counted from the total, or a page that is not full."""
    told = output.text("lastPage")
    if told:
        return told in _YES
    total = output.text("total", "recordCounts")
    if total.isascii() and total.isdigit():
        return page * size >= int(total)
    return rows < size


def _code(request: c.DecodeRxCode) -> Content:
    return {
        "epcQrcd": request.code,
        "opter": request.operator_no,
        "opterName": request.operator_name,
    }


def decoded(output: Fields) -> c.RxCodeDecoded:
    return c.RxCodeDecoded(
        rx_token=RxToken(output.need("epcToken")),
        name=PersonName(output.need("psnName", "name")),
        id_kind=output.text("psnCertType", "certType") or "01",
        id_number=IdNumber(output.need("certno")),
        area=output.text("insuPlcNo", "insuplcAdmdvs"),
    )


def _goods(profile: Profile, delivery: Delivery) -> Content:
    return {
        "hiRxno": delivery.rx_number,
        "delvNo": delivery.delivery_no,
        "delvStasCodg": profile.tables["delivery_state"][delivery.state.value],
        "delvStasTime": wire_moment(delivery.moved_at),
        "delvStasDscr": delivery.note,
    }


def _way(profile: Profile, request: c.SyncDelivery) -> Content:
    """Raises ``Bug`` for a way without a courier: nothing is told before it begins."""
    delivery, courier = request.delivery, request.delivery.courier
    if courier is None:
        raise Bug(what="a delivery without a courier")
    return {
        **_goods(profile, delivery),
        "rtalDocno": delivery.receipt_no,
        "delvAddr": delivery.receiver.address.reveal(),
        "recvName": delivery.receiver.name.reveal(),
        "recvTel": delivery.receiver.phone.reveal(),
        "delvEntpName": courier.company,
        "delverName": courier.name.reveal(),
        "delverTel": courier.phone.reveal(),
        "opterName": request.operator_name,
    }


def _signed(profile: Profile, request: c.ConfirmDelivery) -> Content:
    return {
        **_goods(profile, request.delivery),
        "recvSignName": request.delivery.signed_by.reveal(),
        "opterName": request.operator_name,
    }


def taken(output: Fields, delivery: Delivery) -> c.DeliveryTaken:
    """Raises ``Forged`` or ``Unreadable`` for an answer about another prescription or delivery."""
    same_prescription(output, delivery.rx_number)
    if output.text("delvNo") not in ("", delivery.delivery_no):
        raise Unreadable("other_delivery")
    return c.DeliveryTaken(output.text("delvSn"))


def _catalogue(request: c.QueryCatalogue, sender: Sender) -> Content:
    content: Content = {
        "fixmedinsCode": sender.institution_code,
        "pageNum": str(request.page),
        "pageSize": str(request.page_size),
    }
    return content | {"medListCodgs": list(request.codes)} if request.codes else content


def catalogue(output: Fields, request: c.QueryCatalogue) -> c.CirculatedPage:
    rows = tuple(_drug(row) for row in output.rows("list", "data"))
    return c.CirculatedPage(rows, _last(output, request.page, request.page_size, len(rows)))


def _drug(row: Fields) -> c.CirculatedDrug:
    return c.CirculatedDrug(
        national_code=row.need("medListCodg"),
        generic_name=row.need("genname"),
        product_name=row.text("prodname"),
        specification=row.text("specName"),
        dose_form=row.text("dosformName"),
        maker=row.text("prdrName"),
        approval_no=row.text("aprvno"),
        list_type=row.text("listType"),
        pack_unit=row.text("minPacUnt"),
        split_unit=row.text("minPrepUnt"),
        dual_channel=row.text("dualchnlFlag") in _YES,
        price=row.price("drugPrice"),
    )
