"""A panel over the right of the page: 各在哪里, or help. Not modal; scans and keys go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.keys import Act
from ui.text import tr
from ui.theme import tokens
from ui.widgets.basics import KeyCap, Text, clear_layout
from ui.widgets.card import Card

if TYPE_CHECKING:
    from app.workflow.views import CaseView
    from ui.widgets.people import WhereList

WIDTH_PX = 420


class HelpCard(Card):
    """What every key does here, with the reason where it is off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("shell.help.title"), tr("shell.help.keys"), parent=parent)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def show_acts(self, acts: tuple[Act, ...]) -> None:
        """One line per key."""
        clear_layout(self._grid)
        for row, act in enumerate(acts):
            self._grid.addWidget(KeyCap(act.key.value), row, 0)
            words = act.text if act.on or not act.why else f"{act.text} · {act.why}"
            self._grid.addWidget(Text(words, "body", "" if act.on else "faint", wrap=True), row, 1)


class SidePanel(QWidget):
    """Holds one card at a time at the right edge of its parent; hidden by Esc or the same key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # made when they are first asked for: the sign-in page does not wait for them
        self._where: WhereList | None = None
        self._help: HelpCard | None = None
        parent.installEventFilter(self)
        self.hide()

    def toggle_where(self, case: CaseView | None) -> None:
        """各在哪里 of the case on screen."""
        from ui.widgets.people import WhereList

        if self._where is None:
            self._where = WhereList(self)
            self._where.hide()
        if case is not None:
            self._where.show_where(case.where)
        self._toggle(self._where, self._help)

    def refresh(self, case: CaseView) -> None:
        """The case moved while the list is open."""
        if self._where is not None and self._where.isVisible():
            self._where.show_where(case.where)

    def toggle_help(self, acts: tuple[Act, ...]) -> None:
        """What the keys do now."""
        if self._help is None:
            self._help = HelpCard(self)
            self._help.hide()
        self._help.show_acts(acts)
        self._toggle(self._help, self._where)

    def _toggle(self, card: Card, other: Card | None) -> None:
        if card.isVisible():
            self.hide()
            return
        if other is not None:
            other.hide()
        card.show()
        self.show()
        self._place()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        cards = (made for made in (self._where, self._help) if made is not None)
        card = next((made for made in cards if made.isVisible()), None)
        if parent is None or card is None:
            return
        edge = tokens().px("gap.normal")
        wide = min(round(WIDTH_PX * tokens().px("icon.percent") / 100), parent.width() - 2 * edge)
        card.setFixedWidth(wide)
        tall = min(card.sizeHint().height(), parent.height() - 2 * edge)
        card.setFixedHeight(tall)
        self.setGeometry(parent.width() - wide - edge, edge, wide, tall)
        card.move(0, 0)
