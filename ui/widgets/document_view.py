"""The prescription document, page by page, exactly the bytes that were verified."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.bridge import Bridge
from ui.text import tr
from ui.theme import tokens
from ui.widgets.basics import Text, clear_layout

ZOOMS = (50, 75, 100, 125, 150, 200, 300)
MOST_PAGES = 40
LEAST_PX = 200
SETTLE_MS = 150
"""How long a resize must rest before the pages are drawn anew."""
MOST_PIXELS = 24_000_000
"""A hostile page size must not eat the memory of a till."""


def load_renderer() -> None:
    """Load PDFium ahead of the first document, in the background: no window waits for it."""
    import pypdfium2  # noqa: F401 - loaded for those who come after


def render_page(content: bytes, index: int, width: int) -> tuple[QImage, int]:
    """Page ``index`` drawn ``width`` px wide, and the number of pages.

    Raises ``ValueError`` for bytes that are no PDF or a page beyond the end.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as refused:
        raise ValueError("not a readable document") from refused
    try:
        pages = len(document)
        if not 0 <= index < pages:
            raise ValueError("no such page")
        page = document[index]
        wide, tall = page.get_size()
        scale = width / wide
        if wide * scale * tall * scale > MOST_PIXELS:
            scale = (MOST_PIXELS / (wide * tall)) ** 0.5
        picture = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True).to_numpy()
        tall_px, wide_px = picture.shape[:2]
        image = QImage(
            picture.tobytes(), wide_px, tall_px, picture.strides[0], QImage.Format.Format_RGBX8888
        ).copy()
        return image, pages
    finally:
        document.close()


class _Sheet(QLabel):
    """One page on white paper."""

    def __init__(self, image: QImage, ratio: float) -> None:
        super().__init__()
        self._image = image
        self.setFixedSize(QSize(round(image.width() / ratio), round(image.height() / ratio)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().colour("bg.paper"))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.drawImage(QRect(0, 0, self.width(), self.height()), self._image)
        painter.end()


class DocumentView(QScrollArea):
    """A PDF rendered by a worker; paper is white in both themes.

    Anything else (an OFD, a damaged file) says so and emits ``unreadable``. Zoom by
    Ctrl + − 0 through ``zoom_in`` … ; PgUp and PgDn move by pages.
    """

    page_shown = Signal(int, int)
    """(page from 1, pages) after each page is drawn."""
    unreadable = Signal()

    def __init__(self, bridge: Bridge, lane: str = "desk", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._lane = bridge, lane
        self._content = b""
        self._zoom, self._turn, self._pages = 100, 0, 0
        self._room = 0
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(SETTLE_MS)
        self._resized.timeout.connect(self._refit)
        self._ground = QWidget()
        self._column = QVBoxLayout(self._ground)
        edge = tokens().px("gap.normal")
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(edge)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._ground)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName(tr("shell.document.title"))
        self._say("shell.document.none")

    def show_document(self, content: bytes) -> None:
        """Render ``content``; what is shown are these bytes and no others."""
        if content == self._content:
            return
        self._content = content
        self._pages = 0
        self._start()

    def clear(self) -> None:
        """No document."""
        self._content = b""
        self._turn += 1
        self._say("shell.document.none")

    def pages(self) -> int:
        """Pages of the document, 0 until the first one is drawn."""
        return self._pages

    def zoom_in(self) -> None:
        """One step closer."""
        self._set_zoom(next((z for z in ZOOMS if z > self._zoom), self._zoom))

    def zoom_out(self) -> None:
        """One step away."""
        self._set_zoom(next((z for z in reversed(ZOOMS) if z < self._zoom), self._zoom))

    def zoom_reset(self) -> None:
        """The width of the panel."""
        self._set_zoom(100)

    def _set_zoom(self, zoom: int) -> None:
        if zoom != self._zoom and self._content:
            self._zoom = zoom
            self._start()

    def _start(self) -> None:
        self._turn += 1
        self._say("shell.document.loading")
        self._render(0, self._turn)

    def _refit(self) -> None:
        bar = self.verticalScrollBar().sizeHint().width()
        room = max(LEAST_PX, self.width() - 2 * tokens().px("gap.normal") - bar)
        if self._content and self._pages and room != self._room:
            self._turn += 1
            self._render(0, self._turn)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: draw again once it rests; what is shown stays until then."""
        super().resizeEvent(event)
        self._resized.start()

    def _render(self, index: int, turn: int) -> None:
        ratio = self.devicePixelRatioF()
        bar = self.verticalScrollBar().sizeHint().width()
        room = max(LEAST_PX, self.width() - 2 * tokens().px("gap.normal") - bar)
        self._room = room
        content, width = self._content, round(room * self._zoom / 100 * ratio)

        def work() -> tuple[QImage, int] | None:
            try:
                return render_page(content, index, width)
            except ValueError:
                return None

        self._bridge.submit(self._lane, work, self._drawn(index, turn, ratio))

    def _drawn(
        self, index: int, turn: int, ratio: float
    ) -> Callable[[tuple[QImage, int] | None], None]:
        def show(result: tuple[QImage, int] | None) -> None:
            if turn != self._turn:
                return
            if result is None:
                self._say("shell.document.unreadable")
                self.unreadable.emit()
                return
            image, self._pages = result
            if index == 0:
                clear_layout(self._column)
            sheet = _Sheet(image, ratio)
            sheet.setAccessibleName(tr("shell.document.page", page=index + 1, pages=self._pages))
            self._column.addWidget(sheet)
            self.page_shown.emit(index + 1, self._pages)
            if index + 1 < min(self._pages, MOST_PAGES):
                self._render(index + 1, turn)

        return show

    def _say(self, key: str) -> None:
        clear_layout(self._column)
        words = Text(tr(key), "body", "muted", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), tokens().colour("bg.window"))
        painter.end()
        super().paintEvent(event)
