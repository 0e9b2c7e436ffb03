"""The 80 mm receipt with one line per box (ui 12)."""

from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.money import (
    ZERO,
    Amounts,
    Fen,
    fen_text,
    in_cash,
    line_amount,
    packs,
    price_text,
    quantity_text,
)
from app.ports.paper import (
    Align,
    Block,
    Gap,
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
from app.workflow.cases.lines import sold_lines
from app.workflow.cases.required import required
from app.workflow.papers.filed import marked
from app.workflow.papers.words import word
from app.workflow.till import Till

TWO_ABREAST_FROM = 12
LISTED_FROM = 40


def receipt(
    till: Till, unit: Unit, case: CounterCase, copy_no: int, *, of_lost_time: bool = False
) -> Paper:
    """Receipt of a settled or a self-pay sale. Raises ``Bug`` for a sale without a number."""
    sale = required(case.facts.sale, "receipt without sale")
    if till.route(case.route).settles:
        required(case.facts.settled, "receipt without settlement")
    lines = sold_lines(unit, case)
    codes = tuple(code for line in lines for code in line.trace_codes)
    blocks: list[Block] = [*_head(till, unit, case), Rule(dashed=True)]
    if of_lost_time:
        blocks += [Text(word("receipt.of_lost_time"), Loudness.NOTE), Rule(dashed=True)]
    for line in lines:
        blocks += [*drug_blocks(unit, line, len(codes)), Gap(0.4)]
    blocks += [Rule(dashed=True), *_money(case, lines), Rule(dashed=True)]
    qr = word("common.training_qr") if till.shop.training else "\n".join(codes)
    said = word("common.training_qr_note" if till.shop.training else "receipt.check_where")
    captions = (word("receipt.check", count=len(codes)), said, word("receipt.returns"))
    blocks += [Qr(qr, captions), Rule(dashed=True)]
    if till.shop.phone:
        blocks.append(Text(word("receipt.phone", phone=till.shop.phone), align=Align.CENTRE))
    blocks.append(Text(word("receipt.keep"), Loudness.NOTE, align=Align.CENTRE))
    made = Paper(
        kind=PaperKind.RECEIPT_80,
        title=till.shop.name,
        filename=word("receipt.filename", number=sale.receipt_no),
        blocks=tuple(blocks),
        copy_no=copy_no,
        foot_left=copy_mark(till, copy_no),
    )
    return marked(till.shop, made)


def copy_mark(till: Till, copy_no: int) -> str:
    """Empty for the first print; a reprint names itself, the time and the person."""
    if copy_no < 2:
        return ""
    now = till.clock.now().astimezone(CHINA)
    name = till.signed_in.name if till.signed_in else ""
    return word("common.copy", count=copy_no, time=f"{now:%Y-%m-%d %H:%M}", name=name)


def _head(till: Till, unit: Unit, case: CounterCase) -> list[Block]:
    sale = required(case.facts.sale, "receipt without sale")
    sold_at = case.facts.settled_at or case.facts.handed_over_at
    at = (sold_at or till.clock.now()).astimezone(CHINA)
    operator = unit.people.get(case.opened_by).name
    audit, rx = case.facts.audit, case.facts.prescription
    by = word("receipt.pharmacist", name=audit.decision.pharmacist.name.reveal()) if audit else ""
    head: list[Block] = [
        Text(word("receipt.title"), align=Align.CENTRE),
        *_taken_back(case),
        Rule(dashed=True),
        Pair(
            word("receipt.number", number=sale.receipt_no),
            word("receipt.counter", counter=f"{case.counter_no:02d}"),
        ),
        Pair(f"{at:%Y-%m-%d %H:%M:%S}", word("receipt.operator", name=operator)),
        Pair(by, word("receipt.dispenser", name=operator)),
    ]
    if case.facts.person is not None:
        head.append(Text(_customer(till, case)))
    if rx is not None:
        head.append(Text(word("receipt.rx", number=rx.rx_number), Loudness.NOTE, mono=True))
    return head


def _taken_back(case: CounterCase) -> list[Block]:
    """Paper that comes out behind a refund says so: nothing stands that it could prove."""
    if case.position.step not in (Step.RETURN_SALE, Step.CLOSED):
        return []
    return [Text(word("receipt.taken_back"), Loudness.TITLE, bold=True, align=Align.CENTRE)]


def _customer(till: Till, case: CounterCase) -> str:
    person = required(case.facts.person, "receipt without customer")
    kind = person.insurances[case.facts.insurance or 0].kind
    kinds = till.profile.tables.get("insurance_kind", {})
    return word("receipt.customer", name=person.name.masked(), insurance=kinds.get(kind, kind))


def drug_blocks(unit: Unit, line: SoldLine, all_codes: int) -> list[Block]:
    """One line of a sale: what, of which lot, how much; its codes where ``all_codes`` are few."""
    item = unit.goods.item_by_national_code(line.national_code)
    count = count_words(line, item.unit if item else "", item.piece_unit if item else "")
    blocks: list[Block] = [Text(line.name, bold=True)]
    if item is not None:
        made = word("receipt.specification", specification=item.specification, maker=item.maker)
        blocks.append(Text(made, Loudness.NOTE))
    expiry = line.expires_on.isoformat()
    blocks += [
        Text(word("receipt.lot", lot=line.lot_no, expiry=expiry), Loudness.NOTE),
        Pair(count, fen_text(line.amount), bold=True),
    ]
    if line.trace_codes and all_codes < LISTED_FROM:
        columns = 2 if all_codes >= TWO_ABREAST_FROM else 1
        blocks.append(TraceCodes(tuple(code.spoken() for code in line.trace_codes), columns))
    return blocks


def count_words(line: SoldLine, unit: str, piece_unit: str) -> str:
    """How much at what price each, so that both multiplied come to the amount beside them.

    A part is shown by the piece where that comes out to the fen; else as the share of a pack that
    was reckoned with and told, at the price of a pack.
    """
    price, amount = price_text(line.price), quantity_text(line.quantity)
    if not line.split:
        return word("receipt.quantity", count=amount, unit=unit, price=price)
    each = line.piece_price
    if line_amount(each, packs(line.pieces)) == line.amount:
        return word("receipt.part", count=line.pieces, unit=piece_unit, price=price_text(each))
    name, pieces = "receipt.part_of_pack", line.pieces
    return word(name, count=pieces, unit=piece_unit, share=amount, pack=unit, price=price)


def _seldom(amounts: Amounts) -> list[Block]:
    """Parts that most bills have not, so that all that is printed comes to the total."""
    parts = (("mutual_aid", amounts.mutual_aid), ("hospital_part", amounts.hospital_part))
    return [Pair(word(f"receipt.{name}"), fen_text(part)) for name, part in parts if part != ZERO]


def _paid(case: CounterCase, received: Fen, change: Fen) -> Pair:
    """A sale given back before its rest was paid never had change."""
    word_and = "receipt.unpaid" if case.facts.still_to_pay else "receipt.change"
    paid = word("receipt.paid", amount=fen_text(received))
    return Pair(paid, word(word_and, amount=fen_text(Fen(abs(change)))))


def _money(case: CounterCase, lines: tuple[SoldLine, ...]) -> list[Block]:
    settled, received = case.facts.settled, case.facts.cash_received
    due = Fen(sum(line.amount for line in lines))
    amounts = settled.amounts if settled else in_cash(due)
    boxes = sum(len(line.trace_codes) for line in lines)
    kinds = len({line.national_code for line in lines})
    rows: list[Block] = [
        Text(word("receipt.kinds", kinds=kinds, boxes=boxes)),
        Pair(
            word("receipt.total"),
            word("receipt.amount", amount=fen_text(amounts.total)),
            Loudness.DOUBLE,
            bold=True,
        ),
    ]
    if settled is not None:
        rows += [
            Pair(word("receipt.fund"), fen_text(amounts.fund)),
            Pair(word("receipt.account"), fen_text(amounts.account)),
            *_seldom(amounts),
        ]
    rows.append(Pair(word("receipt.cash"), fen_text(amounts.cash)))
    if received is not None:
        rows.append(_paid(case, received, Fen(received - amounts.cash)))
    if settled is None:
        rows.append(Text(word("receipt.self_pay"), Loudness.NOTE))
        return rows
    if settled.balance_after is not None:
        balance = fen_text(Fen(settled.balance_after))
        rows.append(Text(word("receipt.balance", amount=balance)))
    number = word("receipt.settlement", id=settled.settlement_id)
    rows.append(Text(number, Loudness.NOTE, mono=True))
    return rows
