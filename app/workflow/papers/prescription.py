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
    Paper,
    PaperKind,
    Qr,
    Rule,
    SignatureLine,
    SignatureRow,
    Text,
)
from app.workflow.calendar import CHINA
from app.workflow.papers.receipt import copy_mark
from app.workflow.papers.words import word
from app.workflow.required import required
from app.workflow.till import Till


def prescription(till: Till, case: CounterCase, copy_no: int) -> Paper:
    """The prescription as filled here. Raises ``Bug`` before download."""
    rx = required(case.facts.prescription, "print without prescription")
    blocks: list[Block | Framed] = [
        Corner(rx.kind_name),
        Text(word("rx.title"), Loudness.TITLE, bold=True, align=Align.CENTRE),
        *_patient(till, case, rx),
        Rule(),
        Text(word("rx.rp"), Loudness.TITLE, bold=True),
    ]
    for number, line in enumerate(rx.lines, 1):
        blocks += _drug(number, line)
    blocks += [
        Text(word("rx.blank"), Loudness.NOTE, align=Align.CENTRE),
        Gap(1.0),
        _signatures(case, rx),
        Text(word("rx.notes"), Loudness.NOTE),
        Gap(0.5),
        _foot(till, case, rx),
    ]
    return Paper(
        kind=PaperKind.A4,
        title=rx.hospital,
        filename=word("rx.filename", number=rx.rx_number),
        blocks=tuple(blocks),
        copy_no=copy_no,
        foot_left=copy_mark(till, copy_no),
        foot_right=word("common.page", shop=till.shop.name),
        watermark=word("common.training_mark") if till.shop.training else "",
        banner=word("common.training_banner") if till.shop.training else "",
    )


def _patient(till: Till, case: CounterCase, rx: Prescription) -> list[Block]:
    genders = till.profile.tables.get("gender", {})
    kinds = till.profile.tables.get("insurance_kind", {})
    person = case.facts.person
    fee = ""
    if person is not None and case.facts.insurance is not None:
        kind = person.insurances[case.facts.insurance].kind
        fee = kinds.get(kind, kind)
    weight = word("rx.kg", weight=rx.weight_kg) if rx.weight_kg else ""
    issued, until = rx.issued_at.astimezone(CHINA), rx.valid_until.astimezone(CHINA)
    return [
        FieldRow(
            (
                Field(word("rx.number"), rx.rx_number, 60, mono=True),
                Field(word("rx.fee"), fee, 40),
            )
        ),
        FieldRow(
            (
                Field(word("rx.name"), rx.patient_name.reveal(), 30, bold=True),
                Field(word("rx.sex"), genders.get(rx.gender, rx.gender), 20),
                Field(word("rx.age"), rx.age, 20),
                Field(word("rx.weight"), weight, 30),
            )
        ),
        FieldRow(
            (
                Field(word("rx.record"), rx.visit_record, 50, mono=True),
                Field(word("rx.ward"), rx.department, 50),
            )
        ),
        FieldRow((Field(word("rx.diagnosis"), rx.diagnosis, 100),)),
        FieldRow(
            (
                Field(word("rx.time"), f"{issued:%Y-%m-%d %H:%M}", 50),
                Field(word("rx.until"), f"{until:%Y-%m-%d %H:%M}", 50),
            )
        ),
    ]


def _drug(number: int, line: RxLine) -> list[Block]:
    usage = "  ".join(part for part in (line.single_dose, line.frequency, line.route) if part)
    amount = word("rx.amount", amount=quantity_text(line.amount), unit=line.unit)
    name = f"{number}. {line.generic_name}  {line.specification}  × {amount}"
    return [
        Text(name, Loudness.EMPH, bold=True),
        Text(word("rx.usage", usage=usage), indent=2),
    ]


def _signatures(case: CounterCase, rx: Prescription) -> SignatureRow:
    auditor = case.facts.audit.decision.pharmacist.name.reveal() if case.facts.audit else ""
    return SignatureRow(
        (
            SignatureLine(word("rx.doctor"), rx.doctor),
            SignatureLine(word("rx.hospital_pharmacist"), rx.hospital_pharmacist),
            SignatureLine(word("rx.auditor"), "", auditor),
            SignatureLine(word("rx.dispenser")),
        )
    )


def _foot(till: Till, case: CounterCase, rx: Prescription) -> Framed:
    audit, verification, sale = case.facts.audit, case.facts.verification, case.facts.sale
    left: list[Block] = [Text(word("rx.foot_title"), Loudness.EMPH, bold=True)]
    if audit is not None:
        approved = audit.decision.verdict is Verdict.APPROVED
        verdict = word("rx.approved" if approved else "rx.refused")
        at = f"{audit.decision.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        left += [
            Text(word("rx.foot_verdict", verdict=verdict, time=at)),
            Text(word("rx.foot_opinion", opinion=audit.decision.opinion)),
            Text(word("rx.foot_serial", serial=audit.audit_serial), Loudness.NOTE, mono=True),
        ]
    if verification is not None:
        left += [
            Text(
                word("rx.foot_verify", serial=verification.verify_serial),
                Loudness.NOTE,
                mono=True,
            ),
            Text(word("rx.foot_signer", signer=verification.signer), Loudness.NOTE),
        ]
    number = sale.receipt_no if sale else ""
    qr = word("common.training_qr") if till.shop.training else rx.rx_number
    right: tuple[Block, ...] = (
        Qr(qr, (word("rx.foot_receipt", number=number),)),
        SignatureRow((SignatureLine(word("rx.foot_hand")),)),
    )
    return Framed(tuple(left), right)
