"""What else the prescription centre is asked and told by a pharmacy: online lists, codes, ways."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.credential import IdNumber, PersonName, RxToken
from app.domain.delivery import Delivery
from app.domain.money import Price
from app.domain.prescription import RxSummary


@dataclass(frozen=True, slots=True)
class QueryOnlineRx:
    """线上流转查询: prescriptions that insured people sent to this store; both moments count."""

    since: datetime
    until: datetime
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class OnlineRx:
    """One of them, with the permission to download it."""

    summary: RxSummary
    patient: PersonName
    rx_token: RxToken


@dataclass(frozen=True, slots=True)
class OnlineRxPage:
    rows: tuple[OnlineRx, ...]
    last: bool


@dataclass(frozen=True, slots=True)
class DecodeRxCode:
    """二维码解码: the code of a prescription, off a phone or a printed sheet."""

    code: str
    operator_no: str
    operator_name: str


@dataclass(frozen=True, slots=True)
class RxCodeDecoded:
    """Whose prescription it is, and the permission that the code stands for."""

    rx_token: RxToken
    name: PersonName
    id_kind: str
    id_number: IdNumber
    area: str


@dataclass(frozen=True, slots=True)
class SyncDelivery:
    """药品配送信息同步: where the goods are now."""

    delivery: Delivery
    operator_name: str


@dataclass(frozen=True, slots=True)
class ConfirmDelivery:
    """药品配送签收确认: who signed, or that nobody did."""

    delivery: Delivery
    operator_name: str


@dataclass(frozen=True, slots=True)
class DeliveryTaken:
    """The centre has it on file; ``serial`` is its own number, empty where it gives none."""

    serial: str


@dataclass(frozen=True, slots=True)
class QueryCatalogue:
    """药品目录查询, page by page; ``codes`` narrows it to some drugs."""

    page: int
    page_size: int
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CirculatedDrug:
    """One drug that may be prescribed for circulation."""

    national_code: str
    generic_name: str
    product_name: str
    specification: str
    dose_form: str
    maker: str
    approval_no: str
    list_type: str
    pack_unit: str
    split_unit: str
    dual_channel: bool
    price: Price | None


@dataclass(frozen=True, slots=True)
class CirculatedPage:
    rows: tuple[CirculatedDrug, ...]
    last: bool
