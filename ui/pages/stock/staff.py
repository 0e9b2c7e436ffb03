"""人员: who may sign in here; a manager makes a forgotten PIN anew."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.formats import time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import PageKit
from ui.pages.stock.chosen_row import ChosenRowPage
from ui.text import tr
from ui.viewmodels.staff import StaffModel
from ui.widgets import ActButton, Card, Text
from ui.widgets.basics import set_shown
from ui.widgets.table import Head, Line

if TYPE_CHECKING:
    from app.workflow.people.signing import StaffRow
    from ui.viewmodels.stock import StockWork

REASONS = ("forgotten", "locked", "seen")


class StaffPage(ChosenRowPage):
    """↑ ↓ choose a person, Alt 1 to 3 the reason, F12 makes a PIN for one sign-in."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("staff", _heads(), parent)
        self.model = StaffModel(kit.counter, work, self)
        self.reason = ""
        self.why_card = Card(tr("pages.staff.reason_title"))
        self.reasons = {name: self._reason(at, name) for at, name in enumerate(REASONS, start=1)}
        self.act = ActButton(tr("pages.staff.reset"), Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.why = Text("", "second", wrap=True)
        self.pin = Text("", "amount", "ok")
        self.said = Text(tr("pages.staff.handed"), "second", wrap=True)
        self.side.addWidget(self.why_card)
        self.side.addStretch(1)
        for part in (self.pin, self.said, self.why, self.act):
            self.side.addWidget(part)
        self.model.changed.connect(self.refresh)
        self.refresh()

    def _reason(self, number: int, name: str) -> ActButton:
        button = ActButton(tr(f"pages.staff.reason.{name}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(partial(self._choose, name))
        self.why_card.add(button)
        return button

    # what is shown

    def refresh(self) -> None:
        """The people, the one in front, and the PIN that was just made."""
        if self.put_off(self.refresh):
            return
        empty = "kept_away" if self.model.kept_away else "loading"
        self.show_lines(tuple(_line(at, row) for at, row in enumerate(self.model.rows)), empty)
        self.chosen()

    def _front(self) -> StaffRow | None:
        return self.in_front(self.model.rows)

    def chosen(self) -> None:
        row, handed = self._front(), self.model.handed
        set_shown(self.front, row is not None)
        if row is not None:
            self.facts.set_rows(
                tuple((tr(f"pages.staff.fact.{name}"), text, "") for name, text in _facts(row))
            )
        here = handed is not None and row is not None and handed[0] == row.staff_id
        self.pin.setText(f"{handed[1][:4]} {handed[1][4:]}" if here and handed else "")
        for part in (self.pin, self.said):
            set_shown(part, here)
        for name, button in self.reasons.items():
            button.setChecked(name == self.reason)
        on, why = self._binding()
        self.act.setEnabled(on)
        self.why.setText(why)
        set_shown(self.why, bool(why) and not here)
        self.acts_changed.emit()

    def _binding(self) -> tuple[bool, str]:
        row = self._front()
        if row is None:
            return False, tr("pages.staff.why_nobody")
        if row.me:
            return False, tr("pages.staff.why_me")
        if not self.reason:
            return False, tr("pages.staff.why_reason")
        return not self.model.busy, ""

    # what is done

    def _choose(self, name: str) -> None:
        self.reason = name
        self.chosen()

    def _bind(self) -> None:
        row = self._front()
        if self._binding()[0] and row is not None:
            reason, self.reason = tr(f"pages.staff.reason.{self.reason}"), ""
            self.model.reset(row.staff_id, reason)

    def acts(self) -> tuple[Act, ...]:
        on, why = self._binding()
        named = tuple(
            Act(offer_key(at), tr(f"pages.staff.reason.{name}"), partial(self._choose, name))
            for at, name in enumerate(REASONS, start=1)
        )
        return (
            *named,
            Act(Key.ASK_AGAIN, tr("pages.staff.again"), self.model.load),
            Act(Key.BIND, tr("pages.staff.reset"), self._bind, on, Look.PRIMARY, why),
        )

    def focus_first(self) -> None:
        self.table.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()

    def hideEvent(self, event: QHideEvent) -> None:
        """The PIN is read out once; whoever comes back finds none."""
        super().hideEvent(event)
        self.model.forget()


def _heads() -> tuple[Head, ...]:
    def named(name: str) -> str:
        return tr(f"pages.staff.fact.{name}")

    return (Head(named("login"), 104, bold=True), Head(named("name")), Head(named("roles"), 148),
            Head(named("state"), 148))  # fmt: skip


def _state(row: StaffRow) -> str:
    if row.locked_until is not None:
        return tr("pages.staff.state.locked", until=time_text(row.locked_until))
    if row.pin_due:
        return tr("pages.staff.state.due")
    return tr("pages.staff.state.me" if row.me else "pages.staff.state.good")


def _facts(row: StaffRow) -> tuple[tuple[str, str], ...]:
    roles = "、".join(tr(f"pages.staff.role.{role.value}") for role in row.roles)
    named = (("login", row.login), ("name", row.name), ("roles", roles))
    return (*named, ("state", _state(row)))


def _line(at: int, row: StaffRow) -> Line:
    waits = row.pin_due or row.locked_until is not None
    return Line(tuple(text for _name, text in _facts(row)), "attention" if waits else "ok", at)
