"""结算: parts that add up, what must hold, the cash, and one key that sends it."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.domain.case import Phase
from app.domain.money import ZERO, decimal_text
from app.domain.money import scaled as scaled_number
from app.workflow.views.case import ConditionRow, SettleView
from ui.formats import money_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.advice_part import AdvicePart
from ui.pages.bill import BillCard
from ui.pages.parts import ColumnsPage, PageKit, boxed, column, gap, row, scaled
from ui.pages.password_card import PasswordCard
from ui.pages.settle_elsewhere import ForeignCard
from ui.pages.settle_elsewhere import why_not as why_not_written
from ui.text import say, tr
from ui.viewmodels.settle import NOTES_OFFERED, SettleModel, handed_over
from ui.viewmodels.settle_elsewhere import ForeignModel
from ui.widgets import (
    ActButton,
    AmountBlock,
    Card,
    ScanField,
    StateMark,
    Text,
)
from ui.widgets.basics import clear_layout, set_shown
from ui.widgets.card import HairLine

_WHOLE = 10_000


class ConditionsCard(Card):
    """结算前核对: every row holds, or says what is missing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.settle.conditions"), bare=True, parent=parent)
        self._rows = QGridLayout()
        self._rows.setContentsMargins(gap("inner"), 0, gap("inner"), 0)
        self._rows.setHorizontalSpacing(gap("normal"))
        self._rows.setVerticalSpacing(0)
        self._rows.setColumnStretch(2, 1)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self._shown: tuple[ConditionRow, ...] | None = None

    def show_view(self, view: SettleView) -> None:
        if view.conditions == self._shown:
            return
        self._shown = view.conditions
        clear_layout(self._rows)
        open_rows = sum(not row.met for row in view.conditions)
        if open_rows:
            self.set_chip(tr("pages.settle.unmet", count=open_rows), "attention")
        else:
            self.set_chip(tr("pages.settle.met"), "ok")
        for index, condition in enumerate(view.conditions):
            at = index * 2
            if index:
                self._rows.addWidget(HairLine(), at - 1, 0, 1, 3)
            self._rows.addWidget(StateMark("ok" if condition.met else "attention"), at, 0)
            self._rows.addWidget(Text(tr(f"pages.condition.{condition.key}"), "strong"), at, 1)
            words = Text(say(condition.detail), "second", "body", wrap=True)
            self._rows.addWidget(words, at, 2)
            self._rows.setRowMinimumHeight(at, scaled(34))


class CashCard(Card):
    """收现金, 找零, banknotes on Alt n, and the one key that sends money."""

    def __init__(self, model: SettleModel, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self.cash = QLineEdit()
        self.cash.setProperty("role", "amount_part")
        self.cash.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.cash.setMaxLength(9)
        self.cash.setFixedWidth(scaled(150))
        self.cash.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.cash.setAccessibleName(tr("pages.settle.cash"))
        self.cash.textEdited.connect(model.type_cash)
        self.change_word = Text(tr("pages.settle.change"), "second", align_right=True)
        self.change = Text("", "amount_huge", align_right=True)
        self.field = ScanField(kit.recognise, tr("pages.settle.credential_field"))
        self.field.setMinimumWidth(1)
        self.field.entered.connect(kit.counter.typed)
        self.add(self.field)
        self.body.addSpacing(gap("tight"))
        received = column(Text(tr("pages.settle.cash"), "second"), self.cash, space="tight")
        given = column(self.change_word, self.change, space="tight")
        self.body.addLayout(row(received, None, given))
        self.offers = [self._offer(number) for number in range(1, NOTES_OFFERED + 2)]
        notes = column(row(*self.offers[:2]), row(*self.offers[2:]), space="small")
        self.notes = boxed(notes)
        self.body.addSpacing(gap("small"))
        self.add(self.notes)
        self.body.addStretch(1)
        self.why_mark, self.why = StateMark("attention"), Text("", "second", wrap=True)
        reason = row(self.why_mark, self.why)
        reason.setStretch(1, 1)
        self.body.addLayout(reason)
        self.settle = ActButton("", Key.BIND, "primary", height="binding")
        self.settle.clicked.connect(model.settle)
        self.add(self.settle)

    def put_under_notes(self, part: QWidget) -> None:
        self.body.insertWidget(self.body.indexOf(self.notes) + 1, part)

    def _offer(self, number: int) -> ActButton:
        button = ActButton(tr("pages.settle.exact"), offer_key(number))
        button.clicked.connect(lambda: self._model.offer(number))
        return button

    def refresh(self) -> None:
        """Change is the loud number; a short amount says what is missing."""
        model = self._model
        view = model.view
        if view is None:
            return
        if self.cash.text() != model.cash_text:
            self.cash.setText(model.cash_text)
        takes_cash = model.due is not None and model.due > ZERO
        self.cash.setEnabled(takes_cash and not model.sending)
        for offer in self.offers:
            offer.setEnabled(takes_cash and not model.sending)
        for offer, amount in zip(self.offers[1:], handed_over(model.due or ZERO), strict=True):
            offer.set_text(f"{amount // 100}")
        short = model.short is not None
        self.change_word.setText(tr("pages.settle.short" if short else "pages.settle.change"))
        change = ZERO if model.due == ZERO else model.change
        self.change.setText(money_text(model.short if short else change))
        self.change.set_tone("attention" if short else "strong")
        self.field.setVisible(view.needs_credential)
        self.notes.setVisible(not view.needs_credential)
        self.settle.set_text(bind_text(model))
        self.settle.setEnabled(model.may_settle)
        why = why_not(model)
        self.why.setText(why or tr(f"pages.settle.{'safe_cash' if view.self_pay else 'safe'}"))
        self.why.set_tone("attention" if why else "muted")
        self.why_mark.setVisible(bool(why))


def bind_text(model: SettleModel) -> str:
    """The verb and the amount."""
    amounts = model.view.amounts if model.view is not None else None
    if amounts is None:
        return tr("pages.settle.settle")
    paying = model.view is not None and model.view.self_pay
    word = "pay_amount" if paying else "settle_amount"
    return tr(f"pages.settle.{word}", amount=money_text(amounts.total, currency=True))


def why_not(model: SettleModel) -> str:
    """What is missing for F12; empty where nothing is."""
    view = model.view
    if view is None or model.may_settle:
        return ""
    if model.clearing:
        return tr("pages.settle.clearing")
    if model.sending:
        return tr("pages.settle.sending")
    if model.counter.busy:
        return tr("pages.settle.working")
    if view.needs_credential:
        return tr("pages.settle.show_again")
    if view.amounts is None:
        return tr("pages.settle.not_presettled")
    if view.old:
        return tr("pages.settle.old_split")
    if model.needs_password:
        return tr("pages.settle.password_first")
    if not model.adds_up:
        return tr("pages.settle.differs")
    if model.case is not None and model.case.phase is Phase.REJECTED:
        return tr("pages.settle.refused")
    if not view.ready:
        return tr("pages.settle.not_ready")
    if model.short is not None:
        return tr("pages.settle.cash_short", amount=money_text(model.short))
    return tr("pages.settle.cash_missing") if model.change is None else tr("pages.settle.not_now")


class SettlePage(ColumnsPage):
    """F12 settles once; Alt n offers cash; F5 estimates again."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("settle", 372, parent)
        self.model = SettleModel(kit.counter, self)
        self.bill, self.conditions = BillCard(), ConditionsCard()
        self.main.addWidget(self.bill)
        self.main.addWidget(self.conditions, 1)
        self.advice: AdvicePart | None = None
        self.amounts = AmountBlock()
        self.parts = Card(bare=True)
        self.parts.add(self.amounts)
        self.cash = CashCard(self.model, kit)
        self.side.addWidget(self.parts)
        self.side.addWidget(self.cash, 1)
        self.foreign: ForeignCard | None = None
        self.password: PasswordCard | None = None
        self._counter = kit.counter
        self.foreign_model = ForeignModel(kit.counter, self)
        self.foreign_model.changed.connect(self.refresh)
        self.model.changed.connect(self.refresh)
        kit.counter.spoken.connect(self.cash.field.show_spoken)

    def refresh(self) -> None:
        """Bill, conditions, parts, cash."""
        if self.put_off(self.refresh):
            return
        view = self.model.view
        if view is None:
            return
        self.bill.show_lines(view.lines)
        self.conditions.show_view(view)
        self._show_advice(view)
        self._show_foreign(view)
        self._show_password()
        if view.amounts is None or view.old:
            self.amounts.show_estimate(view.estimated)
        else:
            notes = ("", "", tr("pages.settle.by_customer")) if view.self_pay else _notes(view)
            self.amounts.show_amounts(view.amounts, notes=notes)
        self.cash.refresh()
        if self.isVisible() and self._strayed():
            # the cash field was off while the estimate came: the cursor had nowhere to stay
            self.focus_first()
        self.acts_changed.emit()

    def _strayed(self) -> bool:
        """Whether the cursor is where nobody types."""
        at, advice = self.window().focusWidget(), self.advice
        return at is self or not self.holds_focus() or (advice is not None and at is advice.ask)

    def _show_advice(self, view: SettleView) -> None:
        """What the platform said ahead; made where there is something to ask or to read."""
        if self.advice is None and (view.advice.offered or view.advice.rows):
            self.advice = AdvicePart(self.model)
            self.cash.put_under_notes(self.advice)
        if self.advice is not None:
            self.advice.refresh()

    def _show_foreign(self, view: SettleView) -> None:
        """The card for what another product settled, in place of the cash; made when needed."""
        if not view.elsewhere and self.foreign is None:
            return
        if self.model.case is not None:
            self.foreign_model.render(self.model.case)
        if self.foreign is None:
            self.foreign = ForeignCard(self.foreign_model)
            self.side.addWidget(self.foreign, 1)
        self.foreign.refresh()
        set_shown(self.foreign, view.elsewhere)
        for part in (self.parts, self.cash):
            set_shown(part, not view.elsewhere)

    def _show_password(self) -> None:
        """The holder types it above the cash; the card shows itself from then on."""
        case = self.model.case
        if self.password is not None or case is None or not case.needs_password:
            return
        self.password = PasswordCard(self._counter, note="pages.settle.password_note")
        self.password.changed.connect(self.acts_changed)
        self.side.insertWidget(1, self.password)
        self.password.render_case(case)

    @property
    def _elsewhere(self) -> ForeignCard | None:
        view = self.model.view
        return self.foreign if view is not None and view.elsewhere else None

    def _foreign_acts(self) -> tuple[Act, ...]:
        model, words = self.foreign_model, tr("pages.settle.elsewhere.bind")
        why, on = why_not_written(model), not model.lacks
        bind = Act(Key.BIND, words, model.record, on=on, look=Look.PRIMARY, why=why)
        return (bind, Act(Key.ASK_AGAIN, tr("pages.settle.again"), self.model.ask_again))

    def acts(self) -> tuple[Act, ...]:
        if self._elsewhere is not None:
            return self._foreign_acts()
        model = self.model
        on = model.due is not None and model.due > ZERO and not model.sending
        offers = tuple(
            Act(offer_key(n), tr("pages.settle.cash"), partial(model.offer, n), on=on)
            for n in range(1, NOTES_OFFERED + 2)
        )
        bind = Act(
            Key.BIND,
            bind_text(model),
            model.settle,
            on=model.may_settle,
            look=Look.PRIMARY,
            why=why_not(model),
        )
        again = Act(Key.ASK_AGAIN, tr("pages.settle.again"), model.ask_again)
        parts = (self.advice, self.password)
        seen = (part.act() for part in parts if part is not None and not part.isHidden())
        return (*offers, *seen, bind, again)

    def scan_field(self) -> ScanField | None:
        view = self.model.view
        return self.cash.field if view is not None and view.needs_credential else None

    def focus_first(self) -> None:
        """The cash where cash is due; else the scan field; else nothing needs a key but F12."""
        field, foreign = self.scan_field(), self._elsewhere
        if foreign is not None:
            foreign.begin()
        elif self.password is not None and self.password.isVisible():
            self.password.field.setFocus()
        elif field is not None:
            field.focus_input()
        elif self.cash.cash.isEnabled():
            self.cash.cash.setFocus()
            self.cash.cash.selectAll()
        elif self.cash.settle.isEnabled():
            self.cash.settle.setFocus()
        else:
            # on its way: the page itself holds the cursor until there is something to press
            self.setFocus()


def percent(ratio: str) -> str:
    """``0.6000`` → ``60%``; a text that is no share between 0 and 1 is shown as it came."""
    try:
        hundredths = scaled_number(ratio, 4)
    except ValueError:
        return ratio
    if not 0 <= hundredths <= _WHOLE:
        return ratio
    return f"{decimal_text(hundredths, 2, keep=0)}%"


def _notes(view: SettleView) -> tuple[str, str, str]:
    ratio = percent(view.pool_ratio)
    fund = tr("pages.settle.ratio", ratio=ratio) if ratio else ""
    account = ""
    if view.balance_after is not None:
        account = tr("pages.settle.balance_after", amount=money_text(view.balance_after))
    return fund, account, tr("pages.settle.by_customer")
