"""Same key, same meaning, on every page (ui 6). Key codes, not characters."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


class Key(StrEnum):
    """Every key with a meaning; the value is the text on the key cap."""

    HELP = "F1"
    NEXT = "F2"
    FIND = "F3"
    PARK = "F4"
    ASK_AGAIN = "F5"
    SCAN_FIELD = "F6"
    ACKNOWLEDGE = "F7"
    QUEUE = "F8"
    PRINT = "F9"
    LOCK = "F10"
    DEVICES = "F11"
    BIND = "F12"
    FORWARD = "Enter"
    BACK = "Esc"
    REMOVE = "Del"
    REFUSE = "Ctrl R"
    RAW = "Ctrl D"
    SIGN_OFF = "Ctrl G"
    ACCEPT = "Ctrl H"
    EXPORT = "Ctrl E"
    TABLE = "Ctrl T"
    NOTICES = "Ctrl M"
    OPEN_ITEMS = "Ctrl U"
    WHERE = "Ctrl W"
    REFEREE = "Ctrl L"
    GIVE_BACK = "Ctrl B"
    PARCELS = "Ctrl P"
    CATALOGUE = "Ctrl K"
    OVERVIEW = "Ctrl 1"
    STOCK_LIMITS = "Ctrl 2"
    MONEY = "Ctrl 3"
    STOCK_DAY = "Ctrl 4"
    DAY_END = "Ctrl 5"
    GOODS_IN = "Ctrl 6"
    COUNT = "Ctrl 7"
    CHANGE = "Ctrl 8"
    SHELF = "Ctrl 9"
    BUYER = "Ctrl I"
    OVERRIDES = "Ctrl O"
    RECORDS = "Ctrl Y"
    STAFF = "Ctrl S"
    COPY_CODE = "Ctrl J"
    ABANDON = "Ctrl Backspace"
    ZOOM_IN = "Ctrl +"
    ZOOM_OUT = "Ctrl −"
    ZOOM_RESET = "Ctrl 0"
    VOID = "Ctrl Del"
    WITHOUT_CODE = "Ctrl N"
    SPLIT = "Ctrl /"
    OPEN_BOXES = "Ctrl Q"
    PREFIXES = "Ctrl F"
    NEXT_CAMERA = "Alt C"
    READ_VOUCHER = "Alt V"
    OFFER_1 = "Alt 1"
    OFFER_2 = "Alt 2"
    OFFER_3 = "Alt 3"
    OFFER_4 = "Alt 4"
    OFFER_5 = "Alt 5"
    OFFER_6 = "Alt 6"
    OFFER_7 = "Alt 7"
    OFFER_8 = "Alt 8"
    OFFER_9 = "Alt 9"


FUNCTION_KEYS: tuple[Key, ...] = tuple(Key)[:12]
"""F1 … F12 in the order of the bar."""


def offer_key(number: int) -> Key:
    """Alt+n of the n-th offer on a page, 1 … 9. Raises ``ValueError`` beyond."""
    return Key(f"Alt {number}")


def key_of(event: QKeyEvent) -> Key | None:
    """The meaning of a key event, None for a key that only writes or moves."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return _BY_CODE.get((event.key(), plain))


_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}
_NAMES = {
    "Enter": Qt.Key.Key_Return,
    "Esc": Qt.Key.Key_Escape,
    "Del": Qt.Key.Key_Delete,
    "+": Qt.Key.Key_Plus,
    "\u2212": Qt.Key.Key_Minus,
    "/": Qt.Key.Key_Slash,
}


def _codes() -> dict[tuple[int, Qt.KeyboardModifier], Key]:
    none = Qt.KeyboardModifier.NoModifier
    found: dict[tuple[int, Qt.KeyboardModifier], Key] = {}
    for key in Key:
        *modifiers, name = key.value.split()
        held = none
        for modifier in modifiers:
            held |= _MODIFIERS[modifier]
        found[(_NAMES.get(name) or Qt.Key[f"Key_{name}"], held)] = key
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    found[(Qt.Key.Key_Enter, none)] = Key.FORWARD
    found[(Qt.Key.Key_Equal, control)] = Key.ZOOM_IN
    found[(Qt.Key.Key_Plus, control | shift)] = Key.ZOOM_IN
    return found


class Look(StrEnum):
    """How a function key is dressed."""

    PLAIN = "plain"
    ATTENTION = "attention"
    UNKNOWN = "unknown"
    PRIMARY = "primary"


class Act(NamedTuple):
    """What a key does on a page. ``text`` is ready to show; ``why`` names what is missing when off.

    ``run`` is called on the GUI thread and must return at once.
    """

    key: Key
    text: str
    run: Callable[[], None]
    on: bool = True
    look: Look = Look.PLAIN
    why: str = ""


OFFERS = {
    "help": Key.HELP,
    "next": Key.NEXT,
    "next_customer": Key.NEXT,
    "find": Key.FIND,
    "park": Key.PARK,
    "open_case": Key.FIND,
    "ask_again": Key.ASK_AGAIN,
    "check_progress": Key.ASK_AGAIN,
    "scan_field": Key.SCAN_FIELD,
    "acknowledge": Key.ACKNOWLEDGE,
    "open_queue": Key.QUEUE,
    "print": Key.PRINT,
    "print_waiting_slip": Key.PRINT,
    "settle": Key.BIND,
    "lock": Key.LOCK,
    "devices": Key.DEVICES,
    "retry": Key.ASK_AGAIN,
    "read_again": Key.ASK_AGAIN,
    "identify_again": Key.ASK_AGAIN,
    "abandon": Key.ABANDON,
    "decide": Key.OPEN_ITEMS,
    "name_buyer": Key.BUYER,
    "copy_code": Key.COPY_CODE,
    "back_to_visit": Key.SCAN_FIELD,
    "read_card": Key.OFFER_2,
    "read_id_card": Key.OFFER_3,
}


def offer_cap(name: str) -> Key | None:
    """The key that does the same as an offer's button; None where only the button does it."""
    return OFFERS.get(name)


_BY_CODE = _codes()
