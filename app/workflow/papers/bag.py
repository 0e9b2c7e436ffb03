"""The label on the bag of a drug sold in parts: what has to stand on it once the box stays here.

Name, specification, amount, usage and dose, lot, expiry and the pharmacy (药品经营质量管理规范 on
拆零销售). Usage is the prescription's; without one a line is left to be written by hand.
"""

from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.selling import Pack, SaleLine
from app.ports.paper import Align, Block, Gap, Loudness, Pair, Paper, PaperKind, Rule, Text
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.papers.filed import marked
from app.workflow.papers.words import word
from app.workflow.till import Till


def bags_of(case: CounterCase) -> tuple[tuple[SaleLine, Pack], ...]:
    """Every part of a box in a sale: each goes into a bag of its own."""
    return tuple((line, part) for line in case.facts.lines for part in line.parts)


def print_bags(till: Till, case: CounterCase, code: str = "") -> tuple[str, ...]:
    """One label for every part, or for that of one box alone; where they went.

    Every print is in the journal. Raises ``OperatorInput`` ``STEP_MOVED_ON`` where nothing was sold
    in parts, ``DeviceTrouble``.
    """
    wanted = [bag for bag in bags_of(case) if code in ("", bag[1].code)]
    if not wanted:
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.unit() as unit:
        made = [bag_label(till, unit, case, line, part) for line, part in wanted]
        subject = f"case {case.case_id} {len(made)}"
        unit.journal.write(till.clock.now(), till.operator.staff_id, "print_bags", subject)
    return tuple(till.printers.receipt.print(paper).target for paper in made)


def bag_label(till: Till, unit: Unit, case: CounterCase, line: SaleLine, part: Pack) -> Paper:
    """One bag."""
    lot = unit.goods.lot(part.lot_id)
    sale = case.facts.sale
    sold_at = (sale.numbered_at if sale is not None else till.clock.now()).astimezone(CHINA)
    count = word("bag.count", count=part.pieces, unit=line.splitting.unit)
    usage = _usage(case, line)
    blocks: list[Block] = [
        Text(word("bag.title"), align=Align.CENTRE),
        Rule(),
        Text(line.name, Loudness.EMPH, bold=True),
        Pair(line.specification, count, bold=True),
        Text(word("bag.usage", usage=usage) if usage else word("bag.usage_blank"), bold=True),
        Rule(dashed=True),
        Pair(word("bag.lot"), lot.lot_no),
        Pair(word("bag.expiry"), lot.expires_on.isoformat()),
        Pair(word("bag.sold"), f"{sold_at:%Y-%m-%d}"),
    ]
    if sale is not None:
        blocks.append(Pair(word("bag.receipt"), sale.receipt_no))
    if till.shop.phone:
        blocks.append(Pair(word("bag.phone"), till.shop.phone))
    blocks += [Text(word("bag.keep"), Loudness.NOTE), Gap(0.5)]
    made = Paper(
        kind=PaperKind.RECEIPT_80,
        title=till.shop.name,
        filename=word("bag.filename", case=case.case_id, line=line.index, tail=part.claim[-4:]),
        blocks=tuple(blocks),
    )
    return marked(till.shop, made)


def _usage(case: CounterCase, line: SaleLine) -> str:
    """As the prescription says; empty where nobody prescribed it."""
    rx = case.facts.prescription
    lines = rx.lines if rx is not None and line.rx_line is not None else ()
    found = next((one for one in lines if one.index == line.rx_line), None)
    if found is None:
        return ""
    return " ".join(part for part in (found.route, found.frequency, found.single_dose) if part)
