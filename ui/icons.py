"""SVG icons recoloured once per colour and size, and cached."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from resources import FOLDER


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawn = (FOLDER / "icons" / f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(drawn.replace("currentColor", colour).encode()))


@lru_cache(maxsize=512)
def _picture(name: str, colour: str, wide: int, tall: int, ratio: float) -> QImage:
    """Drawn once: a window repaints its icons far more often than they change."""
    size = (max(1, round(wide * ratio)), max(1, round(tall * ratio)))
    picture = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _renderer(name, colour).render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def paint_icon(painter: QPainter, name: str, colour: QColor, where: QRect | QRectF) -> None:
    """Draw an icon. Raises ``FileNotFoundError`` for one nobody drew."""
    room = where.toAlignedRect() if isinstance(where, QRectF) else where
    ratio = painter.device().devicePixelRatioF()
    painter.drawImage(
        room.topLeft(), _picture(name, colour.name(), room.width(), room.height(), ratio)
    )


def icon(name: str, colour: QColor, size: int) -> QIcon:
    """The icon for a window or a line edit, ``size`` logical px."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_icon(painter, name, colour, picture.rect())
    painter.end()
    return QIcon(picture)
