"""The one banner under the strip, and the same words inside a drug line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.workflow.views.states import BannerKind
from ui.errors import sentences
from ui.keys import offer_cap
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets.basics import Chip, State, StateMark, Text, Tone, clear_layout, set_shown
from ui.widgets.buttons import ActButton, Kind
from ui.widgets.flow import FlowLayout

if TYPE_CHECKING:
    from app.workflow.views.case import BannerView

LOOKS: dict[BannerKind, State] = {
    BannerKind.UNKNOWN: "unknown",
    BannerKind.STOP: "stop",
    BannerKind.ATTENTION: "attention",
    BannerKind.CALM: "plain",
    BannerKind.HEALED: "ok",
}
STACKED_BELOW = 560
"""Compact px of width below which words and offers do not fit beside each other."""
_TONES: dict[BannerKind, Tone] = {
    BannerKind.UNKNOWN: "unknown",
    BannerKind.STOP: "stop",
    BannerKind.ATTENTION: "attention",
    BannerKind.CALM: "strong",
    BannerKind.HEALED: "ok",
}


class Banner(QFrame):
    """What happened · what to do · code, with offers as buttons that carry their keys.

    ``inline`` draws the tint without the 6 px edge, for a message that belongs to a line;
    ``mute`` leaves the offers out where the page has its own.
    """

    offered = Signal(str)
    """Name of the offer that was pressed."""

    def __init__(
        self, *, inline: bool = False, mute: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("inline", "true" if inline else "false")
        self._inline, self._mute = inline, mute
        self._shown: tuple[BannerView | None, int] | None = None
        self._offered: tuple[str, ...] | None = None
        self.works: Callable[[tuple[str, ...]], tuple[str, ...]] = tuple
        """Which of the offers of a banner do something on the page in front."""
        self.hide()

    def _furnish(self) -> None:
        # with the first words: most banners never have any
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        inner = tokens().px("gap.inner")
        self._whole.setContentsMargins(inner, 6, tokens().px("gap.normal"), 6)
        self._whole.setSpacing(tokens().px("gap.normal"))
        said = QHBoxLayout()
        said.setSpacing(tokens().px("gap.normal"))
        self._mark = StateMark(size=20 if not self._inline else 16)
        self._happened = Text(role="panel", wrap=True)
        self._remedy = Text(role="second", tone="body", wrap=True)
        self._quoted = Text(role="note", tone="muted", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        for part in (self._happened, self._remedy, self._quoted):
            words.addWidget(part)
        words.addStretch(1)
        self._more = Text(role="note", tone="muted")
        self._code = Chip(mark=False)
        self._offers = FlowLayout(gap=tokens().px("gap.small"))
        self._beside = QWidget()
        self._beside.setLayout(self._offers)
        said.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        said.addLayout(words, 1)
        said.addWidget(self._more)
        said.addWidget(self._code)
        self._whole.addLayout(said, 1)
        self._whole.addWidget(self._beside, 0, Qt.AlignmentFlag.AlignVCenter)
        self._stack()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow column the offers stand below the words, which keep the whole width."""
        super().resizeEvent(event)
        if self.layout() is not None:
            self._stack()

    def _stack(self) -> None:
        narrow = 0 < self.width() < STACKED_BELOW * tokens().px("icon.percent") / 100
        wanted = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._whole.direction() is not wanted:
            self._whole.setDirection(wanted)
            centre = Qt.AlignmentFlag(0) if narrow else Qt.AlignmentFlag.AlignVCenter
            self._whole.setAlignment(self._beside, centre)

    def show_banner(self, banner: BannerView | None, more: int = 0) -> None:
        """Render, or hide for None; ``more`` others wait."""
        if self._shown == (banner, more):
            return
        self._shown = (banner, more)
        if banner is None:
            self.hide()
            return
        if self.layout() is None:
            self._furnish()
        said = sentences(banner.code, banner.params)
        quoted = banner.platform_text.strip()
        self._happened.setText(said.happened)
        self._remedy.setText(said.remedy)
        self._quoted.setText(tr("shell.banner.quoted", text=quoted) if quoted else "")
        set_shown(self._quoted, bool(quoted))
        self._happened.set_tone(_TONES[banner.kind])
        self._mark.set_mark(LOOKS[banner.kind])
        self._code.set_chip(str(banner.code), LOOKS[banner.kind])
        self._more.setText(tr("shell.banner.more", count=more) if more else "")
        set_shown(self._more, bool(more))
        self._offered = None
        self.reconsider()
        self.setAccessibleName(said.happened)
        self.setAccessibleDescription(f"{said.remedy} {banner.code}")
        set_state(self, kind=banner.kind.value)
        self.show()

    def reconsider(self) -> None:
        """Another page, or a key went on or off: no button stands here that does nothing."""
        banner = self._shown[0] if self._shown is not None else None
        if banner is None:
            return
        wanted = banner.offers or sentences(banner.code, banner.params).actions
        offers = () if self._mute else self.works(wanted)
        if offers != self._offered:
            self._offered = offers
            self._show_offers(offers, banner.kind)

    def _show_offers(self, offers: tuple[str, ...], kind: BannerKind) -> None:
        clear_layout(self._offers)
        for name in offers:
            dress: Kind = (
                "unknown" if kind is BannerKind.UNKNOWN and name == "next_customer" else "normal"
            )
            button = ActButton(tr(f"shell.offer.{name}"), offer_cap(name), dress)
            button.clicked.connect(lambda _checked=False, name=name: self.offered.emit(name))
            self._offers.addWidget(button)
        set_shown(self._beside, bool(offers))

    def offers(self) -> tuple[str, ...]:
        """Names of the offers on screen, for keys and tests."""
        shown = self._shown is not None and self._shown[0] is not None
        return (self._offered or ()) if shown else ()
