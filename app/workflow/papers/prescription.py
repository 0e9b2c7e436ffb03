"""The A4 prescription print for the handwritten signature: template of seed 001, our foot below."""

from app.domain.audit import Verdict
from app.domain.counter_case import CounterCase
from app.domain.money import quantity_text
from app.domain.prescription import Prescription, RxLine
from app.ports.paper import (
    Align,
    Block,
    Corner,
    Field,
    FieldRow,
    Framed,
    Gap,
    Loudness,
    Pair,
    Paper,
    PaperKind,
    Qr,
    Rule,
    SignatureLine,
    SignatureRow,
    Text,
)
from app.workflow.calendar import CHINA
from app.workflow.cases.required import required
from app.workflow.papers.filed import marked
from app.workflow.papers.receipt import copy_mark
from app.workflow.papers.words import word
from app.workflow.till import Till


def prescription(till: Till, case: CounterCase, copy_no: int) -> Paper:
    """The prescription as filled here. Raises ``Bug`` before download."""
    rx = required(case.facts.prescription, "print without prescription")
    blocks: list[Block | Framed] = [
        *((Corner(rx.kind_name),) if rx.kind_name else ()),
        Text(till.profile.papers.prescription, Loudness.TITLE, bold=True, align=Align.CENTRE),
        Rule(),
        *_patient(till, case, rx),
        Rule(),
        Text(word("rx.rp"), Loudness.TITLE, bold=True),
        Gap(0.5),
    ]
    for number, line in enumerate(rx.lines, 1):
        blocks += _drug(number, line)
    blocks += [
        Text(word("rx.blank"), Loudness.NOTE, align=Align.CENTRE),
        Rule(),
        Gap(0.5),
        _signatures(rx),
        Gap(0.5),
        Text(word("rx.notes_title"), Loudness.NOTE, bold=True),
        *(Text(word(f"rx.note_{number}"), Loudness.NOTE) for number in range(1, 5)),
        Gap(0.5),
        _foot(till, case, rx),
    ]
    made = Paper(
        kind=PaperKind.A4,
        title=rx.hospital,
        filename=word("rx.filename", number=rx.rx_number),
        blocks=tuple(blocks),
        copy_no=copy_no,
        foot_left=copy_mark(till, copy_no),
        foot_right=word("rx.foot_keep"),
    )
    return marked(till.shop, made)


def _patient(till: Till, case: CounterCase, rx: Prescription) -> list[Block]:
    genders = till.profile.tables.get("gender", {})
    weight = word("rx.kg", weight=rx.weight_kg) if rx.weight_kg else ""
    issued = rx.issued_at.astimezone(CHINA)
    return [
        FieldRow((Field(word("rx.number"), rx.rx_number, 100, mono=True),)),
        FieldRow(
            (
                Field(word("rx.name"), rx.patient_name.reveal(), 32, bold=True),
                Field(word("rx.sex"), genders.get(rx.gender, rx.gender), 20),
                Field(word("rx.age"), _age(rx), 23),
                Field(word("rx.weight"), weight, 25),
            )
        ),
        FieldRow(
            (
                Field(word("rx.record"), rx.visit_record, 60),
                Field(word("rx.fee"), _fee(till, case), 40),
            )
        ),
        FieldRow(
            (
                Field(word("rx.ward"), rx.department, 60),
                Field(word("rx.time"), f"{issued:%Y-%m-%d %H:%M}", 40),
            )
        ),
        FieldRow((Field(word("rx.diagnosis"), rx.diagnosis, 100),)),
    ]


def _age(rx: Prescription) -> str:
    """Whole years; the centre may send decimals (prescription-centre 9.5)."""
    whole = rx.age.split(".")[0]
    return word("rx.years", age=whole) if whole.isdigit() else rx.age


def _fee(till: Till, case: CounterCase) -> str:
    person = case.facts.person
    if person is None or case.facts.insurance is None:
        return ""
    kind = person.insurances[case.facts.insurance].kind
    return till.profile.tables.get("insurance_kind", {}).get(kind, kind)


def _drug(number: int, line: RxLine) -> list[Block]:
    usage = " ".join(part for part in (line.route, line.frequency, line.single_dose) if part)
    amount = word("rx.amount", amount=quantity_text(line.amount), unit=line.unit)
    name = word("rx.line", number=number, name=line.generic_name, specification=line.specification)
    return [
        Pair(name, amount, Loudness.EMPH, bold=True),
        Text(word("rx.usage", usage=usage), indent=2),
        Gap(0.4),
    ]


def _signatures(rx: Prescription) -> SignatureRow:
    sealed = word("rx.sealed")
    return SignatureRow(
        (
            SignatureLine(word("rx.doctor"), rx.doctor, sealed),
            SignatureLine(word("rx.hospital_pharmacist"), rx.hospital_pharmacist, sealed),
            SignatureLine(word("rx.dispenser")),
            SignatureLine(word("rx.checker")),
        )
    )


def _foot(till: Till, case: CounterCase, rx: Prescription) -> Framed:
    shop, counter = till.shop, f"{case.counter_no:02d}"
    left: list[Block] = [
        Text(word("rx.foot_title"), bold=True),
        Text(word("rx.foot_shop", shop=shop.name, code=shop.institution_code, counter=counter)),
        *_audit(case),
        Text(word("rx.foot_trace", code=rx.rx_trace_code), Loudness.NOTE, mono=True),
    ]
    if case.facts.verification is not None:
        at = f"{case.facts.verification.at.astimezone(CHINA):%H:%M:%S}"
        left.append(Text(word("rx.foot_verify", time=at)))
    number = case.facts.sale.receipt_no if case.facts.sale else ""
    qr = word("common.training_qr") if shop.training else rx.rx_number
    says = word("common.training_qr_note" if shop.training else "rx.foot_qr")
    captions = (says, word("rx.foot_hand"), word("rx.foot_receipt", number=number))
    return Framed(tuple(left), (Qr(qr, captions),))


def _audit(case: CounterCase) -> list[Block]:
    audit = case.facts.audit
    if audit is None:
        return []
    decision = audit.decision
    verdict = word("rx.approved" if decision.verdict is Verdict.APPROVED else "rx.refused")
    at = f"{decision.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    name = decision.pharmacist.name.reveal()
    foot: list[Block] = [
        Text(word("rx.foot_verdict", name=name, time=at, verdict=verdict)),
        Text(word("rx.foot_opinion", opinion=decision.opinion)),
    ]
    if audit.audit_serial:
        # a decision confirmed by a person's word has none
        foot.append(
            Text(word("rx.foot_serial", serial=audit.audit_serial), Loudness.NOTE, mono=True)
        )
    return foot
