"""One table for every list of the house: rows made when they are seen, sorted by any column."""

from ui.widgets.table.rows import Head as Head
from ui.widgets.table.rows import Items as Items
from ui.widgets.table.rows import Line as Line
from ui.widgets.table.rows import Listed as Listed
from ui.widgets.table.view import RowsTable as RowsTable

__all__ = ["Head", "Items", "Line", "Listed", "RowsTable"]
