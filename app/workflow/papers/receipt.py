"""The 80 mm receipt with one line per box (ui 12)."""

from app.domain.counter_case import CounterCase
from app.domain.money import Fen, fen_text, price_text
from app.ports.paper import (
    Align,
    Block,
    Loudness,
    Pair,
    Paper,
    PaperKind,
    Qr,
    Rule,
    Text,
    TraceCodes,
)
from app.ports.requests import SoldLine
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.lines import sold_lines
from app.workflow.papers.words import word
from app.workflow.required import required
from app.workflow.till import Till

TWO_ABREAST_FROM = 12
LISTED_FROM = 40


def receipt(till: Till, unit: Unit, case: CounterCase, copy_no: int) -> Paper:
    """Receipt of a settled sale. Raises ``Bug`` for a sale that is not settled."""
    settled = required(case.facts.settled, "receipt without settlement")
    sale = required(case.facts.sale, "receipt without sale")
    lines = sold_lines(unit, case)
    codes = tuple(code for line in lines for code in line.trace_codes)
    blocks: list[Block] = [*_head(till, unit, case), Rule(dashed=True)]
    for line in lines:
        blocks += _drug(unit, line, len(codes))
    blocks += [Rule(dashed=True), *_money(case), Rule(dashed=True)]
    blocks.append(Text(word("receipt.settlement", id=settled.settlement_id), Loudness.NOTE))
    qr = word("common.training_qr") if till.shop.training else "\n".join(codes)
    captions = (word("receipt.check"), word("receipt.returns"))
    blocks.append(Qr(qr, captions))
    return Paper(
        kind=PaperKind.RECEIPT_80,
        title=till.shop.name,
        filename=word("receipt.filename", number=sale.receipt_no),
        blocks=tuple(blocks),
        copy_no=copy_no,
        foot_left=copy_mark(till, copy_no),
        watermark=word("common.training_mark") if till.shop.training else "",
        banner=word("common.training_banner") if till.shop.training else "",
    )


def copy_mark(till: Till, copy_no: int) -> str:
    """Empty for the first print; a reprint names itself, the time and the person."""
    if copy_no < 2:
        return ""
    now = till.clock.now().astimezone(CHINA)
    name = till.signed_in.name if till.signed_in else ""
    return word("common.copy", count=copy_no, time=f"{now:%Y-%m-%d %H:%M}", name=name)


def _head(till: Till, unit: Unit, case: CounterCase) -> list[Block]:
    sale = required(case.facts.sale, "receipt without sale")
    at = (case.facts.settled_at or till.clock.now()).astimezone(CHINA)
    operator = unit.people.get(case.opened_by).name
    head: list[Block] = [
        Text(word("receipt.title"), Loudness.EMPH, align=Align.CENTRE),
        Pair(
            word("receipt.number", number=sale.receipt_no),
            word("receipt.counter", counter=f"{case.counter_no:02d}"),
        ),
        Pair(
            word("receipt.time", time=f"{at:%Y-%m-%d %H:%M}"),
            word("receipt.operator", name=operator),
        ),
    ]
    person, audit, rx = case.facts.person, case.facts.audit, case.facts.prescription
    customer = word("receipt.customer", name=person.name.masked()) if person else ""
    by = audit.decision.pharmacist.name.reveal() if audit else ""
    if person or by:
        head.append(Pair(customer, word("receipt.pharmacist", name=by) if by else ""))
    if rx is not None:
        head.append(Text(word("receipt.rx", number=rx.rx_number), Loudness.NOTE, mono=True))
    return head


def _drug(unit: Unit, line: SoldLine, all_codes: int) -> list[Block]:
    item = unit.goods.item_by_national_code(line.national_code)
    unit_name = item.unit if item else ""
    specification = item.specification if item else ""
    maker = item.maker if item else ""
    count = word(
        "receipt.quantity",
        count=len(line.trace_codes) or line.quantity // 10_000,
        unit=unit_name,
        price=price_text(line.price),
    )
    blocks: list[Block] = [
        Text(f"{line.name} {specification}".strip(), bold=True),
        Text(maker, Loudness.NOTE),
        Text(
            word("receipt.lot", lot=line.lot_no, expiry=line.expires_on.isoformat()),
            Loudness.NOTE,
        ),
        Pair(count, fen_text(line.amount)),
    ]
    if line.trace_codes and all_codes < LISTED_FROM:
        columns = 2 if all_codes >= TWO_ABREAST_FROM else 1
        blocks.append(TraceCodes(tuple(code.spoken() for code in line.trace_codes), columns))
    return blocks


def _money(case: CounterCase) -> list[Block]:
    settled = required(case.facts.settled, "receipt without settlement")
    amounts, received = settled.amounts, case.facts.cash_received
    rows: list[Block] = [
        Pair(word("receipt.total"), fen_text(amounts.total), Loudness.DOUBLE, bold=True),
        Pair(word("receipt.fund"), fen_text(amounts.fund)),
        Pair(word("receipt.account"), fen_text(amounts.account)),
        Pair(word("receipt.cash"), fen_text(amounts.cash)),
    ]
    if received is not None:
        change = Fen(received - amounts.cash)
        rows += [
            Pair(word("receipt.paid"), fen_text(received)),
            Pair(word("receipt.change"), fen_text(change)),
        ]
    rows.append(Pair(word("receipt.balance"), fen_text(Fen(settled.balance_after))))
    return rows
