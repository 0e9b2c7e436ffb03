"""A list with the chosen row told in full beside it: the body of the back room's plain lists."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from ui.pages.parts import FOLD_LISTS_BELOW, LIST_LEAST, ColumnsPage, scaled
from ui.text import tr
from ui.widgets import Card, EmptyState, FactRows
from ui.widgets.basics import set_shown
from ui.widgets.table import Head, Line, RowsTable

Row = TypeVar("Row")


class ChosenRowPage(ColumnsPage):
    """Table left, facts of one row right; a line's key is its place among the rows.

    A page fills ``side`` below ``front``, and says in ``chosen`` what the row in front changes.
    """

    fold_below = FOLD_LISTS_BELOW

    def __init__(
        self, name: str, heads: tuple[Head, ...], parent: QWidget | None = None, *, note: str = ""
    ) -> None:
        """``name`` is the page's, and the group its words stand under (``pages.NAME.title``);
        ``note`` is said beside the title."""
        super().__init__(name, 372, parent)
        self.card = Card(tr(f"pages.{name}.title"), note, bare=True)
        self.table = RowsTable(tr(f"pages.{name}.title"), heads)
        self.none = EmptyState("", "")
        self.card.add(self.table, 1)
        self.card.add(self.none)
        self.main.addWidget(self.card, 1)
        self.front, self.facts = Card(tr(f"pages.{name}.front")), FactRows()
        self.front.add(self.facts)
        self.side.addWidget(self.front)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _then: self.chosen())

    def fold(self, folded: bool) -> None:
        super().fold(folded)
        self.table.setMinimumHeight(scaled(LIST_LEAST) if folded else 0)

    def in_front(self, rows: Sequence[Row]) -> Row | None:
        """The one of ``rows`` that is chosen; None where there is none."""
        key = self.table.key
        return rows[key] if isinstance(key, int) and key < len(rows) else None

    def show_lines(
        self, lines: tuple[Line, ...], empty: str, front: str | int | None = None
    ) -> None:
        """The list as it is now, the line of key ``front`` chosen where one is given; ``empty``
        names the words for a list without rows."""
        self.table.show_lines(lines, front)
        set_shown(self.table, bool(lines))
        set_shown(self.none, not lines)
        group = f"pages.{self.name}.{empty}"
        self.none.set_texts(tr(group), tr(f"{group}_note"))

    @abstractmethod
    def chosen(self) -> None:
        """Another row stands in front."""
