"""退货退款: every box comes back over the counter, then the money, with a second person."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.errors import Trouble
from app.workflow.views.case import ReturnLine, ReturnView
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, PageKit, boxed, column, row
from ui.pages.second_person import SecondPerson, plain_field
from ui.text import tr
from ui.viewmodels.give_back import GiveBackModel
from ui.widgets import (
    ActButton,
    AmountBlock,
    Card,
    Chip,
    ElidedText,
    NameText,
    ScanField,
    StateMark,
    Text,
    TraceSlots,
)
from ui.widgets.basics import clear_layout, set_shown


class BoxesCard(Card):
    """What was sold: a code for every box that is back, a dashed slot for one that is not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.give_back.boxes"), bare=True, parent=parent)
        self._shown: tuple[ReturnLine, ...] | None = None

    def show_view(self, view: ReturnView) -> None:
        # what nothing scanned nobody but the person at the counter calls complete
        whole = view.back == view.sold and not (view.collecting and view.uncoded)
        word = "count_uncoded" if view.uncoded else "count"
        counts = tr(f"pages.give_back.{word}", back=view.back, sold=view.sold, uncoded=view.uncoded)
        self.set_chip(counts, "ok" if whole else "attention")
        if view.lines == self._shown:
            return
        self._shown = view.lines
        clear_layout(self.body)
        for index, line in enumerate(view.lines):
            if index:
                self.add_line()
            self.add(self._boxes_of(line))
        self.body.addStretch(1)

    def _boxes_of(self, line: ReturnLine) -> QWidget:
        whole = len(line.back) == len(line.sold) and not line.uncoded
        words = tr("pages.give_back.line", specification=line.specification, lot=line.lot_no)
        name = column(NameText(line.name, "emph"), NameText(words, "second"))
        counts = Text(f"{len(line.back)} / {len(line.sold)}", "amount", align_right=True)
        head = row(StateMark("ok" if whole else "later", 16), boxed(name), counts, space="normal")
        head.setStretch(1, 1)
        slots = TraceSlots()
        slots.show_codes(line.back, len(line.sold))
        parts: list[QWidget | QHBoxLayout] = [head]
        if line.sold:
            parts.append(slots)
        if line.uncoded:
            words = tr("pages.give_back.uncoded", count=line.uncoded)
            parts.append(Text(words, "second", "attention", wrap=True))
        return boxed(column(*parts, space="small"), inner=True)


class MoneyBackCard(Card):
    """What goes back, who agrees, and the one key that sends it."""

    def __init__(self, model: GiveBackModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self.note = Text("", "second", "body", wrap=True)
        self.cash_word = Text(tr("pages.give_back.cash"), "second", align_right=True)
        self.cash = Text("", "amount_huge", align_right=True)
        self.number = plain_field(tr("pages.give_back.number"), digits=True)
        self.number.setPlaceholderText(tr("pages.give_back.number"))
        self.number.textEdited.connect(model.type_number)
        self.second = SecondPerson()
        self.why_mark, self.why = StateMark("attention"), Text("", "second", wrap=True)
        self.bind = ActButton("", Key.BIND, "primary", height="binding")
        self.bind.clicked.connect(self.press)
        for part in (self.cash_word, self.cash, self.note, self.number, self.second):
            self.add(part)
        self.body.addStretch(1)
        reason = row(self.why_mark, self.why)
        reason.setStretch(1, 1)
        self.body.addLayout(reason)
        self.add(self.bind)
        self.second.typed.connect(self._typed)

    def _typed(self) -> None:
        pin = bool(self.second.pin.text())
        self._model.type_person(self.second.login.text(), has_pin=pin)

    def press(self) -> None:
        """F12: the boxes are here, or the money goes back."""
        view = self._model.view
        if view is None or self._model.lacks:
            return
        if view.collecting:
            self._model.take_back()
        else:
            self.second.hand_pin(self._model.revoke)

    def show_view(self, view: ReturnView) -> None:
        paying = not view.collecting
        for part in (self.cash_word, self.cash, self.second):
            set_shown(part, paying)
        elsewhere = paying and view.elsewhere
        set_shown(self.number, elsewhere)
        if self.number.text().strip() != self._model.number:
            self.number.setText(self._model.number)
        self.cash.setText(money_text(view.cash))
        word = _note(view)
        self.note.setText(tr(f"pages.give_back.note.{word}", uncoded=view.uncoded))
        self.bind.set_text(bind_text(view))
        lacks = self._model.lacks
        once = "once_cash" if view.self_pay else "once"
        self.why.setText(
            tr(f"pages.give_back.lacks.{lacks}" if lacks else f"pages.give_back.{once}")
        )
        self.why.set_tone("attention" if lacks else "muted")
        set_shown(self.why_mark, bool(lacks))
        self.bind.setEnabled(not lacks)


def _note(view: ReturnView) -> str:
    if view.collecting:
        return "collecting_uncoded" if view.uncoded else "collecting"
    if view.elsewhere:
        return "elsewhere"
    return "paying_cash" if view.self_pay else "paying"


def bind_text(view: ReturnView) -> str:
    """The verb, and the amount where money moves."""
    if view.collecting:
        return tr("pages.give_back.taken_back")
    if view.elsewhere:
        return tr("pages.give_back.written_down")
    word = "pay_back" if view.self_pay else "refund"
    return tr(f"pages.give_back.{word}", amount=money_text(view.amounts.total, currency=True))


class GiveBackPage(ColumnsPage):
    """Scan every box, F12; then login and PIN of the second person, F12."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("give_back", 372, parent)
        self.model = GiveBackModel(kit.counter, self)
        self._clock = kit.counter.clock
        self._collecting: bool | None = None
        self.title, self.chip = ElidedText("", "title"), Chip()
        self.receipt = Text("", "second")
        self.field = ScanField(kit.recognise, tr("pages.give_back.field"))
        self.field.entered.connect(kit.counter.typed)
        self.main.addLayout(row(self.title, self.chip, self.receipt, space="normal"))
        self.main.addWidget(self.field)
        self.boxes = BoxesCard()
        self.main.addWidget(self.boxes, 1)
        self.amounts = AmountBlock(going_back=True)
        amounts = Card(bare=True)
        amounts.add(self.amounts)
        self.money = MoneyBackCard(self.model)
        self.side.addWidget(amounts)
        self.side.addWidget(self.money, 1)
        self.model.changed.connect(self.refresh)
        kit.counter.spoken.connect(self.field.show_spoken)
        kit.counter.troubled.connect(self._again)

    def refresh(self) -> None:
        """Boxes, amounts, what is missing."""
        if self.put_off(self.refresh):
            return
        view = self.model.view
        if view is None:
            return
        word = "collecting" if view.collecting else "paying"
        self.title.setText(tr(f"pages.give_back.title.{word}"))
        at = time_text(view.settled_at, self._clock.now()) if view.settled_at else ""
        said = "paid_at" if view.self_pay else "settled_at"
        self.chip.set_chip(tr(f"pages.hand_over.{said}", time=at) if at else "", "ok")
        self.receipt.setText(tr("pages.hand_over.receipt", number=view.receipt_no))
        set_shown(self.field, view.collecting)
        self.boxes.show_view(view)
        insured = (tr("pages.give_back.fund_back"), tr("pages.give_back.account_back"))
        notes = (*(("", "") if view.self_pay else insured), tr("pages.give_back.cash_back"))
        self.amounts.show_amounts(view.amounts, notes=notes)
        self.money.show_view(view)
        if view.collecting is not self._collecting:
            self._collecting = view.collecting
            self.money.second.clear()
            if self.isVisible():
                self.focus_first()
        self.acts_changed.emit()

    def _again(self, trouble: Trouble) -> None:
        if not self.isVisible() or self.scan_field() is not None:
            return
        if self.money.number.isVisible() and not self.model.number:
            self.focus_first()
        else:
            self.money.second.again(trouble)

    def scan_field(self) -> ScanField | None:
        view = self.model.view
        return self.field if view is None or view.collecting else None

    def acts(self) -> tuple[Act, ...]:
        view, lacks = self.model.view, self.model.lacks
        word = "paying" if view is not None and not view.collecting else "collecting"
        why = tr(f"pages.give_back.lacks.{lacks}") if lacks else ""
        return (
            Act(
                Key.BIND,
                tr(f"pages.give_back.key.{word}"),
                self.money.press,
                on=not lacks,
                look=Look.PRIMARY,
                why=why,
            ),
        )

    def focus_first(self) -> None:
        """The scan field while boxes come back, then the second person."""
        field = self.scan_field()
        if field is not None:
            field.focus_input()
        elif self.money.number.isVisible() and not self.model.number:
            self.money.number.setFocus()
        else:
            self.money.second.begin()
