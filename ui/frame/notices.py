"""What was said lately: when, what, and when it healed; a banner that went can be read again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.errors import DeviceTrouble
from app.ports.devices import DeviceStatus
from app.workflow.views.states import BannerKind
from ui.errors import banner_of, sentences
from ui.formats import time_text
from ui.text import tr
from ui.widgets.banner import LOOKS
from ui.widgets.basics import Chip, StateMark, Text, clear_layout
from ui.widgets.card import Card

if TYPE_CHECKING:
    from app.ports.devices import DeviceState
    from app.workflow.views.case import BannerView

KEPT = 40
_BAD = frozenset({DeviceStatus.MISSING, DeviceStatus.ATTENTION})


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that was said. ``over_at`` is None while it still holds.

    ``healed`` is False where nobody knows: the visit it belonged to left the screen.
    """

    source: str
    subject: str
    banner: BannerView
    at: datetime
    over_at: datetime | None = None
    healed: bool = False


class NoticeBook:
    """The last ``KEPT`` notices of this counter, newest first; forgotten with the window."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """``now`` is the platform's time, aware."""
        self._now = now
        self._held: dict[str, Notice] = {}
        self._over: deque[Notice] = deque(maxlen=KEPT)

    def hear(self, source: str, banner: BannerView | None, subject: str = "") -> None:
        """What ``source`` says now; None, or word that it healed, ends what it said before."""
        held = self._held.get(source)
        if held is not None and held.banner == banner:
            return
        self._end(source, healed=True)
        if banner is None:
            return
        at = self._now()
        said = Notice(source, subject, banner, at)
        if banner.kind is not BannerKind.HEALED:
            self._held[source] = said
        elif not any(old.source == source and old.banner == banner for old in self._over):
            self._over.appendleft(replace(said, over_at=at, healed=True))

    def hear_device(self, name: str, state: DeviceState) -> None:
        """A device that wants a person, or does no more."""
        bad = state.code if state.status in _BAD else None
        said = banner_of(DeviceTrouble(bad)) if bad is not None else None
        self.hear(f"device.{name}", said, tr(f"shell.device.{name}"))

    def leave(self, source: str) -> None:
        """What ``source`` spoke of is no longer on screen; whether it healed is not known."""
        self._end(source, healed=False)

    def notices(self) -> tuple[Notice, ...]:
        """What still holds first, then what is over, each newest first."""
        held = sorted(self._held.values(), key=lambda notice: notice.at, reverse=True)
        return (*held, *self._over)

    def _end(self, source: str, *, healed: bool) -> None:
        held = self._held.pop(source, None)
        if held is not None:
            self._over.appendleft(replace(held, over_at=self._now(), healed=healed))


class NoticesCard(Card):
    """最近的通知: time, what, code, and how it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("shell.notices.title"), tr("shell.notices.note"), parent=parent)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def show_notices(self, notices: tuple[Notice, ...], now: datetime) -> None:
        """One row per notice; ``now`` says which of them are of today."""
        clear_layout(self._grid)
        for row, notice in enumerate(notices):
            self._add(row * 2, notice, now)
        if not notices:
            self._grid.addWidget(Text(tr("shell.notices.none"), "second", wrap=True), 0, 1)

    def _add(self, row: int, notice: Notice, now: datetime) -> None:
        look = "ok" if notice.healed else LOOKS[notice.banner.kind]
        said = sentences(notice.banner.code, notice.banner.params)
        what = f"{notice.subject}：{said.happened}" if notice.subject else said.happened
        self._grid.addWidget(StateMark(look), row, 0)
        self._grid.addWidget(Text(what, "strong", wrap=True), row, 1)
        self._grid.addWidget(Chip(str(notice.banner.code), mark=False), row, 2)
        self._grid.addWidget(Text(_course(notice, now), "second", wrap=True), row + 1, 1, 1, 2)


def _course(notice: Notice, now: datetime) -> str:
    began = time_text(notice.at, now)
    if notice.over_at is None:
        return tr("shell.notices.held", began=began)
    word = "healed" if notice.healed else "left"
    return tr(f"shell.notices.{word}", began=began, over=time_text(notice.over_at, now))
