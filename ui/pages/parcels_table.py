"""The rows of 配送, painted two lines a row."""

from app.domain.delivery import DeliveryState
from app.ports.store import OutboxState
from app.workflow.parcels.views import Deliverable
from ui.formats import minute_text
from ui.text import tr
from ui.viewmodels.parcels import Line, key_of
from ui.widgets.basics import State
from ui.widgets.table import Head
from ui.widgets.table import Line as Row

LOOKS: dict[DeliveryState, State] = {
    DeliveryState.PREPARED: "attention",
    DeliveryState.UNDER_WAY: "sending",
    DeliveryState.ARRIVED: "ok",
    DeliveryState.REFUSED: "stop",
    DeliveryState.CALLED_OFF: "off",
}
_TROUBLED = frozenset({OutboxState.STOPPED, OutboxState.UNKNOWN})


def parcel_heads() -> tuple[Head, ...]:
    """Columns of what leaves."""

    def named(name: str) -> str:
        return tr(f"pages.parcels.column.{name}")

    return (
        Head(named("whom"), bold=True),
        Head(named("state"), 190, bold=True, loud=True),
        Head(named("since"), 150, right=True),
    )


def parcel_line(line: Line) -> Row:
    """One sale or delivery as the list shows it."""
    if isinstance(line, Deliverable):
        at = line.handed_over_at
        whom = line.patient, tr("pages.parcels.receipt", number=line.receipt_no)
    else:
        at, whom = line.moved_at, (f"{line.receiver}  {line.phone}", line.address)
    state = state_words(line)
    orders = (whom[0], state[0], at)
    return Row((whom, state, minute_text(at)), look_of(line), key_of(line), state[0], orders)


def look_of(line: Line) -> State:
    """The mark of a line; a record that needs a person beats the state of the goods."""
    if isinstance(line, Deliverable):
        return "later"
    if line.waits in _TROUBLED:
        return "stop" if line.waits is OutboxState.STOPPED else "unknown"
    return LOOKS[line.state]


def state_words(line: Line) -> tuple[str, str]:
    """Where the goods are, and whether the centre knows."""
    if isinstance(line, Deliverable):
        return tr("pages.parcels.state.ready"), "、".join(line.drugs)
    told = "told" if line.waits is None else line.waits.value
    untold = line.state is DeliveryState.PREPARED
    return (
        tr(f"pages.parcels.state.{line.state.value}"),
        "" if untold else tr(f"pages.parcels.waits.{told}"),
    )


def line_words(line: Line) -> tuple[str, str, str]:
    """The line in front in three sentences: whom, what, and who carries it or who signed."""
    if isinstance(line, Deliverable):
        return line.patient, tr("pages.parcels.receipt", number=line.receipt_no), ""
    who = ""
    if line.signed_by:
        who = tr("pages.parcels.signed", name=line.signed_by)
    elif line.courier:
        who = tr(
            "pages.parcels.carried",
            company=line.company,
            name=line.courier,
            phone=line.courier_phone,
        )
    if line.note:
        who = f"{who}  {line.note}".strip()
    return (
        f"{line.receiver}  {line.phone}  {line.address}",
        tr("pages.parcels.number", number=line.delivery_no, receipt=line.receipt_no),
        who,
    )
