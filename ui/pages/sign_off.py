"""签收: who took note of a compared day, the key to do so, and what was filed of it.

``Signing`` is what both pages of a compared day have at the foot of their side.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from ui.formats import time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, row
from ui.pages.signature import SignatureCard
from ui.text import has_text, tr
from ui.viewmodels.compared_day import Asks
from ui.widgets import ActButton, Card, Text
from ui.widgets.basics import set_shown

if TYPE_CHECKING:
    from ui.viewmodels.compared_day import ComparedDay

_REASONED = (Asks.ADOPT, Asks.ACCEPT, Asks.WITHDRAW)
_NOTED = (Asks.SIGN, *_REASONED)


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
        super().__init__(parent=parent)
        title = Text(tr("pages.money.sign_off"), "strong")
        self.said = Text("", "second", wrap=True)
        self.key = ActButton(tr("pages.money.sign"), Key.SIGN_OFF)
        self.key.clicked.connect(ask)
        self.filed = Text("", "second", "ok", wrap=True)
        beside = row(title, self.said)
        beside.setStretch(1, 1)
        self.body.addLayout(beside)
        for part in (self.key, self.filed):
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


class Signing:
    """Who is asked to sign, and who has: the fields stand only while somebody is asked."""

    def __init__(self, model: ComparedDay, rest: Callable[[], None]) -> None:
        """``rest`` puts the cursor back where it was before somebody was asked."""
        self._model, self._rest = model, rest
        self.fields = SignatureCard(" ")
        self.signed = SignOffCard(model.ask_signature)
        self._asked = Asks.NOTHING
        self._filed: tuple[str, ...] = ()
        model.wrong.connect(self.fields.show_wrong)

    @property
    def asking(self) -> bool:
        return self._model.asks is not Asks.NOTHING

    @property
    def _reasoned(self) -> bool:
        asks = self._model.asks
        return asks in _REASONED or (asks is Asks.SIGN and self._model.word_needed)

    @property
    def _wanted(self) -> str:
        """What F12 waits for."""
        return tr(f"pages.signature.{'wanted_reason' if self._reasoned else 'wanted'}")

    def show(self, signed: Signed | None, unsigned: str) -> None:
        """The newest signature under the comparison, or what is said without one."""
        model = self._model
        asks = model.asks
        set_shown(self.fields, self.asking)
        set_shown(self.signed, asks in (Asks.NOTHING, Asks.SIGN))
        if self.asking:
            self.fields.with_note(asks in _NOTED, needed=self._reasoned)
            self.fields.set_title(tr(f"pages.money.asks.{asks.value}"))
            meaning = f"pages.money.meaning.{asks.value}"
            self.fields.explain(tr(meaning) if has_text(meaning) else "")
            self.fields.want("" if has_text(meaning) else f"{self._wanted}。")
        if asks is not self._asked:
            self._asked = asks
            self.fields.clear()
            if self.asking:
                self.fields.begin()
                # what else stands beside the fields now is laid out after the cursor came
                self._bring(self.fields)
            else:
                self._rest()
        may, now = model.may_sign and not self.asking, model.counter.clock.now()
        self.signed.show_signed(signed, unsigned, now=now, asking=may)
        self.signed.show_files(model.files)
        if model.files != self._filed:
            self._filed = model.files
            if self._filed:
                self._bring(self.signed)

    def _bring(self, shown: QWidget) -> None:
        """It may lie at the foot of a page that is higher than the window."""
        page = shown.parentWidget()
        while page is not None and not isinstance(page, ColumnsPage):
            page = page.parentWidget()
        if page is not None:
            QTimer.singleShot(0, page, partial(page.bring, shown))

    def acts(self, bind: Callable[[], None]) -> tuple[Act, ...]:
        """F12 signs, Esc lets be."""
        asks = self._model.asks
        ready = self.fields.filled and not self._model.busy
        why = "" if ready else self._wanted
        words = tr(f"pages.money.bind.{asks.value}")
        return (
            Act(Key.BIND, words, bind, ready, Look.PRIMARY, why),
            Act(Key.BACK, tr("pages.signature.drop"), self._model.drop),
        )
