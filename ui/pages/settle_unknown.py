"""结算不明: how it is being cleared, where everything is, what to do, what to tell the customer."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.settlement import AttemptState
from app.workflow.views.case import UnknownView
from ui.formats import time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, PageKit, boxed, column, gap, row, scaled
from ui.text import say, tr
from ui.viewmodels.settle import SettleModel
from ui.widgets import ActButton, Card, Text, Timeline, WhereList
from ui.widgets.basics import clear_layout
from ui.widgets.card import HairLine


class EvidenceBox(QWidget):
    """线路凭据: what left, what came, as the transport saw it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        head = boxed(column(Text(tr("pages.unknown.wire"), "second")), ground="sunken", inner=True)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(gap("inner"), 0, gap("inner"), 0)
        self._grid.setHorizontalSpacing(gap("normal"))
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, scaled(96))
        self._grid.setColumnStretch(1, 1)
        self.setLayout(column(head, self._grid))

    def show_wire(self, unknown: UnknownView) -> None:
        clear_layout(self._grid)
        for index, (key, said) in enumerate(unknown.wire):
            if index:
                self._grid.addWidget(HairLine(), index * 2 - 1, 0, 1, 2)
            self._grid.addWidget(Text(tr(f"pages.unknown.{key}"), "second"), index * 2, 0)
            self._grid.addWidget(Text(say(said), "second", "body", wrap=True), index * 2, 1)
            self._grid.setRowMinimumHeight(index * 2, scaled(28))


class NextStepsCard(Card):
    """现在可以做, and the words for the customer."""

    def __init__(self, page: "SettleUnknownPage") -> None:
        super().__init__(tr("pages.unknown.can_do"))
        model = page.model
        steps = (
            ("next", Key.NEXT, model.counter.next_customer),
            ("ask_again", Key.ASK_AGAIN, model.ask_again),
            ("print", Key.PRINT, model.print_waiting),
            ("decide", Key.OPEN_ITEMS, page.show_open_items),
        )
        self.buttons: dict[str, ActButton] = {}
        self.notes: dict[str, Text] = {}
        for name, key, run in steps:
            button = ActButton(tr(f"pages.unknown.{name}"), key)
            button.setMinimumWidth(scaled(176))
            button.clicked.connect(run)
            note = Text("", "second", wrap=True)
            self.notes[name] = note
            cells = row(button, note, space="normal")
            cells.setStretch(1, 1)
            self.body.addLayout(cells)
            self.buttons[name] = button
        self.add_line()
        self.add(Text(tr("pages.unknown.tell"), "strong"))
        self.words = Text("", "emph", wrap=True)
        self.add(self.words)
        self.not_yet = Text("", "second", wrap=True)
        self.add(self.not_yet)
        self.body.addStretch(1)


class SettleUnknownPage(ColumnsPage):
    """F2 serves the next customer, F5 looks how far it is, F9 prints the waiting slip."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("settle_unknown", 456, parent)
        self.model = SettleModel(kit.counter, self)
        self._doubts = kit.doubts
        self.timeline, self.evidence = Timeline(kit.counter.clock.now), EvidenceBox()
        how = Card(tr("pages.unknown.how"), bare=True)
        self.goes = Text("", "second")
        how.add_head(self.goes)
        how.add(boxed(column(self.timeline), inner=True))
        how.body.addStretch(1)
        how.add(self.evidence)
        self.main.addWidget(how, 1)
        self.where, self.steps = WhereList(low=True), NextStepsCard(self)
        self.side.addWidget(self.where)
        self.side.addWidget(self.steps, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.model.changed.connect(self.refresh)

    def show_open_items(self) -> None:
        """Ctrl U: the list this case is on, where a manager may end it."""
        if self._doubts is not None:
            self._doubts.show_list()

    def refresh(self) -> None:
        """Timeline, evidence, whereabouts, words for the customer."""
        if self.put_off(self.refresh):
            return
        case, unknown = self.model.case, self.model.unknown
        if case is None or unknown is None:
            return
        kind = "refund_" if unknown.refund else ""
        self.setAccessibleName(tr(f"pages.unknown.{kind}name"))
        self.setAccessibleDescription(tr(f"pages.unknown.{kind}spoken"))
        self.steps.not_yet.setText(tr(f"pages.unknown.{kind}not_yet"))
        self.timeline.show_rows(unknown.timeline)
        self.evidence.show_wire(unknown)
        self.where.show_where(case.where, self.model.counter.clock.now())
        self.steps.words.setText(tr("pages.unknown.quoted", words=say(unknown.say_to_customer)))
        self._say_who_goes_on(unknown)
        self._say_slip(case.case_id)
        self.acts_changed.emit()

    def _say_who_goes_on(self, unknown: UnknownView) -> None:
        """Nothing is promised to go on by itself where only a manager can end it."""
        by = "by_person" if unknown.attempt is AttemptState.MANUAL else "by_itself"
        self.goes.setText(tr(f"pages.unknown.{by}"))
        for name in ("next", "decide"):
            self.steps.notes[name].setText(tr(f"pages.unknown.{by}_{name}"))
        kind = "refund_" if unknown.refund else ""
        self.steps.notes["ask_again"].setText(tr(f"pages.unknown.{kind}ask_again_note"))

    def _say_slip(self, case_id: int) -> None:
        at = self.model.slip_at if self.model.slip_of == case_id else None
        note = self.steps.notes["print"]
        if at is None:
            note.setText(tr("pages.unknown.print_note"))
        else:
            note.setText(tr("pages.unknown.printed_note", time=time_text(at, at)))

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        return (
            Act(Key.NEXT, tr("pages.unknown.next"), model.counter.next_customer, look=Look.UNKNOWN),
            Act(Key.ASK_AGAIN, tr("pages.unknown.ask_again"), model.ask_again),
            Act(Key.PRINT, tr("pages.unknown.print"), model.print_waiting),
        )

    def focus_first(self) -> None:
        self.steps.buttons["next"].setFocus()
