"""SVG icons recoloured once per colour and size, and cached."""

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawn = (files("resources") / "icons" / f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(drawn.replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, colour: QColor, where: QRect | QRectF) -> None:
    """Draw an icon. Raises ``FileNotFoundError`` for one nobody drew."""
    _renderer(name, colour.name()).render(painter, QRectF(where))


def icon(name: str, colour: QColor, size: int) -> QIcon:
    """The icon for a window or a line edit, ``size`` logical px."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_icon(painter, name, colour, picture.rect())
    painter.end()
    return QIcon(picture)
