"""签收: who took note of a compared day, the key to do so, and what was filed of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from PySide6.QtWidgets import QWidget

from ui.formats import time_text
from ui.keys import Key
from ui.text import tr
from ui.widgets import ActButton, Card, Text
from ui.widgets.basics import set_shown


class Signed(Protocol):
    """A signature under a comparison."""

    @property
    def name(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    @property
    def note(self) -> str: ...


class SignOffCard(Card):
    """Words, a key, file names."""

    def __init__(self, ask: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.money.sign_off"), parent=parent)
        self.said = Text("", "second", wrap=True)
        self.key = ActButton(tr("pages.money.sign"), Key.SIGN_OFF)
        self.key.clicked.connect(ask)
        self.filed = Text("", "second", "ok", wrap=True)
        for part in (self.said, self.key, self.filed):
            self.add(part)

    def show_signed(
        self, signed: Signed | None, unsigned: str, *, now: datetime, asking: bool
    ) -> None:
        """The newest signature, or what is said without one; the key while nobody signs."""
        words = unsigned
        if signed is not None:
            at, note = time_text(signed.at, now), signed.note or "—"
            words = tr("pages.money.signed", name=signed.name, time=at, note=note)
        self.said.setText(words)
        set_shown(self.key, asking)

    def show_files(self, files: tuple[str, ...]) -> None:
        """What became of a table or a paper."""
        names = (file.replace("\\", "/").rsplit("/", 1)[-1] for file in files)
        self.filed.setText("\n".join(tr("pages.money.filed", file=name) for name in names))
        set_shown(self.filed, bool(files))
