"""The rows of 待上传, painted two lines a row, and the figures above them."""

from datetime import datetime, timedelta

from PySide6.QtWidgets import QWidget

from app.domain.errors import Code
from app.ports.store import OutboxState
from app.workflow.views.desk import QueueRow
from ui.errors import sentences
from ui.formats import minute_text, short_age, time_text
from ui.pages.parts import boxed, column, row
from ui.text import tr
from ui.viewmodels.queue import NEEDS_A_PERSON, QueueModel
from ui.widgets import Card, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import Head, Line

LATE = timedelta(hours=1)
"""From here on a wait is amber, as in the badge (ui 4)."""
LOOKS: dict[OutboxState, State] = {
    OutboxState.WAITING: "later",
    OutboxState.SENDING: "sending",
    OutboxState.UNKNOWN: "unknown",
    OutboxState.STOPPED: "stop",
    OutboxState.DELIVERED: "ok",
    OutboxState.VOIDED: "off",
}


def queue_heads() -> tuple[Head, ...]:
    """Columns of what waits."""

    def named(name: str) -> str:
        return tr(f"pages.queue.column.{name}")

    return (
        Head(named("what"), bold=True),
        Head(named("state"), 240, bold=True, loud=True),
        Head(named("tries"), 84, right=True),
        Head(named("born"), 72, right=True),
        Head(named("age"), 124, right=True),
    )


def queue_line(row: QueueRow, now: datetime) -> Line:
    """One record as the list shows it at ``now``."""
    what, state, born = tr(f"pages.operation.{row.operation}"), state_word(row, now), row.born_at
    return Line(
        (
            (what, row.summary),
            (state, row_cause(row, now)),
            tr("pages.queue.tries", count=row.tries) if row.tries else "—",
            minute_text(born),
            short_age((now - born).total_seconds()),
        ),
        LOOKS[row.state],
        row.item_id,
        tr(f"pages.queue.state.{row.state.value}"),
        (what, state, row.tries, born, now - born),
    )


def state_word(row: QueueRow, now: datetime) -> str:
    """停下要人改, 已退货待作废, 查清后再发, 稍后再发, 排队, 正在发送."""
    if row.given_back:
        return tr("pages.queue.state.given_back")
    if row.behind:
        return tr("pages.queue.state.behind")
    later = row.state is OutboxState.WAITING and row.tries > 0 and row.next_at > now
    return tr("pages.queue.state.later" if later else f"pages.queue.state.{row.state.value}")


def row_cause(row: QueueRow, now: datetime) -> str:
    """Why it is still here."""
    if row.behind:
        return tr("pages.queue.state.behind_note")
    code = row_code(row)
    if row.state in NEEDS_A_PERSON and code is not None:
        return sentences(code).happened
    if row.state is OutboxState.WAITING and row.tries > 0 and row.next_at > now:
        return tr("pages.queue.retry_at", time=time_text(row.next_at, now))
    return "—"


def row_code(row: QueueRow) -> int | None:
    """Whose sentences say what to do: of a sale given back, not what the platform refused."""
    return int(Code.SALE_GIVEN_BACK) if row.given_back else row.code


class FiguresCard(Card):
    """待上传, 最久, 要人处理, 要查清."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.figures = {
            name: Text("", "amount_part")
            for name in ("count", "oldest", "person", "unknown", "delivered")
        }
        cells = row(space="column")
        self.cells: dict[str, QWidget] = {}
        for name, figure in self.figures.items():
            words = Text(tr(f"pages.queue.figure.{name}"), "second")
            self.cells[name] = boxed(column(words, figure))
            cells.addWidget(self.cells[name])
        cells.addStretch(1)
        self.body.addLayout(cells)

    def show_model(self, model: QueueModel, now: datetime) -> None:
        stopped = model.count(OutboxState.STOPPED)
        unknown = model.count(OutboxState.UNKNOWN)
        age = short_age((now - model.oldest).total_seconds()) if model.oldest else "—"
        late = model.oldest is not None and now - model.oldest >= LATE
        today = model.detail.delivered_today if model.detail is not None else 0
        set_shown(self.cells["delivered"], model.detail is not None)
        for name, text, tone in (
            ("delivered", tr("pages.queue.pieces", count=today), "strong"),
            ("count", tr("pages.queue.pieces", count=len(model.all_rows)), "strong"),
            ("oldest", age, "attention" if late else "strong" if model.oldest else "muted"),
            ("person", tr("pages.queue.pieces", count=stopped), "stop" if stopped else "muted"),
            ("unknown", tr("pages.queue.pieces", count=unknown), "unknown" if unknown else "muted"),
        ):
            self.figures[name].setText(text)
            self.figures[name].set_tone(tone)  # type: ignore[arg-type]  # all are tones
