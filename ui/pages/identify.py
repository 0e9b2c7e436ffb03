"""识别: the scan field above all, the camera, three ways, and who waits."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import Code, Trouble
from app.ports.devices import DeviceStatus, PreviewFrame
from app.workflow.views.desk import DeskView
from ui.errors import banner_of
from ui.key_capture import TYPED
from ui.keys import Act, Key, offer_key
from ui.pages.camera import CameraPicture
from ui.pages.parts import ColumnsPage, InnerArea, PageKit, PressCard, boxed, column, gap, row
from ui.pages.password_card import PasswordCard
from ui.pages.waiting import FinishedCard, ParkedCard
from ui.text import tr
from ui.viewmodels.devices import Thing
from ui.viewmodels.identify import ID_LENGTH, IdentifyModel, Way
from ui.widgets import ActButton, Card, Chip, ElidedText, Icon, KeyCap, ScanField, StateMark, Text
from ui.widgets.banner import Banner
from ui.widgets.basics import State, set_shown

_ICONS = {Way.VOUCHER: "scanner", Way.CARD: "card", Way.ID_NUMBER: "id-card"}
_THINGS = {Way.CARD: Thing.READER, Way.ID_NUMBER: Thing.ID_READER}
DEVICE_LOOKS: dict[DeviceStatus, State] = {
    DeviceStatus.READY: "ok",
    DeviceStatus.VIRTUAL: "ok",
    DeviceStatus.BUSY: "sending",
    DeviceStatus.SEARCHING: "sending",
    DeviceStatus.ATTENTION: "attention",
    DeviceStatus.MISSING: "stop",
    DeviceStatus.OFF: "off",
}


class WayCard(PressCard):
    """One way to show who you are, with its key and the state of its device."""

    def __init__(self, way: Way, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.way = way
        self.setAccessibleName(tr(f"pages.identify.way.{way.value}"))
        self.state_chip = Chip()
        title = Text(tr(f"pages.identify.way.{way.value}"), "emph")
        self.note = ElidedText(tr(f"pages.identify.way.{way.value}_note"), "second")
        head = row(title, KeyCap(offer_key(number).value), None, self.state_chip)
        self.add(boxed(row(Icon(_ICONS[way], 28), column(head, self.note), space="normal")))

    def show_state(self, text: str, state: State, *, chosen: bool) -> None:
        self.state_chip.set_chip(text, state)
        self.setAccessibleDescription(text)
        self.set_state("current" if chosen else "plain")


class NumberEdit(QLineEdit):
    """A line for an ID number: never narrower than all of its characters."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(ID_LENGTH)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        letters = self.fontMetrics().horizontalAdvance("8" * (ID_LENGTH - 1) + "X")
        # Qt's own least line holds one letter as wide as the widest; two px more hold the cursor
        return QSize(letters + least.width() - self.fontMetrics().maxWidth() + 2, least.height())


class IdentifyPage(ColumnsPage):
    """Alt 1 … 3 choose the way, Alt 4 sells for cash; a scan needs no choice."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("identify", 400, parent)
        self.model = IdentifyModel(kit.counter, kit.cards, self)
        self.devices = kit.devices
        self._terminal = False
        """Whether the words are those of a region where a terminal reads e-vouchers."""
        self.field = ScanField(kit.recognise, tr("pages.identify.field"))
        self.field.entered.connect(kit.counter.typed)
        self.top.addWidget(self.field)
        self._build_camera()
        self.password = PasswordCard(kit.counter)
        self.side.addWidget(self.password)
        self.ways = {way: WayCard(way, index) for index, way in enumerate(Way, 1)}
        for way, card in self.ways.items():
            card.pressed.connect(partial(self.choose, way))
            self.side.addWidget(card)
        self._build_typing()
        self.cash = ActButton(tr("pages.identify.cash"), offer_key(len(Way) + 1))
        self.cash.setToolTip(tr("pages.identify.cash_note"))
        self.cash.setAccessibleDescription(tr("pages.identify.cash_note"))
        self.cash.clicked.connect(kit.counter.sell_for_cash)
        self.side.addWidget(self.cash)
        self.parked = ParkedCard(kit.counter)
        self.finished = FinishedCard(kit.counter)
        who = column(self.parked, self.finished, space="normal")
        who.setStretch(1, 1)
        # many who wait scroll among themselves: the camera and the ways in stay whole
        self.side.addWidget(InnerArea(boxed(who)), 1)
        kit.counter.spoken.connect(self.field.show_spoken)
        kit.counter.scan_taken.connect(self._taken)
        kit.counter.desk_changed.connect(self.show_desk)
        self.devices.frame.connect(self._show_frame)
        self.devices.changed.connect(self.refresh)
        self.devices.card_inserted.connect(self.model.read_card)
        self.model.changed.connect(self.refresh)
        self.refresh()

    def _build_camera(self) -> None:
        self.camera = Card(tr("pages.identify.camera"), icon="camera", bare=True)
        self.change = ActButton(tr("pages.identify.next_camera"), Key.NEXT_CAMERA, "flat")
        self.change.clicked.connect(self.devices.next_camera)
        self.camera.add_head(self.change)
        self.picture = CameraPicture()
        self.picture.setAccessibleName(tr("pages.identify.camera"))
        self.seen_mark = StateMark("later", 16)
        self.seen, self.seen_note = Text(role="panel"), ElidedText("", "second")
        self.foot = boxed(row(self.seen_mark, self.seen, self.seen_note), inner=True)
        self.refused = Banner(inline=True)
        self.camera.add(self.picture, 1)
        self.camera.add_line()
        self.camera.add(self.foot)
        self.camera.add(self.refused)
        self.main.addWidget(self.camera, 1)

    def _build_typing(self) -> None:
        self.number, self.name_edit = NumberEdit(), QLineEdit()
        self.name_edit.setMaxLength(50)
        for edit, key in ((self.number, "number"), (self.name_edit, "name")):
            edit.setPlaceholderText(tr(f"pages.identify.{key}"))
            edit.setAccessibleName(tr(f"pages.identify.{key}"))
            edit.setProperty(TYPED, True)
        self.number.setInputMethodHints(
            Qt.InputMethodHint.ImhPreferUppercase | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.number.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.number.textEdited.connect(self.model.type_number)
        self.name_edit.textEdited.connect(self.model.type_name)
        self.number.returnPressed.connect(self.name_edit.setFocus)
        self.name_edit.returnPressed.connect(self.model.ask)
        self.ask = ActButton(tr("pages.identify.ask"), Key.FORWARD)
        self.ask.clicked.connect(self.model.ask)
        self.missing = Text("", "note", wrap=True)
        self.missing_code = Chip(mark=False)
        inputs = row(self.number, self.name_edit, self.ask)
        inputs.setStretch(0, 5)
        inputs.setStretch(1, 3)
        self.ways[Way.ID_NUMBER].body.addSpacing(gap("tight"))
        lacks = row(self.missing, self.missing_code)
        lacks.setStretch(0, 1)
        self.ways[Way.ID_NUMBER].add(boxed(column(inputs, lacks)))

    def choose(self, way: Way) -> None:
        """Alt n: the camera wants nothing, a card is read, a number is typed."""
        self.model.choose(way)
        if way is Way.ID_NUMBER:
            self.number.setFocus()
            self.model.read_id_card()
        else:
            self.focus_first()
        if way is Way.VOUCHER and self.model.counter.has_terminal:
            self.model.counter.read_voucher()

    def refresh(self) -> None:
        """Everything on this page follows from the model and the devices."""
        if self.put_off(self.refresh):
            return
        model = self.model
        self._make_room(model.case is not None and model.case.needs_password)
        if model.counter.has_terminal:
            note = tr("pages.identify.way.voucher_note_terminal")
            self.ways[Way.VOUCHER].note.setText(note)
        for way, card in self.ways.items():
            card.show_state(*self._way_state(way), chosen=model.way is way)
        self._show_camera()
        for edit, text in ((self.number, model.number), (self.name_edit, model.name)):
            if edit.text() != text:
                edit.setText(text)
        self.ask.setEnabled(model.may_ask)
        self._show_missing()
        self._show_foot()
        self.acts_changed.emit()

    def _show_camera(self) -> None:
        """The chip, the panel and the foot tell the same: clear is what has a picture."""
        state = self.devices.state(Thing.CAMERA)
        look = DEVICE_LOOKS[state.status]
        self.camera.set_title(tr("pages.identify.camera"), state.name)
        frozen = state.code is Code.CAMERA_FROZEN
        if look not in ("ok", "sending"):
            self.picture.say(tr("pages.identify.frozen" if frozen else "pages.identify.no_picture"))
        elif not self.picture.shows:
            self.picture.say(tr("pages.identify.no_picture_yet"))
        if frozen:
            self.camera.set_chip(tr("pages.identify.not_moving"), look)
        elif look != "ok":
            self.camera.set_chip(tr(f"shell.device_state.{state.status.value}"), look)
        elif self.picture.shows:
            self.camera.set_chip(tr("pages.identify.clear"), "ok")
        else:
            self.camera.set_chip(tr("pages.identify.not_clear"))

    def _show_frame(self, frame: PreviewFrame) -> None:
        first = not self.picture.shows
        self.picture.show_frame(frame)
        if first:
            self.refresh()

    def _make_room(self, password: bool) -> None:
        """A customer who types a password is identified: what would identify the next one waits."""
        ways = (self.ways[Way.CARD], self.ways[Way.ID_NUMBER])
        for part in (*ways, self.cash):
            part.setVisible(not password)

    def focus_first(self) -> None:
        if self.password.isVisibleTo(self):
            self.password.field.setFocus()
        else:
            super().focus_first()

    def _show_missing(self) -> None:
        model = self.model
        wrong = model.number_wrong and model.waiting
        text = ""
        if model.number and model.missing_digits:
            text = tr("pages.identify.digits_missing", count=model.missing_digits)
        elif wrong:
            text = tr("pages.identify.number_wrong")
        elif model.number and not model.name.strip():
            text = tr("pages.identify.name_missing")
        self.missing.setText(text)
        set_shown(self.missing, bool(text))
        self.missing.set_tone("stop" if wrong else "muted")
        self.missing_code.set_chip(str(int(Code.IDENTITY_INVALID)) if wrong else "", "stop")

    def _way_state(self, way: Way) -> tuple[str, State]:
        model = self.model
        if model.counter.reading:
            reads = way is Way.VOUCHER
            return tr(f"pages.identify.{'held_out' if reads else 'waits'}"), (
                "sending" if reads else "off"
            )
        if model.asking and way is model.way:
            return tr("pages.identify.asking"), "sending"
        if model.reading is way:
            return tr("pages.identify.reading"), "sending"
        if way is Way.VOUCHER:
            return tr("pages.identify.ready"), "ok"
        state = self.devices.state(_THINGS[way])
        if way is Way.ID_NUMBER and state.status is DeviceStatus.OFF:
            return tr("pages.identify.typing"), "plain"
        return tr(f"shell.device_state.{state.status.value}"), DEVICE_LOOKS[state.status]

    def _show_foot(self) -> None:
        model = self.model
        self._show_refused(model.trouble)
        if model.counter.reading:
            self.seen_mark.set_mark("sending")
            self.seen.setText(tr("pages.identify.held_out"))
            self.seen_note.setText(tr("pages.identify.held_out_note"))
        elif model.asking:
            self.seen_mark.set_mark("sending")
            self.seen.setText(tr("pages.identify.asking"))
            self.seen_note.setText(tr("pages.identify.asking_note"))
        else:
            word = "watching" if self.picture.shows else "blind"
            if model.counter.has_terminal:
                word = "terminal"
            self.seen_mark.set_mark("later")
            self.seen.setText(tr(f"pages.identify.{word}"))
            self.seen_note.setText(tr(f"pages.identify.{word}_note"))

    def _show_refused(self, trouble: Trouble | None) -> None:
        """What could not be read: its words, its code, and the key that reads once more."""
        banner = banner_of(trouble) if trouble is not None else None
        if banner is not None and self.model.unread is Way.ID_NUMBER:
            again = ("read_id_card" if name == "read_card" else name for name in banner.offers)
            banner = replace(banner, offers=tuple(again))
        set_shown(self.foot, banner is None)
        self.refused.show_banner(banner)
        self.refused.reconsider()

    def show_desk(self, desk: DeskView) -> None:
        if desk.terminal is not self._terminal:
            self._terminal = desk.terminal
            self.refresh()
        self.parked.show_rows(desk.parked)
        self.finished.show_rows(desk.finished)

    def _taken(self) -> None:
        if self.isVisible():
            self.field.show_waiting(tr("pages.identify.judging"))

    def acts(self) -> tuple[Act, ...]:
        offers = tuple(
            Act(
                offer_key(n),
                tr(f"pages.identify.way.{way.value}"),
                partial(self.choose, way),
            )
            for n, way in enumerate(Way, 1)
        )
        cash = Act(
            offer_key(len(Way) + 1),
            tr("pages.identify.cash"),
            self.model.counter.sell_for_cash,
            on=not self.model.counter.busy,
        )
        camera = Act(Key.NEXT_CAMERA, tr("pages.identify.next_camera"), self.devices.next_camera)
        ask = Act(Key.FORWARD, tr("pages.identify.ask"), self.model.ask, on=self.model.may_ask)
        return (*offers, cash, camera, ask)

    def scan_field(self) -> ScanField:
        return self.field

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.number.hasFocus():
            self.focus_first()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.devices.look(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.devices.look(False)
