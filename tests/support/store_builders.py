"""Values for the store's tests. Every person, number and code is invented."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.domain.access import Role
from app.domain.audit import AuditDecision, Check, Pharmacist, PharmacistProof, Verdict
from app.domain.books.adopted import AdoptedLine
from app.domain.books.money import Group, MoneyDay, Sums
from app.domain.books.stock import Stage, StockRun, StockTally, StoreMode
from app.domain.case import Phase, Position, Step
from app.domain.counter_case import (
    AuditRecord,
    CaseFacts,
    CounterCase,
    Estimate,
    LineShare,
    Refusal,
    SaleRecord,
)
from app.domain.credential import (
    CardNumber,
    CardSerial,
    CredentialKind,
    Identity,
    IdNumber,
    Insurance,
    Medium,
    Person,
    PersonName,
    PersonNumber,
    RxToken,
)
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.controlled import ShownIdentity
from app.domain.goods.learning import LearnedPrefix, PrefixOrigin, PrefixState
from app.domain.goods.selling import Pack, SaleLine
from app.domain.goods.stock import Item, Lot, LotHold
from app.domain.money import Amounts, Fen, Price, Quantity
from app.domain.prescription import (
    DocumentKind,
    DocumentRef,
    ItemKind,
    Prescription,
    RxLine,
    RxNumber,
    RxScheme,
    RxState,
    RxSummary,
    RxTraceCode,
    Verification,
)
from app.domain.settlement import Attempt, SettledFacts, prepare
from app.ports import requests as q
from app.ports.messages import Draft, WireFacts
from app.ports.stock_books import Registered
from app.ports.store import StaffMember
from app.profile.operations import Operation

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PATIENT = "钱测试"
ID_NUMBER = "350100199001010018"
TOKEN = "rx-token-2f6c1e0b9d"
PERSON_NO = "35010000000000009917"
MARKERS = (PATIENT, ID_NUMBER, TOKEN, PERSON_NO)
"""Texts that must never be readable in a stored byte."""


@dataclass
class PlayedClock:
    """A clock that stands still until it is moved, forwards or backwards."""

    at: datetime = NOON
    ticks: float = field(default=0.0)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ticks

    def move(self, gap: timedelta) -> None:
        self.at += gap
        self.ticks += max(gap.total_seconds(), 0.0)


def an_identity() -> Identity:
    return Identity(
        medium=Medium.SOCIAL_CARD,
        kind=CredentialKind.SOCIAL_CARD,
        name=PersonName(PATIENT),
        id_number=IdNumber(ID_NUMBER),
        card_no=CardNumber("A1234567X"),
        card_serial=CardSerial("0123456789abcdef0123456789abcdef"),
        area="350100",
        obtained_at=NOON,
        provenance="card",
    )


def a_person() -> Person:
    return Person(
        person_no=PersonNumber(PERSON_NO),
        name=PersonName(PATIENT),
        id_kind="01",
        id_number=IdNumber(ID_NUMBER),
        gender="1",
        birth_date=date(1990, 1, 1),
        age="36",
        insurances=(Insurance("310", "11", "1", "350100", Fen(10_050), "示例单位"),),
    )


def a_pharmacist() -> Pharmacist:
    return Pharmacist(2, PersonName(PATIENT), "01", IdNumber(ID_NUMBER), "HY01", "ZY01")


def a_summary() -> RxSummary:
    return RxSummary(
        rx_number=RxNumber("350000000000000000000000000001"),
        key="350000000000000000000000000001",
        state=RxState.AVAILABLE,
        state_text="有效",
        hospital="示例医院",
        department="内科",
        doctor="示例医生",
        diagnosis="高血压",
        scheme=RxScheme.OUTPATIENT_POOL,
        issued_at=NOON,
        valid_until=NOON + timedelta(days=3),
        drugs=("示例片",),
        held_since=None,
    )


def a_prescription() -> Prescription:
    line = RxLine(
        index=1,
        national_code="XA01",
        kind=ItemKind.WESTERN,
        generic_name="示例片",
        product_name="",
        dose_form="片剂",
        specification="10mg*7",
        maker="示例药厂",
        amount=Quantity(20_000),
        unit="盒",
        single_dose="10mg",
        frequency="qd",
        per_day="1",
        route="口服",
        days="14",
        over_the_counter=False,
        price=Price(21_400_000),
        taken=False,
    )
    return Prescription(
        rx_number=RxNumber("350000000000000000000000000001"),
        rx_trace_code=RxTraceCode("T0001"),
        kind_name="门诊统筹",
        scheme=RxScheme.OUTPATIENT_POOL,
        hospital="示例医院",
        hospital_code="H35010000001",
        department="内科",
        doctor="示例医生",
        doctor_code="D1",
        hospital_pharmacist="示例药师",
        visit_record="V1",
        patient_name=PersonName(PATIENT),
        patient_id=IdNumber(ID_NUMBER),
        gender="男",
        age="36",
        weight_kg="70",
        diagnosis="高血压",
        diagnosis_code="I10",
        allergies="青霉素",
        pregnant=False,
        issued_at=NOON,
        valid_until=NOON + timedelta(days=3),
        lines=(line,),
    )


def some_amounts(total: int = 4_280) -> Amounts:
    return Amounts(Fen(total), Fen(total - 1_000), Fen(700), Fen(300))


def full_facts() -> CaseFacts:
    """Everything a case can have learned, so that every type is stored once."""
    decision = AuditDecision(
        Verdict.APPROVED, "同意", a_pharmacist(), frozenset(Check), ("audit.x",), NOON
    )
    pack = Pack(
        DrugTraceCode("81234560000000000001"), 1, NOON, "camera", 1208, (("days", 30),), 2, "看过"
    )
    line = SaleLine(0, 1, 1, "示例片", "10mg*7", "示例药厂", 2, Price(21_400_000), (pack,))
    settled = some_settled()
    return CaseFacts(
        identity=an_identity(),
        person=a_person(),
        insurance=0,
        listed=(a_summary(),),
        listed_at=NOON,
        chosen=RxNumber("350000000000000000000000000001"),
        rx_token=RxToken(TOKEN),
        prescription=a_prescription(),
        document=DocumentRef(DocumentKind.PDF, 5, "00" * 32),
        downloaded_at=NOON,
        verification=Verification("V1", "00" * 32, "示例医院", "C1", None, NOON),
        pharmacist_proof=PharmacistProof(2, True, NOON),
        audit=AuditRecord(decision, "A1", NOON),
        lines=(line,),
        sale=SaleRecord("0001-000001", "S1", NOON, NOON, frozenset({1, 2}), None),
        estimate=Estimate(
            "V1",
            some_amounts(),
            (LineShare(0, "01", Fen(10), Fen(90)),),
            Fen(0),
            Fen(5_000),
            "0.7",
            "",
            NOON,
        ),
        cash_received=Fen(500),
        settled=settled,
        settled_at=NOON,
        handed_over_at=None,
        refusal=Refusal(3201, "余额不足", NOON, (("reason", "余额不足"), ("count", 2))),
    )


def a_case(
    counter_no: int = 1, step: Step = Step.IDENTIFY, facts: CaseFacts | None = None
) -> CounterCase:
    return CounterCase(
        case_id=0,
        version=0,
        counter_no=counter_no,
        route="prescription",
        position=Position(step, Phase.READY),
        profile_id="training",
        profile_digest="ab" * 8,
        opened_at=NOON,
        opened_by=1,
        facts=facts or CaseFacts(),
    )


def some_settled(total: int = 4_280) -> SettledFacts:
    return SettledFacts(
        "400000002", "V1", some_amounts(total), "2026-11-22 12:00:01", 5_000, "350100", "9901"
    )


def an_attempt(message_id: str = "P35010000001" + "2026112212000001" + "00") -> Attempt:
    return prepare(message_id, some_amounts(), NOON)


def an_item(store_code: str = "SP0001", prefix: str = "8123456") -> Item:
    return Item(
        item_id=0,
        store_code=store_code,
        national_code=f"XA{store_code}",
        generic_name="示例片",
        product_name="示例",
        dose_form="片剂",
        specification="10mg*7",
        maker="示例药厂",
        approval_no="国药准字H00000000",
        product_barcode="6900000000014",
        prefixes=frozenset({prefix}),
        needs_prescription=True,
        pay_class="甲",
        retail_price=Price(21_400_000),
        unit="盒",
        initials="slp",
        shelf="A01",
    )


def a_lot(item_id: int, upload_lot: str = "PC1", packs: int = 5) -> Lot:
    return Lot(
        lot_id=0,
        item_id=item_id,
        upload_lot=upload_lot,
        lot_no="A1138",
        made_on=date(2025, 11, 1),
        expires_on=date(2027, 10, 31),
        on_hand=packs,
        hold=LotHold.NONE,
    )


def codes(count: int, prefix: str = "8123456") -> tuple[DrugTraceCode, ...]:
    return tuple(DrugTraceCode(f"{prefix}{serial:013d}") for serial in range(1, count + 1))


def a_draft(message_id: str, kept: str = "{}") -> Draft[q.OpenDay]:
    request = q.OpenDay("1001", "00-00-00-00-00-01", "192.0.2.10")
    return Draft(request, Operation.OPEN_DAY, message_id, b"wire", kept, NOON)


def some_wire_facts(platform_ref: str = "3501002026112212000100000001") -> WireFacts:
    return WireFacts(NOON, True, 900, 700, 200, 31, f'{{"name":"{PATIENT}"}}', platform_ref, "0")


def a_return(serial: str = "S1", index: int = 1) -> q.ReturnSale:
    line = q.SoldLine(
        index=index,
        national_code="XA01",
        store_code="SP0001",
        name="示例片",
        upload_lot="PC1",
        lot_no="A1138",
        made_on=date(2025, 11, 1),
        expires_on=date(2027, 10, 31),
        needs_prescription=True,
        split=False,
        price=Price(21_400_000),
        quantity=Quantity(20_000),
        amount=Fen(4_280),
        trace_codes=codes(2),
        product_barcode="6900000000014",
        shelf="A01",
    )
    buyer = q.Buyer(a_person(), True, "V1", "")
    return q.ReturnSale(line, buyer, "0001-000001", serial, NOON, PATIENT)


def a_sale() -> q.UploadSale:
    back = a_return()
    dispenser = q.Dispenser(PATIENT, "01", "ZY01", ID_NUMBER)
    prescriber = q.Prescriber(RxNumber("3500000001"), "示例医生", "D1")
    return q.UploadSale(
        back.line, back.buyer, prescriber, dispenser, "0001-000001", "S1", NOON, "收银员"
    )


def a_learned_prefix(item_id: int, staff_id: int, prefix: str = "8999999") -> LearnedPrefix:
    origin, state = PrefixOrigin.RECEIPT, PrefixState.UNVERIFIED
    return LearnedPrefix(prefix, item_id, origin, NOON, staff_id, 1, state)


def a_boss() -> StaffMember:
    """A manager, who may sign."""
    return StaffMember(0, "3001", "店长", "x", frozenset({Role.MANAGER}), None, 0, None)


def a_stock_run(day: date | None = None) -> StockRun:
    """A comparison in which everything is equal, not numbered yet."""
    return StockRun(
        day=day or NOON.date(),
        run_no=0,
        stage=Stage.MORNING,
        mode=StoreMode.FULL,
        settles_elsewhere=False,
        cut_off=NOON,
        compared_by="店长",
        pages=1,
        failed_pages=(),
        records_shown=True,
        queue_open=0,
        last_count_at=None,
        tally=StockTally(1, 0, 0, 0, Fen(0)),
    )


def a_money_day(day: date | None = None) -> MoneyDay:
    """A compared day on which nothing differed, not numbered yet."""
    return MoneyDay(day or NOON.date(), 0, NOON, "店长", False, (), ())


def an_adopted_line(staff_id: int, message_id: str = "M9") -> AdoptedLine:
    """A settlement of the platform that a manager took into our books."""
    sums = Sums(Fen(1000), Fen(700), Fen(200))
    group = Group("310", "41", "350199")
    person = PersonNumber("35010000000000000017")
    names = (message_id, "400000009", "300000009")
    day = NOON.date()
    return AdoptedLine(*names, person, group, sums, day, NOON, staff_id, "店长", "药已给")


def a_registered(case_id: int, lot_id: int, staff_id: int, packs: int = 1) -> Registered:
    buyer = ShownIdentity(PersonName(PATIENT), "01", IdNumber(ID_NUMBER))
    return Registered(case_id, lot_id, packs, False, NOON, NOON.date(), staff_id, buyer)
