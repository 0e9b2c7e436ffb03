"""The camera's picture, in memory only, as large as its panel allows."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ports.devices import PreviewFrame
from ui.theme import font, tokens


class CameraPicture(QWidget):
    """Shows the newest frame; a sentence where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._sentence = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(tokens().px("height.scan") * 3)

    def show_frame(self, frame: PreviewFrame) -> None:
        """Draw ``frame`` until the next."""
        step = frame.width * 3
        self._image = QImage(
            frame.rgb, frame.width, frame.height, step, QImage.Format.Format_RGB888
        ).copy()
        self.update()

    @property
    def shows(self) -> bool:
        """Whether there is a picture to see."""
        return self._image is not None

    def say(self, sentence: str) -> None:
        """Nothing to see: say why."""
        self._image, self._sentence = None, sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().colour("bg.bar"))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._covered(self._image), self._image)
        elif self._sentence:
            painter.setPen(tokens().colour("text.bar.muted"))
            painter.setFont(font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self._sentence)
        painter.end()

    def _covered(self, image: QImage) -> QRectF:
        """Where the whole picture fits, centred; nothing of a code is ever cut off."""
        scale = min(self.width() / image.width(), self.height() / image.height())
        wide, tall = image.width() * scale, image.height() * scale
        return QRectF((self.width() - wide) / 2, (self.height() - tall) / 2, wide, tall)
