"""设备: every thing at the counter, what it is like now, and what can be done at once."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ports.devices import DeviceState
from ui.errors import sentences
from ui.keys import Act, Key, offer_key
from ui.pages.identify import DEVICE_LOOKS
from ui.pages.parts import ColumnsPage, PageKit, PressCard, boxed, column, gap, row
from ui.text import tr
from ui.viewmodels.devices import DevicesModel, Thing
from ui.widgets import Card, Chip, ElidedText, EmptyState, Icon, KeyCap, StateMark, Text
from ui.widgets.basics import clear_layout

_ICONS: dict[Thing, str] = {
    Thing.CAMERA: "camera",
    Thing.SCANNER: "scanner",
    Thing.READER: "card",
    Thing.ID_READER: "id-card",
    Thing.RECEIPT_PRINTER: "printer",
    Thing.PAGE_PRINTER: "page-printer",
}
_ACROSS = 2


class DeviceCard(PressCard):
    """One device with its word and shape."""

    def __init__(self, thing: Thing, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.thing = thing
        self.state_chip, self.about = Chip(), ElidedText("", "second")
        name = Text(tr(f"shell.device.{thing.value}"), "emph")
        head = row(name, KeyCap(offer_key(number).value), None, self.state_chip)
        self.add(boxed(row(Icon(_ICONS[thing], 24), column(head, self.about), space="normal")))
        self.setAccessibleName(name.text())

    def show_state(self, state: DeviceState, *, chosen: bool) -> None:
        word = tr(f"shell.device_state.{state.status.value}")
        look = DEVICE_LOOKS[state.status]
        self.state_chip.set_chip(word, look)
        self.about.setText(" ・ ".join(part for part in (state.name, state.detail) if part) or word)
        self.setAccessibleDescription(word)
        edge = look if look in ("attention", "stop") else "plain"
        self.set_state("current" if chosen else edge)


class DevicesPage(ColumnsPage):
    """Alt n chooses a device; what wants a person is listed with its remedy."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("devices", 372, parent)
        self.model: DevicesModel = kit.devices
        self.title, self.bad = Text(tr("pages.devices.title"), "title"), Chip()
        self.fine = Chip()
        note = ElidedText(tr("pages.devices.note"), "second")
        self.main.addLayout(row(self.title, self.bad, self.fine, note, space="normal"))
        grid = QGridLayout()
        grid.setSpacing(gap("small"))
        self.cards: dict[Thing, DeviceCard] = {}
        for at, thing in enumerate(Thing):
            card = DeviceCard(thing, at + 1)
            card.pressed.connect(partial(self.model.choose, thing))
            grid.addWidget(card, at // _ACROSS, at % _ACROSS)
            self.cards[thing] = card
        for at in range(_ACROSS):
            grid.setColumnStretch(at, 1)
        self.main.addLayout(grid)
        self.remedies = Card(tr("pages.devices.wanting"), bare=True)
        self.main.addWidget(self.remedies, 1)
        self.chosen = Card(" ")
        self.about = Text("", "body", wrap=True)
        self.remedy = Text("", "body", wrap=True)
        for part in (self.about, self.remedy):
            self.chosen.add(part)
        self.side.addWidget(self.chosen)
        self.side.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("pages.devices.title"))
        self.model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Cards, remedies, the chosen one."""
        if self.put_off(self.refresh):
            return
        model = self.model
        for thing, card in self.cards.items():
            card.show_state(model.state(thing), chosen=thing is model.chosen)
        bad = model.bad
        self.bad.set_chip(tr("pages.devices.bad", count=len(bad)) if bad else "", "attention")
        fine = sum(DEVICE_LOOKS[model.state(thing).status] == "ok" for thing in Thing)
        self.fine.set_chip(tr("pages.devices.fine", count=fine), "ok")
        self._show_remedies(bad)
        state = model.state(model.chosen)
        self.chosen.set_title(tr(f"shell.device.{model.chosen.value}"))
        look = DEVICE_LOOKS[state.status]
        self.chosen.set_chip(tr(f"shell.device_state.{state.status.value}"), look)
        self.about.setText(
            " ・ ".join(p for p in (state.name, state.detail) if p) or tr("pages.devices.no_more")
        )
        self.remedy.setText(sentences(state.code).remedy if state.code is not None else "")
        self.remedy.setVisible(state.code is not None)
        self.acts_changed.emit()

    def _show_remedies(self, bad: tuple[Thing, ...]) -> None:
        clear_layout(self.remedies.body)
        for index, thing in enumerate(bad):
            if index:
                self.remedies.add_line()
            state = self.model.state(thing)
            look = DEVICE_LOOKS[state.status]
            said = sentences(state.code) if state.code is not None else None
            happened = said.happened if said else tr(f"shell.device_state.{state.status.value}")
            words = Text(f"{happened}{said.remedy if said else ''}", "second", "body", wrap=True)
            code = Chip(str(int(state.code)) if state.code is not None else "", mark=False)
            name = Text(tr(f"shell.device.{thing.value}"), "strong")
            cells = row(StateMark(look), name, words, code, space="normal")
            cells.setStretch(2, 1)
            self.remedies.add(boxed(cells, inner=True))
        if not bad:
            self.remedies.add(EmptyState(tr("pages.devices.none"), tr("pages.devices.none_note")))
        self.remedies.body.addStretch(1)

    def acts(self) -> tuple[Act, ...]:
        choose = tuple(
            Act(
                offer_key(number),
                tr(f"shell.device.{thing.value}"),
                partial(self.model.choose, thing),
            )
            for number, thing in enumerate(Thing, 1)
        )
        camera = Act(Key.NEXT_CAMERA, tr("pages.identify.next_camera"), self.model.next_camera)
        return (*choose, camera)

    def focus_first(self) -> None:
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -_ACROSS,
            Qt.Key.Key_Down: _ACROSS,
        }.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
            return
        things = list(Thing)
        at = max(0, min(things.index(self.model.chosen) + by, len(things) - 1))
        self.model.choose(things[at])
