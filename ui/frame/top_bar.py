"""The top bar: store, counter, environment, people, queue, the platform's clock. Never moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from ui.formats import CHINA, short_age
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets.basics import ElidedText, Icon, Text, set_shown
from ui.widgets.buttons import LaidButton

if TYPE_CHECKING:
    from app.workflow.views.desk import DeskView, QueueBadge

ENVIRONMENTS = ("production", "test", "training")
LEVELS = frozenset({"none", "plain", "attention", "stop", "unknown"})


class BarItem(LaidButton):
    """One item of the bar: a quiet label and a word; a press opens its page."""

    def __init__(self, label: str, *, right: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("side", "right" if right else "left")
        self._label, self._word = Text(label, "second", "bar_muted"), Text("", "body", "bar")
        set_shown(self._label, bool(label))
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens().px("gap.inner"), 0, tokens().px("gap.inner"), 0)
        row.setSpacing(tokens().px("gap.small"))
        row.addWidget(self._label)
        row.addWidget(self._word)
        self.face(self._label, self._word)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def set_word(self, word: str) -> None:
        """What the item says now."""
        self._word.setText(word)
        self.setAccessibleName(f"{self._label.text()} {word}".strip())
        self.updateGeometry()

    def set_label_shown(self, shown: bool) -> None:
        """Narrow bars drop the quiet labels."""
        set_shown(self._label, shown and bool(self._label.text()))

    def set_level(self, level: str) -> None:
        """Ground of a state (queue badge, no pharmacist)."""
        known = level if level in LEVELS else "plain"
        set_state(self, level=known)
        set_state(self._word, level=known)
        set_state(self._label, level=known)

    def set_bold(self) -> None:
        """The one item of the bar that speaks up."""
        set_state(self._word, bold="true")

    def set_role(self, role: str) -> None:
        """Text role of the word."""
        set_state(self._word, role=role)


class QueueBadgeItem(BarItem):
    """待上传 7 件 · 最久 1 小时 12 分; unknown money beats everything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", right=True, parent=parent)
        self.set_bold()

    def show_badge(self, badge: QueueBadge, now: datetime, *, narrow: bool = False) -> None:
        """Count and age, always both; ``narrow`` leaves out what F8 says anyway."""
        short = "_short" if narrow else ""
        if badge.unknown_money:
            facts = {"count": badge.count, "unknown": badge.unknown_money}
            since = badge.unknown_since
            age = short_age((now - since).total_seconds()) if since is not None else ""
            word = tr(f"shell.bar.queue_unknown{short}", age=age, **facts).strip()
        elif badge.oldest_at is not None and badge.count:
            age = short_age((now - badge.oldest_at).total_seconds())
            word = tr(f"shell.bar.queue_oldest{short}", count=badge.count, age=age)
        else:
            word = tr("shell.bar.queue", count=badge.count)
        self.set_word(word)
        self.set_level(badge.level)


class TopBar(QFrame):
    """Store, counter, environment | pharmacist, operator, queue, clock."""

    opened = Signal(str)
    """store, environment, pharmacist, operator, queue or clock was pressed."""

    def __init__(
        self, now: Callable[[], datetime], environment: str, parent: QWidget | None = None
    ) -> None:
        """``now`` is the platform's time; ``environment`` production, test or training."""
        super().__init__(parent)
        self._now = now
        self._environment = environment
        self._desk: DeskView | None = None
        self.setProperty("environment", environment)
        self._brand = self._make_brand()
        self._store = ElidedText("", "body", "bar")
        self._counter = BarItem(tr("shell.bar.counter"))
        self._counter.set_role("counter")
        self._label = Text(tr(f"shell.environment.{environment}"), "second")
        self._label.setProperty("environment", environment)
        self._pharmacist = BarItem(tr("shell.bar.pharmacist"), right=True)
        self._operator = BarItem(tr("shell.bar.operator"), right=True)
        self._queue = QueueBadgeItem()
        self._clock = BarItem("", right=True)
        self._arrange()
        for name, item in self._items().items():
            item.clicked.connect(lambda _checked=False, name=name: self.opened.emit(name))
        self.tick()

    def _items(self) -> dict[str, BarItem]:
        return {
            "counter": self._counter,
            "pharmacist": self._pharmacist,
            "operator": self._operator,
            "queue": self._queue,
            "clock": self._clock,
        }

    def _make_brand(self) -> QFrame:
        brand = QFrame()
        row = QHBoxLayout(brand)
        row.setContentsMargins(tokens().px("gap.inner"), 0, tokens().px("gap.inner"), 0)
        row.setSpacing(tokens().px("gap.small"))
        name = Text(tr("shell.name"), "panel", "bar")
        row.addWidget(Icon("app", 20, "text.bar"))
        row.addWidget(name)
        row.addStretch(1)
        brand.setFixedWidth(tokens().px("width.rail"))
        return brand

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._brand)
        row.addSpacing(tokens().px("gap.inner"))
        self._store.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self._store)
        row.addSpacing(tokens().px("gap.inner"))
        row.addWidget(self._counter)
        row.addSpacing(tokens().px("gap.inner") if self._environment == "production" else 0)
        row.addWidget(self._label)
        row.addStretch(1)
        for item in (self._pharmacist, self._operator, self._queue, self._clock):
            row.addWidget(item)

    def show_desk(self, desk: DeskView) -> None:
        """Everything but the clock."""
        self._desk = desk
        self._store.setText(desk.store_name)
        self._counter.set_word(f"{desk.counter_no:02}")
        self._operator.set_word(desk.operator)
        on_duty = desk.pharmacist_on_duty
        nobody = tr("shell.bar.no_pharmacist" + ("_short" if self._narrow() else ""))
        self._pharmacist.set_word(on_duty or nobody)
        self._pharmacist.set_level("plain" if on_duty else "attention")
        self._queue.show_badge(desk.badge, self._now(), narrow=self._narrow())

    def tick(self) -> None:
        """Once a second: clock and the age of the queue."""
        local = self._now().astimezone(CHINA)
        day = tr(f"shell.weekday.{local.isoweekday()}")
        long = tr(
            "shell.bar.clock", day=day, date=local.strftime("%m-%d"), time=f"{local:%H:%M:%S}"
        )
        self._clock.set_word(f"{local:%H:%M:%S}" if self._narrow() else long)
        if self._desk is not None:
            self._queue.show_badge(self._desk.badge, self._now(), narrow=self._narrow())

    def _narrow(self) -> bool:
        return bool(self.property("narrow"))

    def set_narrow(self, narrow: bool) -> None:
        """Drop labels and the brand's room where the window is small."""
        self.setProperty("narrow", narrow)
        set_shown(self._brand, not narrow)
        for item in self._items().values():
            item.set_label_shown(not narrow)
        if self._desk is not None:
            self.show_desk(self._desk)
        self.tick()
