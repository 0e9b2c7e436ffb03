"""交付: give the change, the papers and the goods; then the next customer."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.case import Step
from app.domain.money import ZERO
from app.workflow.views.case import HandOverView, PrintRow
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit, boxed, column, row, scaled
from ui.text import tr
from ui.viewmodels.devices import Thing
from ui.viewmodels.hand_over import HandOverModel
from ui.widgets import ActButton, AmountBlock, Card, Chip, ElidedText, StateMark, Text, WhereList
from ui.widgets.basics import clear_layout

_OFFERS = 9
"""Alt 1 … Alt 9."""


class PapersCard(Card):
    """What was printed, what waits for paper; Alt n prints a marked copy."""

    def __init__(self, model: HandOverModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.hand_over.papers"), bare=True, parent=parent)
        self._model = model
        self._shown: tuple[tuple[PrintRow, ...], int, bool] | None = None

    def show_papers(self, papers: tuple[PrintRow, ...], bags: int) -> None:
        """``bags``: parts of boxes, each with a label to be printed for its bag."""
        shown = (papers, bags, self._model.rest > ZERO)
        if shown == self._shown:
            return
        self._shown = shown
        clear_layout(self.body)
        waiting = sum(paper.waiting for paper in papers)
        if waiting:
            self.set_chip(tr("pages.hand_over.papers_waiting", count=waiting), "attention")
        else:
            self.set_chip(tr("pages.hand_over.papers_done"), "ok")
        for number, paper in enumerate(papers, 1):
            if number > 1:
                self.add_line()
            self.add(self._row(number, paper))
        if bags:
            self.add_line()
            self.add(self._bag_row(len(papers) + 1, bags))
        self.body.addStretch(1)

    def _bag_row(self, number: int, bags: int) -> QWidget:
        name = Text(tr("pages.hand_over.bags"), "strong")
        words = Text(tr("pages.hand_over.bags_note", count=bags), "second", wrap=True)
        key = ActButton(tr("pages.hand_over.print"), offer_key(number))
        key.clicked.connect(self._model.print_bags)
        key.setAccessibleName(f"{tr('pages.hand_over.print')} {name.text()}")
        cells = row(StateMark("later"), name, words, key, space="normal")
        cells.setStretch(2, 1)
        return boxed(cells, inner=True)

    def _row(self, number: int, paper: PrintRow) -> QWidget:
        mark = StateMark("attention" if paper.waiting else "ok")
        name = Text(tr(f"pages.paper.{paper.kind}"), "strong")
        held = self._model.held(paper)
        if paper.waiting:
            what = "recovery" if paper.of_lost_time else "cash" if held else "paper"
            said = tr(f"pages.hand_over.waits_for_{what}")
        elif self._model.printed_before(paper):
            said = tr("pages.hand_over.printed_before")
        elif paper.printed_at is not None:
            at = time_text(paper.printed_at, self._model.counter.clock.now())
            said = tr("pages.hand_over.printed", time=at, copies=paper.copies)
        else:
            said = tr("pages.hand_over.not_printed")
        word = "print" if paper.printed_at is None else "reprint"
        again = ActButton(tr(f"pages.hand_over.{word}"), offer_key(number))
        again.clicked.connect(lambda: self._model.reprint(number))
        again.setEnabled(not held)
        again.setAccessibleName(f"{tr(f'pages.hand_over.{word}')} {name.text()}")
        words = Text(said, "second", wrap=True)
        cells = row(mark, name, words, again, space="normal")
        cells.setStretch(2, 1)
        return boxed(cells, inner=True)


class ChangeCard(Card):
    """找零: the one loud number; then F12, or the next customer."""

    def __init__(self, model: HandOverModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self.received = Text("", "amount_part")
        self.change_word = Text(tr("pages.hand_over.give_change"), "second", align_right=True)
        self.change = Text("", "amount_huge", align_right=True)
        self.cash_word = Text(tr("pages.settle.cash"), "second")
        self.cash = self._cash_field()
        left = column(self.cash_word, self.received, self.cash)
        self.body.addLayout(row(left, None, column(self.change_word, self.change)))
        self.note = Text("", "second", wrap=True)
        self.bind = ActButton("", Key.BIND, "primary", height="binding")
        self.bind.clicked.connect(self.press)
        self.next = ActButton(tr("pages.hand_over.next"), Key.NEXT, "primary", height="primary")
        self.next.clicked.connect(model.counter.next_customer)
        self.give_back = ActButton(tr("pages.hand_over.give_back"), Key.GIVE_BACK)
        self.give_back.clicked.connect(model.give_back)
        self.body.addStretch(1)
        for part in (self.give_back, self.note, self.bind, self.next):
            self.add(part)

    def _cash_field(self) -> QLineEdit:
        """Where the rest is typed: a settlement that came out dearer than the cash taken for it."""
        field = QLineEdit()
        field.setProperty("role", "amount_part")
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setMaxLength(9)
        field.setFixedWidth(scaled(150))
        field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        field.setAccessibleName(tr("pages.hand_over.rest"))
        field.textEdited.connect(self._model.type_cash)
        return field

    def press(self) -> None:
        """F12: the rest lies in the drawer; where there is none, the goods are gone."""
        (self._model.take_rest if self._model.rest else self._model.hand_over)()

    def bind_text(self) -> str:
        rest = self._model.rest
        if not rest:
            return tr("pages.hand_over.hand_over")
        return tr("pages.hand_over.take_rest", amount=money_text(rest, currency=True))

    def show_view(self, view: HandOverView) -> None:
        model, done = self._model, view.handed_over
        free = view.amounts.cash == ZERO and view.cash_received is None
        owed, short = model.rest > ZERO, model.short > ZERO
        if self.cash.text() != model.cash_text:
            self.cash.setText(model.cash_text)
        self.cash.setVisible(owed)
        self.cash_word.setText(tr("pages.hand_over.rest" if owed else "pages.settle.cash"))
        self.received.setVisible(not owed)
        self.received.setText(money_text(ZERO if free else view.cash_received))
        self.change_word.setText(tr(f"pages.hand_over.{'short' if short else 'give_change'}"))
        self.change.setText(money_text(model.short if short else ZERO if free else model.change))
        self.change.set_tone("attention" if short else "strong")
        self.note.setText(_note(view))
        self.bind.set_text(self.bind_text())
        self.bind.setVisible(not done)
        self.bind.setEnabled(model.may_hand_over or model.may_take)
        self.next.setVisible(done)
        self.give_back.setVisible(view.may_give_back)
        self.give_back.setEnabled(self._model.may_give_back)


def _title(view: HandOverView) -> str:
    if view.handed_over:
        return "finished"
    if view.still_to_pay:
        return "unpaid"
    return "given" if view.goods_out else "settled"


def _note(view: HandOverView) -> str:
    """What to do now; first of all where the platform settled other cash than was asked for."""
    if view.handed_over:
        return tr("pages.hand_over.done_note")
    if view.goods_out and not view.still_to_pay:
        return tr("pages.hand_over.given_note")
    if view.goods_out or (view.agreed is None and view.still_to_pay):
        name = "untaken_given_note" if view.goods_out else "untaken_note"
        return tr(f"pages.hand_over.{name}", cash=money_text(view.still_to_pay))
    if view.agreed is None:
        return tr("pages.hand_over.note")
    return tr(
        f"pages.hand_over.{'rest' if view.still_to_pay else 'differs'}_note",
        cash=money_text(view.amounts.cash),
        agreed=money_text(view.agreed),
        received=money_text(view.cash_received or ZERO),
    )


class HandOverPage(ColumnsPage):
    """F12 records that the goods went over the counter; F9 and Alt n print."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("hand_over", 372, parent)
        self.model = HandOverModel(kit.counter, self)
        self._stage = (False, False)
        self.title, self.chip = ElidedText("", "title"), Chip()
        self.receipt = Text("", "second")
        self.main.addLayout(row(self.title, self.chip, self.receipt, space="normal"))
        self.where, self.papers = WhereList(), PapersCard(self.model)
        self.main.addWidget(self.where)
        self.main.addWidget(self.papers, 1)
        self.folder = ElidedText("", "second")
        self.main.addWidget(self.folder)
        self.devices = kit.devices
        self.devices.changed.connect(self._show_folder)
        self._show_folder()
        self.amounts = AmountBlock()
        amounts = Card(bare=True)
        amounts.add(self.amounts)
        self.change = ChangeCard(self.model)
        self.side.addWidget(amounts)
        self.side.addWidget(self.change, 1)
        self.model.changed.connect(self.refresh)

    def refresh(self) -> None:
        """What was settled, what goes over the counter."""
        if self.put_off(self.refresh):
            return
        case, view = self.model.case, self.model.view
        if case is None or view is None:
            return
        done = view.handed_over
        if case.step in (Step.HAND_OVER, Step.DONE):
            self.title.setText(tr(f"pages.hand_over.{_title(view)}"))
        else:
            self.title.setText(tr("pages.hand_over.taking_back"))
        at = time_text(view.settled_at, self.model.counter.clock.now()) if view.settled_at else ""
        word = "settled_at" if view.settlement_id else "paid_at"
        self.chip.set_chip(tr(f"pages.hand_over.{word}", time=at) if at else "", "ok")
        self.receipt.setText(tr("pages.hand_over.receipt", number=view.receipt_no))
        self.where.show_where(case.where)
        self.where.setVisible(bool(case.where))
        self.papers.show_papers(view.papers, view.bags)
        balance = ""
        if view.balance_after is not None:
            balance = tr("pages.settle.balance_after", amount=money_text(view.balance_after))
        self.amounts.show_amounts(view.amounts, notes=("", balance, tr("pages.settle.by_customer")))
        self.change.show_view(view)
        stage = (done, view.still_to_pay > ZERO)
        if stage != self._stage and self.isVisible():
            self.focus_first()
        self._stage = stage
        self.acts_changed.emit()

    def _show_folder(self) -> None:
        """Where the PDFs are, where a printer is a folder."""
        printers = (Thing.RECEIPT_PRINTER, Thing.PAGE_PRINTER)
        folders = dict.fromkeys(self.devices.state(thing).detail for thing in printers)
        words = tr("pages.hand_over.between").join(folder for folder in folders if folder)
        self.folder.setText(tr("pages.hand_over.kept_in", folder=words) if words else "")
        self.folder.setVisible(bool(words))

    def acts(self) -> tuple[Act, ...]:
        model, view = self.model, self.model.view
        papers = view.papers if view is not None else ()
        prints = tuple(
            Act(
                offer_key(n),
                tr(f"pages.paper.{paper.kind}"),
                partial(model.reprint, n),
                on=not model.held(paper),
            )
            for n, paper in enumerate(papers[:_OFFERS], 1)
        )
        if view is not None and view.bags and len(papers) < _OFFERS:
            bags = Act(offer_key(len(papers) + 1), tr("pages.hand_over.bags"), model.print_bags)
            prints = (*prints, bags)
        bind = Act(
            Key.BIND,
            self.change.bind_text() if model.rest else tr("pages.hand_over.key"),
            self.change.press,
            on=model.may_hand_over or model.may_take,
            look=Look.PRIMARY,
        )
        word = "reprint_key" if papers and papers[0].printed_at else "print_key"
        on = bool(papers) and not model.held(papers[0])
        again = Act(Key.PRINT, tr(f"pages.hand_over.{word}"), model.reprint, on=on)
        give_back = Act(
            Key.GIVE_BACK,
            tr("pages.hand_over.give_back"),
            model.give_back,
            on=model.may_give_back,
        )
        return (*prints, bind, again, give_back)

    def focus_first(self) -> None:
        """The next key is F12, or F2 once the goods are gone; Space presses either. What is still
        to be paid is typed first."""
        view = self.model.view
        if self.model.rest:
            self.change.cash.setFocus()
            return
        gone = view is not None and view.handed_over
        (self.change.next if gone else self.change.bind).setFocus()
