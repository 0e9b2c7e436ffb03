"""The training look: standing banner and 训练 across every page. Blue is used for nothing else."""

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QTransform
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.keys import Key
from ui.text import tr
from ui.theme import font, tokens
from ui.widgets.basics import ElidedText, StateMark, Text, set_shown
from ui.widgets.buttons import ActButton

OPACITY = 0.08
TILT_DEGREES = -20
BORDER_PX = 4


class TrainingBar(QFrame):
    """Standing words: what is false here and the way out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens().px("gap.inner"), 0, tokens().px("gap.normal"), 0)
        row.setSpacing(tokens().px("gap.small"))
        row.addWidget(StateMark("training", 20))
        row.addWidget(Text(tr("shell.banner.training"), "panel", "training"))
        row.addWidget(ElidedText(tr("shell.banner.training_what"), "body"), 1)
        self._table = ActButton(tr("training.table"), Key.TABLE, "flat")
        self._table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_shown(self._table, False)
        row.addWidget(self._table)
        self.setFixedHeight(tokens().px("height.head"))

    def offer_table(self, press: Callable[[], None]) -> None:
        """Show the button that opens the training table."""
        self._table.clicked.connect(lambda _checked=False: press())
        set_shown(self._table, True)

    def show_table_button(self, shown: bool) -> None:
        """The button goes while the table lies open; it folds by a button of its own."""
        set_shown(self._table, shown)


class Watermark(QWidget):
    """训练 drawn diagonally over its parent; takes no input and follows its size."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parent.installEventFilter(self)
        self.setGeometry(parent.rect())
        self._stamp = QImage()
        self._places: tuple[QPoint, ...] = ()
        self._made_for: tuple[object, ...] = ()

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
        if wanted != self._made_for:
            self._make(ratio)
            self._made_for = wanted
        dirty, mark = event.rect(), QRect(QPoint(), self._stamp.deviceIndependentSize().toSize())
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        for place in self._places:
            mark.moveTopLeft(place)
            if mark.intersects(dirty):
                painter.drawImage(place, self._stamp)
        painter.end()

    def _make(self, ratio: float) -> None:
        """One tilted word, and where it is put: rows of it, every other one half a step aside."""
        big = font("amount_huge")
        big.setPixelSize(tokens().px("font.amount_huge") * 2)
        word, metrics = tr("shell.banner.training").rstrip("："), QFontMetrics(big)
        tilt = QTransform().rotate(TILT_DEGREES)
        size = QSizeF(metrics.horizontalAdvance(word), metrics.height())
        room = tilt.mapRect(QRectF(QPointF(0, -metrics.ascent()), size)).toAlignedRect()
        self._stamp = self._draw(word, big, room, ratio)
        wide, tall = round(size.width()) + big.pixelSize() * 2, big.pixelSize() * 3
        # from the middle as far as the corners, wherever the tilt turns them
        reach = round(math.hypot(self.width(), self.height()) / 2) + wide
        placed = QTransform.fromTranslate(self.width() / 2, self.height() / 2)
        placed.rotate(TILT_DEGREES)
        starts = (
            QPoint(left + (wide // 2 if row % 2 else 0), top)
            for row, top in enumerate(range(-reach, reach, tall))
            for left in range(-reach, reach, wide)
        )
        corners = (placed.map(start) + room.topLeft() for start in starts)
        self._places = tuple(
            corner for corner in corners if QRect(corner, room.size()).intersects(self.rect())
        )

    def _draw(self, word: str, big: QFont, room: QRect, ratio: float) -> QImage:
        size = (round(room.width() * ratio), round(room.height() * ratio))
        picture = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(OPACITY)
        painter.setPen(tokens().colour("training.fg"))
        painter.setFont(big)
        painter.translate(-room.topLeft())
        painter.rotate(TILT_DEGREES)
        painter.drawText(QPointF(), word)
        painter.end()
        return picture
