"""The rail on desk pages: the visit in hand on top, then the pages in groups; where you are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.keys import Key
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets.basics import ElidedText, KeyCap, StateMark, Text, set_shown
from ui.widgets.buttons import LaidButton

if TYPE_CHECKING:
    from app.workflow.views.case import CaseView

GROUPS: tuple[tuple[str, tuple[tuple[str, Key], ...]], ...] = (
    (
        "today",
        (
            ("overview", Key.OVERVIEW),
            ("waiting", Key.FIND),
            ("queue", Key.QUEUE),
            ("open_items", Key.OPEN_ITEMS),
            ("parcels", Key.PARCELS),
            ("money", Key.MONEY),
            ("stock_day", Key.STOCK_DAY),
            ("day_end", Key.DAY_END),
        ),
    ),
    (
        "goods",
        (
            ("goods_in", Key.GOODS_IN),
            ("stock_count", Key.COUNT),
            ("stock_change", Key.CHANGE),
            ("shelf", Key.SHELF),
            ("opened", Key.OPEN_BOXES),
            ("buyer", Key.BUYER),
            ("overrides", Key.OVERRIDES),
            ("records", Key.RECORDS),
            ("prefixes", Key.PREFIXES),
            ("stock_limits", Key.STOCK_LIMITS),
        ),
    ),
    (
        "care",
        (
            ("catalogue", Key.CATALOGUE),
            ("devices", Key.DEVICES),
            ("staff", Key.STAFF),
            ("referee", Key.REFEREE),
        ),
    ),
)
"""Desk pages by group, with the key that opens each; those without a page are left out."""
INSIDE = {"decide": "open_items"}
"""Pages that belong to a line of another page."""


class VisitCard(LaidButton):
    """Whose visit waits at the counter, and at which step; Esc goes back to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = StateMark("unknown", 14)
        self._who, self._what = ElidedText("", "strong"), ElidedText("", "note")
        cap = KeyCap(Key.BACK.value)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._who)
        words.addWidget(self._what)
        self._words = QWidget()
        self._words.setLayout(words)
        words.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        tight = tokens().px("gap.small")
        row.setContentsMargins(tight, tight, tight, tight)
        row.setSpacing(tokens().px("gap.tight"))
        for part in (self._mark, self._words, cap):
            row.addWidget(part, 1 if part is self._words else 0)
        self.face(self._mark, self._words, self._who, self._what, cap)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_case(self, case: CaseView | None) -> None:
        """Name and step; violet where its money or its record is not known."""
        who = case.patient.name if case is not None and case.patient is not None else ""
        nobody = "self_pay" if case is not None and case.route == "self_pay" else "waiting"
        unknown = case is not None and (case.unknown is not None or case.phase.value == "unknown")
        step = tr(f"shell.step.{case.step.value}") if case is not None else ""
        # beside the mark there is room for a name, not for the word before it
        whose = (
            who
            if unknown and who
            else tr("shell.desk.visit", name=who or tr(f"shell.strip.{nobody}"))
        )
        self._who.setText(whose)
        self._what.setText(tr("shell.desk.unknown", step=step) if unknown else step)
        set_shown(self._mark, unknown)
        set_state(self, visit="unknown" if unknown else "plain")
        self.setAccessibleName(tr("shell.desk.back"))
        self.setAccessibleDescription(f"{self._who.full_text()} {self._what.full_text()}")

    def set_narrow(self, narrow: bool) -> None:
        """The key alone."""
        set_shown(self._words, not narrow)
        layout = self.layout()
        if layout is not None:
            edge = 0 if narrow else tokens().px("gap.small")
            layout.setContentsMargins(edge, 0, edge, 0)


class DeskItem(LaidButton):
    """One page: its name, what needs a person there, its key."""

    def __init__(self, name: str, key: Key, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.key, self._narrow = name, key, False
        self._word, self._count = ElidedText(tr(f"shell.desk.page.{name}")), Text("", "strong")
        cap = KeyCap(key.value)
        row = QHBoxLayout(self)
        small = tokens().px("gap.small")
        row.setContentsMargins(tokens().px("gap.normal"), 0, small, 0)
        row.setSpacing(small)
        row.addWidget(self._word, 1)
        row.addWidget(self._count)
        row.addWidget(cap)
        self.face(self._word, self._count, cap)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_item(self, *, here: bool, count: int) -> None:
        """``count`` is what waits there; 0 says nothing."""
        self._count.setText(str(count) if count else "")
        set_shown(self._count, bool(count) and not self._narrow)
        set_state(self, here="true" if here else "false")
        set_state(self._word, bold="true" if here else "false")
        said = tr("shell.desk.here", page=self._word.full_text()) if here else ""
        self.setAccessibleName(said or self._word.full_text())
        self.setAccessibleDescription(str(count) if count else "")

    def set_narrow(self, narrow: bool) -> None:
        """The key alone."""
        set_shown(self._word, not narrow)
        set_shown(self._count, not narrow and bool(self._count.text()))
        self._narrow = narrow
        layout = self.layout()
        if layout is not None:
            small = tokens().px("gap.tight" if narrow else "gap.small")
            left = 0 if narrow else tokens().px("gap.normal")
            layout.setContentsMargins(left, 0, small, 0)


class DeskRail(QScrollArea):
    """The visit, and the pages there are; scrolls where the window is low."""

    key_pressed = Signal(object)
    """The ``Key`` of what was pressed."""

    def __init__(self, pages: frozenset[str], parent: QWidget | None = None) -> None:
        """``pages`` are the names of the pages this counter has."""
        super().__init__(parent)
        self.setAccessibleName(tr("shell.rail.pages"))
        self.visit = VisitCard()
        self.visit.clicked.connect(lambda: self.key_pressed.emit(Key.SCAN_FIELD))
        self.items: dict[str, DeskItem] = {}
        self._here = ""
        self._heads: list[Text] = []
        inside = QWidget()
        column = QVBoxLayout(inside)
        small = tokens().px("gap.small")
        column.setContentsMargins(0, small, 0, 0)
        column.setSpacing(0)
        framed = QHBoxLayout()
        framed.setContentsMargins(small, 0, small, 0)
        framed.addWidget(self.visit)
        column.addLayout(framed)
        for group, entries in GROUPS:
            self._add_group(column, group, [entry for entry in entries if entry[0] in pages])
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _add_group(self, column: QVBoxLayout, group: str, entries: list[tuple[str, Key]]) -> None:
        if not entries:
            return
        head = Text(tr(f"shell.desk.group.{group}"), "note")
        head.setContentsMargins(
            tokens().px("gap.normal"), tokens().px("gap.normal"), 0, tokens().px("gap.tight")
        )
        self._heads.append(head)
        column.addWidget(head)
        for name, key in entries:
            item = DeskItem(name, key)
            item.clicked.connect(lambda _checked=False, key=key: self.key_pressed.emit(key))
            self.items[name] = item
            column.addWidget(item)

    def show_place(self, page: str, case: CaseView | None, counts: Mapping[str, int]) -> None:
        """Which page is in front, whose visit waits, what waits where."""
        self.visit.show_case(case)
        here = INSIDE.get(page, page)
        for name, item in self.items.items():
            item.show_item(here=name == here, count=counts.get(name, 0))
        if here in self.items and here != self._here:
            self._here = here
            QTimer.singleShot(0, self, self._bring_into_view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._bring_into_view)

    def _bring_into_view(self) -> None:
        """Where one is, also in a low window whose list is longer than it."""
        item = self.items.get(self._here)
        if item is None:
            return
        if item.geometry().bottom() < self.viewport().height():
            # the visit on top stays in sight wherever it can
            self.verticalScrollBar().setValue(0)
        else:
            self.ensureWidgetVisible(item, 0, tokens().px("gap.small"))

    def set_narrow(self, narrow: bool) -> None:
        """Keys only."""
        self.visit.set_narrow(narrow)
        bar = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(bar.ScrollBarAlwaysOff if narrow else bar.ScrollBarAsNeeded)
        for item in self.items.values():
            item.set_narrow(narrow)
        for head in self._heads:
            set_shown(head, not narrow)
