"""The table on a page: one row chosen, every column sorts, with the pointer and without."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ui.slices import Slices
from ui.text import tr
from ui.theme import tokens
from ui.widgets.table.painter import RowPainter, scaled
from ui.widgets.table.rows import MARK, Head, Items, Line, Rows, of_lines

LEAST = 108
"""Compact px: the head and two rows stay in sight however low the window is."""
_IN_SIGHT = QAbstractItemView.ScrollHint.PositionAtCenter
_MARK_WIDTH = 40
_FEW = 500
"""Rows that may be compared one by one while somebody waits."""


class SortHead(QHeaderView):
    """The heads; the one that Space sorts by is underlined while the table has the cursor."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.marked = -1
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFixedHeight(tokens().px("height.row"))

    def mark(self, section: int) -> None:
        self.marked = section
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        super().paintSection(painter, rect, logicalIndex)
        if logicalIndex == self.marked:
            thick = tokens().px("line.focus")
            below = QRect(rect.left(), rect.bottom() - thick + 1, rect.width(), thick)
            painter.fillRect(below, tokens().colour("focus"))


class RowsTable(QTableView):
    """↑ ↓ Home End choose a row, ← → a head, Space sorts by it and turns it round; Tab leaves."""

    sort_wanted = Signal(int, bool)
    """Column and whether downwards, where rows are put in order elsewhere."""

    def __init__(
        self,
        name: str,
        heads: Sequence[Head],
        *,
        tall: int = 0,
        sorts_here: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """``name`` is told to screen readers; ``tall`` in compact px, 0 for rows of one line."""
        super().__init__(parent)
        self.rows = Rows(heads, self)
        self._sorts_here = sorts_here
        self._shown: object = None
        self._wanted: object = None
        self._slices = Slices(self)
        self._coming: Items | None = None
        self.setModel(self.rows)
        px = scaled(tall) if tall else tokens().px("height.row")
        self.setItemDelegate(RowPainter(self.rows, px, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(name)
        self.setMinimumHeight(scaled(LEAST))
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(px)
        self._dress_heads(heads)

    def _dress_heads(self, heads: Sequence[Head]) -> None:
        self.head = SortHead(self)
        self.setHorizontalHeader(self.head)
        self.head.sectionClicked.connect(lambda section: self.sort_by(section - 1))
        for at, wide in enumerate((_MARK_WIDTH, *(one.width for one in heads))):
            fixed = QHeaderView.ResizeMode.Fixed if wide else QHeaderView.ResizeMode.Stretch
            self.head.setSectionResizeMode(at, fixed)
            if wide:
                self.setColumnWidth(at, scaled(wide))

    def sizeHint(self) -> QSize:
        """As low as it may get: it grows where there is room."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    # rows

    def show_lines(self, lines: Sequence[Line], key: object = None) -> None:
        """Other rows, and the one in front: ``key``, or what was there before, or the first.

        Nobody is told: who shows lines knows what stands in front.
        """
        given = tuple(lines)
        if given == self._shown:
            self._choose(key)
        else:
            self._take(given, of_lines(given), key)

    def show_items(self, items: Items, key: object = None) -> None:
        """The same for rows that are made into lines when they are seen."""
        if items is self._shown:
            self._choose(key)
        else:
            self._take(items, items, key)

    def _take(self, shown: object, items: Items, key: object) -> None:
        self._shown, self._wanted = shown, self.key if key is None else key
        if self.rows.sorted_by is not None and self._sorts_here:
            self._sort(items)
        else:
            self._slices.stop()
            self._put(items)

    def _put(self, items: Items) -> None:
        self._coming = None
        with QSignalBlocker(self.selectionModel()):
            if _same_places(self.rows.items, items):
                self.rows.swap(items)
            else:
                self.rows.show_items(items)
            if not self._bring(self._wanted) and len(items):
                self.selectRow(0)
        self.viewport().update()

    def _choose(self, key: object) -> None:
        if key is None or key == self.key:
            return
        self._wanted = key
        with QSignalBlocker(self.selectionModel()):
            self._bring(key)
        self.viewport().update()

    @property
    def key(self) -> object:
        """What the row in front is; None where there is none."""
        at = self.currentIndex().row()
        return self.rows.items.key(at) if 0 <= at < len(self.rows.items) else None

    def _bring(self, key: object) -> bool:
        at = self.rows.items.find(key) if key is not None else -1
        if at >= 0 and self.currentIndex().row() != at:
            self.selectRow(at)
            self.scrollTo(self.rows.index(at, 1), _IN_SIGHT)
        return at >= 0

    # order

    def sort_by(self, column: int, descending: bool | None = None) -> None:
        """Follow a column, ``MARK`` for the state; the same column again turns round."""
        if descending is None:
            now = self.rows.sorted_by
            descending = now is not None and now[0] == column and not now[1]
        self._wanted = self.key
        self._say_order(column, descending)
        if self._sorts_here:
            self._sort(self.rows.items if self._coming is None else self._coming)
        else:
            self.sort_wanted.emit(column, descending)

    @property
    def sorting(self) -> bool:
        """Rows are still being put in order."""
        return self._slices.running

    def _say_order(self, column: int, descending: bool) -> None:
        self.rows.show_order((column, descending))
        title = self.rows.heads[column].title if column != MARK else tr("shell.table.state")
        way = "down" if descending else "up"
        self.setAccessibleDescription(tr(f"shell.table.sorted_{way}", column=title))

    def _sort(self, items: Items) -> None:
        column, descending = self.rows.sorted_by or (MARK, False)
        self._coming = items
        self._slices.start(items.sorting(column, descending), self._sorted)

    def _sorted(self) -> None:
        if self._coming is not None:
            self._put(self._coming)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← → mark a head, Space sorts by it; everything else moves as in any list."""
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self.rows.items) - 1}
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            shown = [at for at in range(self.head.count()) if not self.head.isSectionHidden(at)]
            here = shown.index(self.head.marked) if self.head.marked in shown else -1
            self.head.mark(shown[max(0, min(here + step, len(shown) - 1))])
        elif event.key() == Qt.Key.Key_Space and self.head.marked >= 0:
            self.sort_by(self.head.marked - 1)
        elif (end := ends.get(Qt.Key(event.key()))) is not None:
            # Qt would go to the first cell of the same row, where nobody sees it
            self.selectRow(end)
        else:
            super().keyPressEvent(event)


def _same_places(before: Items, after: Items) -> bool:
    """Whether nothing moved, so that the list need not jump."""
    count = len(after)
    return count == len(before) <= _FEW and all(
        before.key(at) == after.key(at) is not None for at in range(count)
    )
