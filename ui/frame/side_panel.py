"""A panel over the right of the page: 各在哪里, help, or what was said lately.

Not modal; scans and keys go on.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from ui.frame.notices import Notice, NoticesCard
from ui.keys import Act
from ui.text import tr
from ui.theme import tokens
from ui.widgets.basics import KeyCap, Text, clear_layout
from ui.widgets.card import Card

if TYPE_CHECKING:
    from app.workflow.views.case import CaseView
    from ui.widgets.people import WhereList

WIDTH_PX = 420
AnyCard = TypeVar("AnyCard", bound=Card)


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


class SidePanel(QScrollArea):
    """Holds one card at a time at the right edge of its parent; hidden by Esc or the same key.

    Where the window is low it scrolls.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # made when they are first asked for: the sign-in page does not wait for them
        self._where: WhereList | None = None
        self._help: HelpCard | None = None
        self._notices: NoticesCard | None = None
        self._inside = QWidget()
        self.setWidget(self._inside)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parent.installEventFilter(self)
        self.hide()

    def toggle_where(self, case: CaseView | None) -> None:
        """各在哪里 of the case on screen."""
        from ui.widgets.people import WhereList

        if self._where is None:
            self._where = self._housed(WhereList())
        if case is not None:
            self._where.show_where(case.where)
        self._toggle(self._where)

    def refresh(self, case: CaseView) -> None:
        """The case moved while the list is open."""
        if self._where is not None and self._where.isVisible():
            self._where.show_where(case.where)

    def toggle_help(self, acts: tuple[Act, ...]) -> None:
        """What the keys do now."""
        if self._help is None:
            self._help = self._housed(HelpCard())
        self._help.show_acts(acts)
        self._toggle(self._help)

    def toggle_notices(self, notices: tuple[Notice, ...], now: datetime) -> None:
        """What was said lately; ``now`` is the platform's time."""
        if self._notices is None:
            self._notices = self._housed(NoticesCard())
        self._notices.show_notices(notices, now)
        self._toggle(self._notices)

    def turn_page(self, by: int) -> None:
        """A page up (−1) or down (+1), where there is more to see."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + by * bar.pageStep())

    def _housed(self, card: AnyCard) -> AnyCard:
        card.setParent(self._inside)
        card.hide()
        return card

    def _cards(self) -> tuple[Card, ...]:
        made = (self._where, self._help, self._notices)
        return tuple(card for card in made if card is not None)

    def _toggle(self, card: Card) -> None:
        if card.isVisible():
            self.hide()
            card.hide()
            return
        for other in self._cards():
            other.setVisible(other is card)
        self.show()
        self._place()
        self.verticalScrollBar().setValue(0)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible() and watched is self.parent():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        card = next((made for made in self._cards() if made.isVisible()), None)
        if parent is None or card is None:
            return
        edge = tokens().px("gap.normal")
        wide = min(round(WIDTH_PX * tokens().px("icon.percent") / 100), parent.width() - 2 * edge)
        most = parent.height() - 2 * edge
        inner, tall = wide, _height_of(card, wide)
        if tall > most:
            inner = wide - self.verticalScrollBar().sizeHint().width()
            tall = _height_of(card, inner)
        card.setGeometry(0, 0, inner, tall)
        self._inside.resize(inner, tall)
        self.setGeometry(parent.width() - wide - edge, edge, wide, min(tall, most))


def _height_of(card: Card, wide: int) -> int:
    """How tall a card is whose sentences wrap at ``wide`` px."""
    card.ensurePolished()
    wanted = card.heightForWidth(wide) if card.hasHeightForWidth() else card.sizeHint().height()
    return max(wanted, card.minimumSizeHint().height())
