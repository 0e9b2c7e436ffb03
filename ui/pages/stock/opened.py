"""拆零: every opened box with what is left of it; pieces that went away are written off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from ui.formats import money_text, trace_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import PageKit, column
from ui.pages.stock.chosen_row import ChosenRowPage
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.viewmodels.opened import OpenedModel
from ui.widgets import ActButton, Card, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.choice import Choice
from ui.widgets.table import Head, Line

if TYPE_CHECKING:
    from app.workflow.goods.opened import OpenBoxRow
    from ui.viewmodels.stock import StockWork


RELEASE = 1


class OpenedPage(ChosenRowPage):
    """↑ ↓ choose a box, Enter goes through the fields, F12 writes the missing pieces off, Alt 1
    puts back what was returned."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("opened", _heads(), parent, note=tr("pages.opened.note"))
        self.model = OpenedModel(kit.counter, work, self)
        self._build_side()
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.model.booked.connect(lambda _booked: self.form.clear())
        self.refresh()

    def _build_side(self) -> None:
        self.kind = Choice(tr("pages.opened.kind"))
        self.kind.setPlaceholderText(tr("pages.opened.choose_kind"))
        self.kind.currentIndexChanged.connect(lambda _at: self._show_binding())
        self.form = Form("opened", ("keep", "reason"), across=2, widths={"keep": 1, "reason": 2})
        self.form.typed.connect(self._show_binding)
        self.away = Card(tr("pages.opened.away"))
        self.away.body.addLayout(column(Text(tr("pages.opened.kind"), "second"), self.kind))
        self.away.add(self.form)
        self.act = ActButton(tr("pages.opened.book"), Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.form.filled.connect(self.act.setFocus)
        self.release = ActButton(tr("pages.opened.release"), offer_key(RELEASE), "flat")
        self.release.clicked.connect(self._release)
        self.why, self.said = Text("", "second", wrap=True), Text("", "strong", "ok", wrap=True)
        self.side.addWidget(self.away)
        self.side.addStretch(1)
        for last in (self.said, self.why, self.release, self.act):
            self.side.addWidget(last)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model = self.model
        if model.kinds and not self.kind.count():
            for code, name in model.kinds.items():
                self.kind.addItem(name, code)
            # which it is, nobody guesses
            self.kind.setCurrentIndex(-1)
        empty = "none" if model.loaded else "loading"
        self.show_lines(tuple(_line(row) for row in model.rows), empty, model.front)
        self.card.set_chip(tr("pages.opened.count", count=len(model.rows)))
        last = model.last
        said = "released" if model.put_back else "booked"
        self.said.setText(tr(f"pages.opened.{said}", number=last.note_no) if last else "")
        if model.labels:
            name = model.labels[-1].replace("\\", "/").rsplit("/", 1)[-1]
            self.said.setText(tr("pages.opened.bag_printed", file=name))
        set_shown(self.said, bool(self.said.text()))
        box = model.box
        for part in (self.front, self.away):
            set_shown(part, box is not None)
        if box is not None:
            self.front.set_title(box.item.name, box.item.specification)
            self.facts.set_rows(_facts(box))
        self._show_binding()

    def chosen(self) -> None:
        key = self.table.key
        if isinstance(key, str):
            self.model.choose(key)

    def _show_binding(self) -> None:
        on, why = self._binding()
        self.act.setEnabled(on)
        box = self.model.box
        set_shown(self.release, box is not None and box.box.back > 0)
        self.release.setEnabled(self._releasing()[0])
        self.why.setText(why)
        set_shown(self.why, bool(why))
        self.acts_changed.emit()

    def _binding(self) -> tuple[bool, str]:
        texts, box = self.form.texts(), self.model.box
        if box is None:
            return False, ""
        if not (texts["keep"].isascii() and texts["keep"].isdigit()):
            return False, tr("pages.opened.why_keep", unit=box.item.piece_unit)
        if self.kind.currentIndex() < 0:
            return False, tr("pages.opened.why_kind")
        if not texts["reason"]:
            return False, tr("pages.stock_change.why_reason")
        return not self.model.busy, ""

    def _releasing(self) -> tuple[bool, str]:
        """Whether what came back can go into its box, and why not."""
        box = self.model.box
        if box is None or not box.box.back:
            return False, tr("pages.opened.why_no_back")
        if not self.form.texts()["reason"]:
            return False, tr("pages.opened.why_release")
        return not self.model.busy, ""

    # what is done

    def _release(self) -> None:
        if self._releasing()[0]:
            self.model.release(self.form.texts()["reason"])

    def _bind(self) -> None:
        texts = self.form.texts()
        if self._binding()[0]:
            kind = str(self.kind.currentData())
            self.model.write_off(kind, int(texts["keep"]), texts["reason"])

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code in (Code.REASON_MISSING, Code.PIECES_WRONG):
            self.form.blame("reason" if trouble.code is Code.REASON_MISSING else "keep")

    def acts(self) -> tuple[Act, ...]:
        on, why = self._binding()
        back, why_not = self._releasing()
        release = tr("pages.opened.release")
        return (
            Act(offer_key(RELEASE), release, self._release, back, why=why_not),
            Act(Key.ASK_AGAIN, tr("pages.overrides.again"), self.model.load),
            self._printing(),
            Act(Key.BIND, tr("pages.opened.book"), self._bind, on, Look.PRIMARY, why),
        )

    def _printing(self) -> Act:
        row = self.model.box
        sold = row is not None and row.box.sold > 0
        why = "" if sold else tr("pages.opened.why_bag")
        on = sold and not self.model.busy
        return Act(Key.PRINT, tr("pages.opened.bag"), self.model.print_bag, on, why=why)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _named(name: str) -> str:
    return tr(f"pages.opened.fact.{name}")


def _heads() -> tuple[Head, ...]:
    return (
        Head(_named("drug"), bold=True),
        Head(_named("code"), 190),
        Head(_named("lot"), 96),
        Head(_named("expiry"), 104),
        Head(_named("left"), 112, right=True),
    )


def _left(row: OpenBoxRow) -> str:
    unit = row.item.piece_unit
    return tr("pages.opened.left", left=row.box.left, size=row.box.size, unit=unit)


def _line(row: OpenBoxRow) -> Line:
    code, lot = trace_text(row.box.code), row.lot
    cells = (row.item.name, code, lot.lot_no, lot.expires_on.isoformat(), _left(row))
    state: State = "attention" if row.box.back else "ok"
    return Line(cells, state, row.box.code, orders=(*cells[:4], row.box.left))


def _facts(row: OpenBoxRow) -> tuple[tuple[str, str, Literal["", "attention"]], ...]:
    unit, box = row.item.piece_unit, row.box
    told: tuple[tuple[str, str, Literal["", "attention"]], ...] = (
        ("code", trace_text(box.code), ""),
        ("free", f"{box.free} {unit}", ""),
        ("in_sales", f"{row.in_sales} {unit}", ""),
        ("back", f"{box.back} {unit}", "attention" if box.back else ""),
        ("sold", f"{box.sold} {unit}", ""),
        ("value", money_text(row.value), ""),
    )
    return tuple((_named(name), words, state) for name, words, state in told)
