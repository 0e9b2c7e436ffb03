"""挂起的顾客, 刚完成: two short lists, and the page that holds them in full."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.goods.codes import ScanKind
from app.ports.devices import ScannedText
from app.workflow.views.desk import ParkedRow
from ui.formats import minute_text, short_age
from ui.keys import Act, Key, offer_key
from ui.pages.parts import ChosenRow, ColumnsPage, PageKit, boxed, column, row, steps_of
from ui.pages.second_person import plain_field
from ui.text import say, tr
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.visitors import VisitorsModel
from ui.widgets import ActButton, Card, Chip, ElidedText, EmptyState, KeyCap, StateMark, Text
from ui.widgets.basics import clear_layout

SHORT = 3
"""Rows a short list shows; the page has all of them."""
TAIL = 6
"""Digits of a receipt number that tell it from its neighbours."""
_SOUGHT = frozenset({ScanKind.DRUG_TRACE, ScanKind.RECEIPT, ScanKind.GS1, ScanKind.UNKNOWN})
"""What may belong to a sale; unknown ones among them are told as not found, not lost."""


def visitor_name(visitor: ParkedRow) -> str:
    """Whose visit it is; a sale for cash is nobody's and goes by the end of its receipt."""
    if visitor.name or not visitor.self_pay:
        return visitor.name or tr("pages.waiting.nameless")
    tail = visitor.receipt_no[-TAIL:]
    return tr("pages.waiting.self_pay_receipt", tail=tail) if tail else tr("pages.waiting.self_pay")


class VisitorRow(ChosenRow):
    """Name, what, how long; violet where money is unknown."""

    def __init__(self, visitor: ParkedRow, when: str, cap: str = "") -> None:
        super().__init__()
        unknown = visitor.money_unknown
        mark = StateMark("unknown" if unknown else "parked")
        mark.setVisible(unknown)
        what = ElidedText(say(visitor.what), "second", "unknown" if unknown else "")
        name = visitor_name(visitor)
        cells = row(Text(name, "strong"), mark, what, Text(when, "second"), space="normal")
        cells.setStretch(2, 1)
        if cap:
            cells.insertWidget(0, KeyCap(cap))
        boxed_row = boxed(cells, inner=True)
        whole = column(boxed_row)
        self.setLayout(whole)
        self.setAccessibleName(f"{name} {say(visitor.what)} {when}")


class ParkedCard(Card):
    """The parked customers beside 识别; F4 opens all of them."""

    def __init__(self, counter: CounterModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.waiting.parked"), bare=True, parent=parent)
        self._counter = counter
        self._count = Chip()
        self.add_head(self._count)
        self.add_head(KeyCap(Key.PARK.value))
        self._shown: list[tuple[ParkedRow, str]] = []
        self.setVisible(False)

    def show_rows(self, rows: tuple[ParkedRow, ...]) -> None:
        """Render; hidden where nobody waits."""
        now = self._counter.clock.now()
        ages = [short_age((now - visitor.since).total_seconds()) for visitor in rows]
        wanted = list(zip(rows, ages, strict=True))
        if wanted == self._shown:
            return
        self._shown = wanted
        clear_layout(self.body)
        self._count.set_chip(str(len(rows)))
        for index, (visitor, age) in enumerate(wanted[:SHORT]):
            if index:
                self.add_line()
            shown = VisitorRow(visitor, tr("pages.waiting.ago", age=age))
            shown.pressed.connect(lambda case_id=visitor.case_id: self._counter.unpark(case_id))
            self.add(shown)
        self.setVisible(bool(rows))


class FinishedCard(Card):
    """The customers served last; F9 prints their receipt again."""

    def __init__(self, counter: CounterModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.waiting.finished"), bare=True, parent=parent)
        self._counter = counter
        self._shown: tuple[ParkedRow, ...] | None = None
        self.show_rows(())

    def show_rows(self, rows: tuple[ParkedRow, ...]) -> None:
        """Render; an empty list says so."""
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self.body)
        for index, visitor in enumerate(rows[:SHORT]):
            if index:
                self.add_line()
            shown = VisitorRow(visitor, minute_text(visitor.since))
            shown.pressed.connect(lambda case_id=visitor.case_id: self._counter.show_case(case_id))
            self.add(shown)
        if not rows:
            self.add(boxed(column(Text(tr("pages.waiting.none_finished"), "second")), inner=True))
        self.body.addStretch(1)


class WaitingPage(ColumnsPage):
    """Everybody who waits and everybody who was served; Enter opens, Alt n fetches."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("waiting", 372, parent)
        self.model = VisitorsModel(kit.counter, self)
        self._recognise = kit.recognise
        self.parked = Card(tr("pages.waiting.parked"), bare=True)
        self.finished = Card(tr("pages.waiting.finished"), bare=True)
        self.main.addWidget(self.parked)
        self.main.addWidget(self.finished, 1)
        self.chosen = Card(bare=False)
        self.name_shown, self.what = Text("", "title"), Text("", "second", wrap=True)
        self.open = ActButton(tr("pages.waiting.open"), Key.FORWARD, "primary", height="primary")
        self.open.clicked.connect(self.model.open)
        for part in (self.name_shown, self.what):
            self.chosen.add(part)
        self.chosen.body.addStretch(1)
        self.chosen.add(self.open)
        self.sought = plain_field(tr("pages.waiting.find"), digits=True)
        self.sought.returnPressed.connect(lambda: self.model.find(self.sought.text()))
        self.model.led.connect(self._led)
        finding = Card(tr("pages.waiting.finding"))
        finding.add_head(KeyCap(Key.FIND.value))
        finding.add(Text(tr("pages.waiting.find"), "second", wrap=True))
        finding.add(self.sought)
        self.side.addWidget(self.chosen)
        self.side.addWidget(finding)
        self.side.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("pages.waiting.parked"))
        self.model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Two lists, one cursor."""
        if self.put_off(self.refresh):
            return
        model = self.model
        now = model.counter.clock.now()
        self._fill(
            self.parked,
            model.parked,
            [
                tr("pages.waiting.ago", age=short_age((now - r.since).total_seconds()))
                for r in model.parked
            ],
            keyed=True,
        )
        self._fill(
            self.finished,
            model.finished,
            [minute_text(r.since) for r in model.finished],
            keyed=False,
        )
        chosen = model.row
        self.chosen.setVisible(chosen is not None)
        if chosen is not None:
            self.name_shown.setText(visitor_name(chosen))
            self.what.setText(say(chosen.what))
        self.acts_changed.emit()

    def _fill(
        self, card: Card, visitors: tuple[ParkedRow, ...], when: list[str], *, keyed: bool
    ) -> None:
        clear_layout(card.body)
        for index, (visitor, text) in enumerate(zip(visitors, when, strict=True)):
            cap = offer_key(index + 1).value if keyed and index < 9 else ""
            shown = VisitorRow(visitor, text, cap)
            shown.choose(visitor.case_id == self.model.chosen)
            shown.pressed.connect(lambda case_id=visitor.case_id: self.model.choose(case_id))
            if index:
                card.add_line()
            card.add(shown)
        if not visitors:
            empty = "none_parked" if keyed else "none_finished"
            card.add(EmptyState(tr(f"pages.waiting.{empty}")))
        card.body.addStretch(1)

    def acts(self) -> tuple[Act, ...]:
        fetch = tuple(
            Act(
                offer_key(n),
                visitor.name or tr("pages.waiting.nameless"),
                partial(self.model.offer, n),
            )
            for n, visitor in enumerate(self.model.parked[:9], 1)
        )
        ready = self.model.row is not None and not self.model.counter.busy
        find = Act(Key.FIND, tr("pages.waiting.find_key"), self.seek)
        return (*fetch, find, Act(Key.FORWARD, tr("pages.waiting.open"), self.model.open, on=ready))

    def come_forward(self) -> None:
        """Nobody opens a finished visit by Enter unless it was chosen."""
        self.model.begin()
        super().come_forward()

    def seek(self) -> None:
        """F3: the cursor is in the field, and what is scanned next is looked for."""
        self.sought.setFocus()
        self.sought.selectAll()

    def catch_scan(self, scanned: ScannedText) -> bool:
        """While the field has the cursor every code of a sale is looked for; a receipt always.

        Who the customer is goes to the visit from here too.
        """
        kind = self._recognise(scanned.text)
        seeking = self.window().focusWidget() is self.sought and kind in _SOUGHT
        if kind is not ScanKind.RECEIPT and not seeking:
            return False
        # the separator of a GS1 code is no end of a line
        self.sought.setText(scanned.text.strip().replace("\r", "\n").split("\n")[0])
        self.model.find(self.sought.text())
        return True

    def _led(self) -> None:
        self.sought.clear()
        self.back_wanted.emit()

    def focus_first(self) -> None:
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = steps_of(event)
        if by is None:
            super().keyPressEvent(event)
        else:
            self.model.move(by)
