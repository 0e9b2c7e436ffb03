"""The training look: standing banner and 训练 across every page. Blue is used for nothing else."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.keys import Key
from ui.text import tr
from ui.theme import font, tokens
from ui.widgets.basics import Chip, ElidedText, StateMark, Text, set_shown
from ui.widgets.buttons import ActButton

OPACITY = 0.08
BORDER_PX = 4


class TrainingBar(QFrame):
    """Standing words: what is false here and the way out; the running scenario at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens().px("gap.inner"), 0, tokens().px("gap.normal"), 0)
        row.setSpacing(tokens().px("gap.small"))
        self._scenario = Chip(mark=False)
        row.addWidget(StateMark("training", 20))
        row.addWidget(Text(tr("shell.banner.training"), "panel", "training"))
        row.addWidget(ElidedText(tr("shell.banner.training_what"), "body"), 1)
        row.addWidget(self._scenario)
        self._table = ActButton(tr("training.table"), Key.TABLE, "flat")
        self._table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_shown(self._table, False)
        row.addWidget(self._table)
        self._scenario.set_chip("")
        self.setFixedHeight(tokens().px("height.head"))

    def offer_table(self, press: Callable[[], None]) -> None:
        """Show the button that opens the training table."""
        self._table.clicked.connect(lambda _checked=False: press())
        set_shown(self._table, True)

    def show_table_button(self, shown: bool) -> None:
        """The button goes while the table lies open; it folds by a button of its own."""
        set_shown(self._table, shown)

    def show_scenario(self, name: str) -> None:
        """Name of what is being practised; empty for none."""
        self._scenario.set_chip(tr("shell.banner.training_scenario", name=name) if name else "")


class Watermark(QWidget):
    """训练 drawn diagonally over its parent; takes no input and follows its size."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parent.installEventFilter(self)
        self.setGeometry(parent.rect())
        self._drawn: QImage | None = None
        self._drawn_for: tuple[object, ...] = ()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay on top and as large as the parent."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ChildAdded):
            parent = self.parentWidget()
            if parent is not None:
                self.setGeometry(parent.rect())
                self.raise_()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        # it lies over everything, so every repaint below comes by here: drawn once, then copied
        theme, ratio = tokens(), self.devicePixelRatioF()
        wanted = (self.width(), self.height(), ratio, theme.shade, theme.density)
        if self._drawn is None or wanted != self._drawn_for:
            self._drawn, self._drawn_for = self._draw(ratio), wanted
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.drawImage(0, 0, self._drawn)
        painter.end()

    def _draw(self, ratio: float) -> QImage:
        size = (round(self.width() * ratio), round(self.height() * ratio))
        picture = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(OPACITY)
        painter.setPen(tokens().colour("training.fg"))
        big = font("amount_huge")
        big.setPixelSize(tokens().px("font.amount_huge") * 2)
        painter.setFont(big)
        word = tr("shell.banner.training").rstrip("：")
        wide = painter.fontMetrics().horizontalAdvance(word) + big.pixelSize() * 2
        tall = big.pixelSize() * 3
        painter.translate(self.width() / 2, self.height() / 2)
        painter.rotate(-20)
        reach = self.width() + self.height()
        for row, top in enumerate(range(-reach, reach, tall)):
            for left in range(-reach, reach, wide):
                painter.drawText(QPointF(left + (wide / 2 if row % 2 else 0), top), word)
        painter.end()
        return picture
