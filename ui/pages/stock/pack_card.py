"""拆零比 of the drug in front: pieces in a pack, their name, and whether the store splits it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from app.domain.errors import Code, Trouble
from app.domain.goods.parts import MOST_PIECES
from ui.pages.parts import column
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.viewmodels.pack import PackModel
from ui.widgets import Text
from ui.widgets.basics import set_shown

_FIELDS = ("pieces", "piece_unit")


class PackCard(QWidget):
    """Seen while somebody sets it; F12 of the page keeps it, Esc leaves it as it was."""

    def __init__(self, model: PackModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._shown_for: int | None = None
        self.form = Form("pack", _FIELDS, across=2)
        self.splits = QCheckBox(tr("pages.pack.splits"))
        self.note = Text(tr("pages.pack.note", most=MOST_PIECES), "second", wrap=True)
        title = Text(tr("pages.pack.title"), "strong")
        self.setLayout(column(title, self.note, self.form, self.splits, space="tight"))
        model.refused.connect(self._refused)
        self.setVisible(False)

    def refresh(self) -> None:
        """The drug in front of the model, with what stands there now."""
        item = self._model.item
        set_shown(self, item is not None)
        wanted = item.item_id if item is not None else None
        if wanted == self._shown_for:
            return
        self._shown_for = wanted
        self.form.clear()
        if item is None:
            return
        if item.pieces > 1:
            self.form.inputs["pieces"].setText(str(item.pieces))
        self.form.inputs["piece_unit"].setText(item.piece_unit)
        self.splits.setChecked(item.splits)
        self.form.inputs["pieces"].setFocus()
        self.form.inputs["pieces"].selectAll()

    def missing(self) -> str:
        """Why it cannot be kept yet; empty where it can."""
        texts = self.form.texts()
        digits = texts["pieces"]
        plain = digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_PIECES))
        if not plain or not 2 <= int(digits) <= MOST_PIECES:
            return tr("pages.pack.why_pieces", most=MOST_PIECES)
        return "" if texts["piece_unit"] else tr("pages.pack.why_unit")

    def keep(self) -> None:
        texts = self.form.texts()
        if not self.missing():
            splits = self.splits.isChecked()
            self._model.keep(int(texts["pieces"]), texts["piece_unit"], splits=splits)

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.PACK_SIZE_WRONG:
            self.form.blame(str(trouble.params.get("field", "pieces")))
