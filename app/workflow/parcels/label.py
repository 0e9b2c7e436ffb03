"""The label on the bag: who carries it where. The one place where all of it stands in full."""

from app.domain.delivery import Delivery
from app.ports.paper import Align, Block, Gap, Loudness, Pair, Paper, PaperKind, Qr, Rule, Text
from app.workflow.calendar import CHINA
from app.workflow.papers.filed import marked
from app.workflow.papers.words import word
from app.workflow.till import Till


def print_label(till: Till, delivery_no: str) -> None:
    """On the receipt printer; every print is in the journal. Raises ``DeviceTrouble``."""
    with till.store.unit() as unit:
        found = unit.deliveries.get(delivery_no)
        subject = f"case {found.case_id} {delivery_no}"
        unit.journal.write(till.clock.now(), till.operator.staff_id, "delivery_label", subject)
    till.printers.receipt.print(label(till, found))


def label(till: Till, found: Delivery) -> Paper:
    """Store, number, receiver in large letters, courier, room for a signature."""
    receiver, courier = found.receiver, found.courier
    at = found.moved_at.astimezone(CHINA)
    blocks: list[Block] = [
        Text(word("label.title"), Loudness.TITLE, bold=True, align=Align.CENTRE),
        Rule(dashed=True),
        Text(receiver.address.reveal(), Loudness.EMPH, bold=True),
        Pair(receiver.name.reveal(), receiver.phone.reveal(), Loudness.EMPH, bold=True),
        Rule(dashed=True),
    ]
    if courier is not None:
        blocks += [
            Text(word("label.company", company=courier.company)),
            Pair(
                word("label.courier", name=courier.name.reveal()),
                courier.phone.reveal(),
            ),
        ]
    blocks += [
        Pair(word("label.receipt"), found.receipt_no),
        Pair(word("label.time"), f"{at:%Y-%m-%d %H:%M}"),
        Text(word("label.store", store=till.shop.name, phone=till.shop.phone), Loudness.NOTE),
        Gap(1.0),
        Text(word("label.signature")),
        Gap(1.0),
        Qr(found.delivery_no, (word("label.number"), found.delivery_no)),
    ]
    made = Paper(
        kind=PaperKind.RECEIPT_80,
        title=till.shop.name,
        filename=word("label.filename", number=found.delivery_no),
        blocks=tuple(blocks),
    )
    return marked(till.shop, made)
