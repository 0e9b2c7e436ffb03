"""What the inside asks of the platform, in its own words. Gateways give it wire names."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.audit import AuditDecision
from app.domain.credential import EVoucherToken, Identity, Person, RxToken, Secret, VoucherCode
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import NO_PRICE, Amounts, Fen, Price, Quantity
from app.domain.prescription import RxNumber
from app.profile.operations import Operation


@dataclass(frozen=True, slots=True)
class Credential:
    """An identity with the token that backs it, where there is one."""

    identity: Identity
    token: EVoucherToken | None


@dataclass(frozen=True, slots=True)
class OpenDay:
    """签到."""

    operator_no: str
    mac: str
    ip: str


@dataclass(frozen=True, slots=True)
class CloseDay:
    """签退."""

    operator_no: str
    sign_no: str


@dataclass(frozen=True, slots=True)
class DecodeVoucher:
    """One e-voucher, one attempt. ``for_prescription`` chooses the business type.

    An empty code: the region's terminal reads it by itself (identity-and-devices 2.3, A).
    """

    code: VoucherCode
    for_prescription: bool
    operator_no: str
    operator_name: str
    office_no: str


@dataclass(frozen=True, slots=True)
class VerifyPassword:
    """密码 of an e-voucher, typed by the person who has shown a card (S2 4.13); one attempt."""

    person: Person
    password: Secret
    operator_no: str
    operator_name: str
    office_no: str


@dataclass(frozen=True, slots=True)
class QueryPerson:
    credential: Credential


@dataclass(frozen=True, slots=True)
class Authorise:
    credential: Credential
    person: Person
    insured_area: str
    operator_no: str
    operator_name: str


@dataclass(frozen=True, slots=True)
class Download:
    """``key`` is the summary's key: the prescription number or a one-time number."""

    rx_number: RxNumber
    key: str
    rx_token: RxToken
    insured_area: str


@dataclass(frozen=True, slots=True)
class Verify:
    """``digest`` is the SM3 hex of the file as held here."""

    rx_number: RxNumber
    rx_token: RxToken
    digest: str
    certificate_serial: str


@dataclass(frozen=True, slots=True)
class UploadAudit:
    rx_number: RxNumber
    rx_token: RxToken
    pharmacist_token: EVoucherToken | None
    verify_serial: str
    decision: AuditDecision


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line of a sale as reported. ``quantity`` in smallest pricing packs.

    Where ``split``, it is a part of one box: ``pieces`` at ``piece_price`` each, or ``quantity`` of
    a pack at ``price``; the region says which is told.
    """

    index: int
    national_code: str
    store_code: str
    name: str
    upload_lot: str
    lot_no: str
    made_on: date
    expires_on: date
    needs_prescription: bool
    split: bool
    price: Price
    quantity: Quantity
    amount: Fen
    trace_codes: tuple[DrugTraceCode, ...]
    product_barcode: str
    shelf: str
    single_dose: str = ""
    frequency: str = ""
    days: str = ""
    route: str = ""
    pay_class: str = ""
    pieces: int = 0
    piece_price: Price = NO_PRICE


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought: empty fields for a self-pay sale without identity."""

    person: Person | None
    insured: bool
    visit_id: str
    settlement_id: str


@dataclass(frozen=True, slots=True)
class Prescriber:
    rx_number: RxNumber | None
    doctor: str
    doctor_code: str


@dataclass(frozen=True, slots=True)
class Dispenser:
    name: str
    id_kind: str
    licence_no: str
    id_number: str


@dataclass(frozen=True, slots=True)
class UploadSale:
    """商品销售: one line per message; ``sale_serial`` is our business key for the whole sale.

    ``audit_serial`` is the centre's own number of the approval, where it is known.
    """

    line: SoldLine
    buyer: Buyer
    prescriber: Prescriber
    dispenser: Dispenser
    receipt_no: str
    sale_serial: str
    sold_at: datetime
    operator_name: str
    audit_serial: str = ""


@dataclass(frozen=True, slots=True)
class ReturnSale:
    """商品销售退货 of one uploaded line."""

    line: SoldLine
    buyer: Buyer
    receipt_no: str
    sale_serial: str
    returned_at: datetime
    operator_name: str
    rx_number: RxNumber | None = None


@dataclass(frozen=True, slots=True)
class UploadRxSale(UploadSale):
    """药品销售出库明细, told to the prescription centre beside the core platform's record."""


@dataclass(frozen=True, slots=True)
class UndoRxSale(ReturnSale):
    """Its undoing."""


@dataclass(frozen=True, slots=True)
class QueryTrail:
    """What the platform holds of one box, or of a lot where ``code`` is empty; both days count.

    ``asked`` is the trail of this region (``app.profile.unknown.TRAILS``); ``told_lot`` the serial
    the line was told under, where that is not its lot's.
    """

    line: SoldLine
    code: str
    buyer: Buyer
    receipt_no: str
    first_day: date
    last_day: date
    asked: Operation = Operation.QUERY_STOCK_TRAIL
    told_lot: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What pre-settlement and settlement are about; both send exactly the same bill."""

    credential: Credential
    person: Person
    insurance_kind: str
    insured_area: str
    bought_at: datetime
    total: Fen
    rx_number: RxNumber | None
    doctor: str
    doctor_code: str
    receipt_no: str
    lines: tuple[SoldLine, ...]


@dataclass(frozen=True, slots=True)
class Presettle:
    bill: Bill


@dataclass(frozen=True, slots=True)
class Settle:
    """``expected`` are the amounts the customer agreed to.

    ``password`` is what the holder typed, where the region checks it with the money.
    """

    bill: Bill
    visit_id: str
    expected: Amounts
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class RevokeSettlement:
    person: Person
    insured_area: str
    settlement_id: str
    visit_id: str
    expected: Amounts


@dataclass(frozen=True, slots=True)
class Reverse:
    """冲正 of one message whose outcome is unknown."""

    person: Person
    insured_area: str
    original_message_id: str
    original: Operation


@dataclass(frozen=True, slots=True)
class QuerySettlement:
    person: Person
    insured_area: str
    settlement_id: str
    visit_id: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One settlement as our ledger has it, for the line-by-line comparison."""

    settlement_id: str
    visit_id: str
    person_no: str
    amounts: Amounts
    refunded: bool


@dataclass(frozen=True, slots=True)
class ReconcileTotals:
    insurance_kind: str
    clearing_kind: str
    clearing_office: str
    first_day: date
    last_day: date
    amounts: Amounts
    count: int


@dataclass(frozen=True, slots=True)
class UploadFile:
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """A statement. It comes bare: nothing in it names the message it answers, so that one equal to
    a file fetched at an earlier moment is no answer to this message."""

    file_query_no: str
    filename: str


@dataclass(frozen=True, slots=True)
class ReconcileLines:
    clearing_kind: str
    clearing_office: str
    first_day: date
    last_day: date
    amounts: Amounts
    count: int
    file_query_no: str
