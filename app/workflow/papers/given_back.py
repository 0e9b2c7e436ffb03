"""退药凭证: what came back of a sale for cash, how much went over the counter, and who agreed."""

from app.domain.counter_case import CounterCase
from app.domain.money import fen_text
from app.ports.paper import (
    Align,
    Block,
    Gap,
    Loudness,
    Pair,
    Paper,
    PaperKind,
    Rule,
    SignatureLine,
    SignatureRow,
    Text,
)
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.cases.lines import sold_lines
from app.workflow.cases.required import required
from app.workflow.papers.filed import at_text, marked
from app.workflow.papers.receipt import copy_mark, drug_blocks
from app.workflow.papers.words import word
from app.workflow.till import Till


def given_back_slip(till: Till, unit: Unit, case: CounterCase, copy_no: int) -> Paper:
    """Raises ``Bug`` for a sale whose cash did not go back."""
    sale = required(case.facts.sale, "slip without a sale")
    back = required(case.facts.cash_back, "slip without cash that went back")
    lines = sold_lines(unit, case)
    codes = sum(len(line.trace_codes) for line in lines)
    blocks: list[Block] = [*_head(unit, case), Rule(dashed=True)]
    for line in lines:
        blocks += [*drug_blocks(unit, line, codes), Gap(0.4)]
    amount = word("receipt.amount", amount=fen_text(back.amount))
    blocks += [
        Rule(dashed=True),
        Pair(word("given_back.cash"), amount, Loudness.DOUBLE, bold=True),
        Text(word("given_back.void"), Loudness.NOTE),
        Gap(0.5),
        SignatureRow((SignatureLine(word("given_back.customer")),)),
        Rule(dashed=True),
        Text(word("given_back.goods"), Loudness.NOTE, align=Align.CENTRE),
    ]
    made = Paper(
        kind=PaperKind.RECEIPT_80,
        title=till.shop.name,
        filename=word("given_back.filename", number=sale.receipt_no),
        blocks=tuple(blocks),
        copy_no=copy_no,
        foot_left=copy_mark(till, copy_no),
    )
    return marked(till.shop, made)


def _head(unit: Unit, case: CounterCase) -> list[Block]:
    sale = required(case.facts.sale, "slip without a sale")
    back = required(case.facts.cash_back, "slip without cash that went back")
    sold_at = f"{sale.numbered_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    paid_by, agreed_by = (unit.people.get(who).name for who in (back.paid_by, back.agreed_by))
    return [
        Text(word("given_back.title"), Loudness.TITLE, bold=True, align=Align.CENTRE),
        Rule(dashed=True),
        Pair(
            word("receipt.number", number=sale.receipt_no),
            word("receipt.counter", counter=f"{case.counter_no:02d}"),
        ),
        Pair(word("given_back.sold"), sold_at),
        Pair(word("given_back.at"), at_text(back.at)),
        Pair(
            word("given_back.paid_by", name=paid_by),
            word("given_back.agreed_by", name=agreed_by),
        ),
    ]
