"""配送: what leaves, who carries it, who signed; the form of the line in front beside the list."""

from itertools import pairwise

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.delivery import DeliveryState
from app.workflow.parcels.views import Deliverable, DeliveryRow
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parcels_table import line_words, parcel_heads, parcel_line
from ui.pages.parts import ColumnsPage, PageKit, column, scaled
from ui.pages.second_person import plain_field
from ui.text import tr
from ui.viewmodels.parcels import ParcelsModel, ParcelWork, key_of
from ui.widgets import ActButton, Card, EmptyState, Text
from ui.widgets.basics import set_shown
from ui.widgets.table import RowsTable

REREAD_MS = 5_000
"""Records of a delivery move in the background while somebody looks at them."""
FIELDS: dict[str, tuple[str, ...]] = {
    "ready": ("receiver", "phone", "address"),
    "prepared": ("company", "courier", "courier_phone"),
    "under_way": ("signed_by", "note"),
}
_DIGITS = frozenset({"phone", "courier_phone"})
_KEPT = frozenset({"company", "courier", "courier_phone"})
"""What the next delivery most likely needs again."""


class ParcelCard(Card):
    """Who and where, masked; below it the fields the next move needs."""

    def __init__(self, model: ParcelsModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.parcels.one"), parent=parent)
        self._model = model
        self._front = ""
        self.words = [Text("", role, wrap=True) for role in ("strong", "second", "second")]
        self.inputs: dict[str, QLineEdit] = {}
        self.labels: dict[str, Text] = {}
        form = column(*self.words, space="tight")
        for name in (name for names in FIELDS.values() for name in names):
            words = tr(f"pages.parcels.field.{name}")
            self.labels[name] = Text(words, "second")
            self.inputs[name] = plain_field(words, digits=name in _DIGITS)
            form.addWidget(self.labels[name])
            form.addWidget(self.inputs[name])
        self.body.addLayout(form)
        self.bind = ActButton("", Key.BIND, "primary", height="primary")
        self.label = ActButton(tr("pages.parcels.label"), Key.PRINT)
        self.refuse = ActButton(tr("pages.parcels.refuse"), offer_key(1))
        self.call_off = ActButton(tr("pages.parcels.call_off"), offer_key(2))
        for button in (self.bind, self.label, self.refuse, self.call_off):
            self.add(button)
        self.body.addStretch(1)
        for fields in FIELDS.values():
            for one, other in pairwise(fields):
                self.inputs[one].returnPressed.connect(self.inputs[other].setFocus)

    def stage(self) -> str:
        """Which fields stand here: of a sale, a prepared delivery, one under way, or none."""
        line = self._model.line
        if isinstance(line, Deliverable):
            return "ready"
        return line.state.value if isinstance(line, DeliveryRow) else ""

    def show_line(self) -> None:
        """The line in front; what was typed goes when another comes, but for the courier."""
        line, stage = self._model.line, self.stage()
        set_shown(self, line is not None)
        if line is None:
            return
        front = f"{key_of(line)} {stage}"
        if front != self._front:
            self._front = front
            for name in set(self.inputs) - _KEPT:
                self.inputs[name].clear()
        for words, text in zip(self.words, line_words(line), strict=True):
            words.setText(text)
            set_shown(words, bool(text))
        for name, field in self.inputs.items():
            here = name in FIELDS.get(stage, ())
            set_shown(field, here)
            set_shown(self.labels[name], here)
        live = stage in FIELDS
        self.bind.set_text(tr(f"pages.parcels.bind.{stage}") if live else "")
        ended = {DeliveryState.REFUSED, DeliveryState.CALLED_OFF}
        after = set(line.after) if isinstance(line, DeliveryRow) else set()
        set_shown(self.bind, live)
        set_shown(self.label, isinstance(line, DeliveryRow))
        set_shown(self.refuse, DeliveryState.REFUSED in after & ended)
        set_shown(self.call_off, DeliveryState.CALLED_OFF in after & ended)
        if stage == "prepared":
            set_shown(self.labels["note"], True)
            set_shown(self.inputs["note"], True)
        for button in (self.bind, self.label, self.refuse, self.call_off):
            button.setEnabled(not self._model.busy)

    def texts(self, stage: str) -> tuple[str, ...]:
        return tuple(self.inputs[name].text() for name in FIELDS[stage])

    def first(self) -> QLineEdit | None:
        """The first field of this line that is still empty, or its first."""
        names = FIELDS.get(self.stage(), ())
        empty = [name for name in names if not self.inputs[name].text()]
        return self.inputs[(empty or list(names))[0]] if names else None


class ParcelsPage(ColumnsPage):
    """↑ ↓ choose, F12 does what comes next, F9 the label, Alt 1 refused, Alt 2 called off."""

    def __init__(self, kit: PageKit, work: ParcelWork, parent: QWidget | None = None) -> None:
        super().__init__("parcels", 372, parent)
        self.model = ParcelsModel(kit.counter, work, self)
        self.card = Card(tr("pages.parcels.title"), tr("pages.parcels.note"), bare=True)
        self.list = RowsTable(tr("pages.parcels.title"), parcel_heads(), tall=52)
        self.none = EmptyState(tr("pages.parcels.empty"), tr("pages.parcels.empty_note"))
        self.card.add(self.list, 1)
        self.card.add(self.none)
        self.main.addWidget(self.card, 1)
        self.parcel = ParcelCard(self.model)
        self.parcel.bind.clicked.connect(self._bind)
        self.parcel.label.clicked.connect(self.model.print_label)
        self.parcel.refuse.clicked.connect(lambda: self._end(DeliveryState.REFUSED))
        self.parcel.call_off.clicked.connect(lambda: self._end(DeliveryState.CALLED_OFF))
        self.side.addWidget(self.parcel, 1)
        self._moved = False
        """Whether the cursor goes where the next move begins, as soon as its line is here."""
        self._reread = QTimer(self)
        self._reread.setInterval(REREAD_MS)
        self._reread.timeout.connect(self.model.load)
        self.model.changed.connect(self.refresh)
        self.list.selectionModel().currentRowChanged.connect(self._chosen)
        self.refresh()

    def fold(self, folded: bool) -> None:
        super().fold(folded)
        self.list.setMinimumHeight(scaled(200) if folded else 0)

    def refresh(self) -> None:
        """Rows, and the line in front."""
        if self.put_off(self.refresh):
            return
        lines = tuple(parcel_line(line) for line in self.model.lines)
        self.list.show_lines(lines, self.model.chosen or None)
        self.parcel.show_line()
        there = bool(self.model.lines)
        set_shown(self.list, there)
        set_shown(self.none, not there)
        why = "empty" if self.model.told else "untold"
        self.none.set_texts(tr(f"pages.parcels.{why}"), tr(f"pages.parcels.{why}_note"))
        self.acts_changed.emit()
        if self._moved and there and not self.model.busy and self.isVisible():
            self._moved = False
            self.focus_first()

    def _chosen(self) -> None:
        key = self.list.key
        if isinstance(key, str):
            self.model.choose(key)

    def acts(self) -> tuple[Act, ...]:
        line, stage = self.model.line, self.parcel.stage()
        after = line.after if isinstance(line, DeliveryRow) else ()
        idle, live = not self.model.busy, stage in FIELDS
        words = tr(f"pages.parcels.bind.{stage}") if live else tr("pages.parcels.over")
        return (
            Act(Key.ASK_AGAIN, tr("pages.queue.again"), self.model.load),
            Act(
                offer_key(1),
                tr("pages.parcels.refuse"),
                lambda: self._end(DeliveryState.REFUSED),
                on=idle and DeliveryState.REFUSED in after,
            ),
            Act(
                offer_key(2),
                tr("pages.parcels.call_off"),
                lambda: self._end(DeliveryState.CALLED_OFF),
                on=idle and DeliveryState.CALLED_OFF in after,
            ),
            Act(
                Key.PRINT,
                tr("pages.parcels.label"),
                self.model.print_label,
                on=idle and isinstance(line, DeliveryRow),
            ),
            Act(Key.BIND, words, self._bind, on=idle and live, look=Look.PRIMARY),
        )

    def _bind(self) -> None:
        stage, self._moved = self.parcel.stage(), True
        match stage:
            case "ready":
                self.model.prepare(*self.parcel.texts(stage))
            case "prepared":
                self.model.send(*self.parcel.texts(stage))
            case "under_way":
                self.model.end(DeliveryState.ARRIVED, *self.parcel.texts(stage))

    def _end(self, state: DeliveryState) -> None:
        note = self.parcel.inputs["note"]
        if not note.text().strip():
            note.setFocus()
        self.model.end(state, "", note.text())

    def focus_first(self) -> None:
        field = self.parcel.first()
        (field if field is not None and self.model.line is not None else self.list).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._moved = True
        self.model.load()
        self._reread.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._reread.stop()
