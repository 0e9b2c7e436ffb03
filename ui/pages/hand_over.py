"""交付: give the change, the papers and the goods; then the next customer."""

from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.case import Step
from app.domain.money import ZERO
from app.workflow.views.case import HandOverView, PrintRow
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit, boxed, column, row
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
        self._shown: tuple[tuple[PrintRow, ...], int] | None = None

    def show_papers(self, papers: tuple[PrintRow, ...], bags: int) -> None:
        """``bags``: parts of boxes, each with a label to be printed for its bag."""
        if (papers, bags) == self._shown:
            return
        self._shown = (papers, bags)
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
        if paper.waiting:
            said = tr("pages.hand_over.waits_for_paper")
        elif paper.printed_at is not None:
            at = time_text(paper.printed_at, self._model.counter.clock.now())
            said = tr("pages.hand_over.printed", time=at, copies=paper.copies)
        else:
            said = tr("pages.hand_over.not_printed")
        word = "print" if paper.printed_at is None else "reprint"
        again = ActButton(tr(f"pages.hand_over.{word}"), offer_key(number))
        again.clicked.connect(lambda: self._model.reprint(number))
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
        left = column(Text(tr("pages.settle.cash"), "second"), self.received)
        self.body.addLayout(row(left, None, column(self.change_word, self.change)))
        self.note = Text("", "second", wrap=True)
        self.bind = ActButton("", Key.BIND, "primary", height="binding")
        self.bind.clicked.connect(model.hand_over)
        self.next = ActButton(tr("pages.hand_over.next"), Key.NEXT, "primary", height="primary")
        self.next.clicked.connect(model.counter.next_customer)
        self.give_back = ActButton(tr("pages.hand_over.give_back"), Key.GIVE_BACK)
        self.give_back.clicked.connect(model.give_back)
        self.body.addStretch(1)
        for part in (self.give_back, self.note, self.bind, self.next):
            self.add(part)

    def show_view(self, view: HandOverView) -> None:
        free = view.amounts.cash == ZERO and view.cash_received is None
        self.received.setText(money_text(ZERO if free else view.cash_received))
        self.change.setText(money_text(ZERO if free else view.change))
        done = view.handed_over
        self.note.setText(tr("pages.hand_over.done_note" if done else "pages.hand_over.note"))
        self.bind.set_text(tr("pages.hand_over.hand_over"))
        self.bind.setVisible(not done)
        self.bind.setEnabled(self._model.may_hand_over)
        self.next.setVisible(done)
        self.give_back.setVisible(view.may_give_back)
        self.give_back.setEnabled(self._model.may_give_back)


class HandOverPage(ColumnsPage):
    """F12 records that the goods went over the counter; F9 and Alt n print."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("hand_over", 372, parent)
        self.model = HandOverModel(kit.counter, self)
        self._gone = False
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
            self.title.setText(
                tr("pages.hand_over.finished" if done else "pages.hand_over.settled")
            )
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
        if done and not self._gone and self.isVisible():
            self.focus_first()
        self._gone = done
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
            Act(offer_key(n), tr(f"pages.paper.{paper.kind}"), partial(model.reprint, n))
            for n, paper in enumerate(papers[:_OFFERS], 1)
        )
        if view is not None and view.bags and len(papers) < _OFFERS:
            bags = Act(offer_key(len(papers) + 1), tr("pages.hand_over.bags"), model.print_bags)
            prints = (*prints, bags)
        bind = Act(
            Key.BIND,
            tr("pages.hand_over.key"),
            model.hand_over,
            on=model.may_hand_over,
            look=Look.PRIMARY,
        )
        word = "reprint_key" if papers and papers[0].printed_at else "print_key"
        again = Act(Key.PRINT, tr(f"pages.hand_over.{word}"), model.reprint, on=bool(papers))
        give_back = Act(
            Key.GIVE_BACK,
            tr("pages.hand_over.give_back"),
            model.give_back,
            on=model.may_give_back,
        )
        return (*prints, bind, again, give_back)

    def focus_first(self) -> None:
        """The next key is F12, or F2 once the goods are gone; Space presses either."""
        view = self.model.view
        gone = view is not None and view.handed_over
        (self.change.next if gone else self.change.bind).setFocus()
