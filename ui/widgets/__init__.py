"""Widgets of the counter (ui 5). Each takes frozen state and holds no logic.

Import from here: ``from ui.widgets import Card, Chip, Text``. Each is loaded when it is first
asked for: the sign-in page needs four of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.widgets.banner import Banner
    from ui.widgets.basics import Chip, ElidedText, Icon, KeyCap, StateMark, Text
    from ui.widgets.buttons import ActButton
    from ui.widgets.card import Card, EmptyState, FactRows, KeyHint, Progress
    from ui.widgets.countdown import Countdown
    from ui.widgets.document_view import DocumentView
    from ui.widgets.money import AmountBlock, MoneyLabel
    from ui.widgets.name_text import NameText
    from ui.widgets.people import PersonCard, Timeline, WhereList
    from ui.widgets.scan_field import ScanField
    from ui.widgets.trace_slots import TraceSlots

__all__ = [
    "ActButton",
    "AmountBlock",
    "Banner",
    "Card",
    "Chip",
    "Countdown",
    "DocumentView",
    "ElidedText",
    "EmptyState",
    "FactRows",
    "Icon",
    "KeyCap",
    "KeyHint",
    "MoneyLabel",
    "NameText",
    "PersonCard",
    "Progress",
    "ScanField",
    "StateMark",
    "Text",
    "Timeline",
    "TraceSlots",
    "WhereList",
]
_ROOMS = {
    "Banner": "banner",
    "Chip": "basics",
    "ElidedText": "basics",
    "Icon": "basics",
    "KeyCap": "basics",
    "StateMark": "basics",
    "Text": "basics",
    "ActButton": "buttons",
    "Card": "card",
    "EmptyState": "card",
    "FactRows": "card",
    "KeyHint": "card",
    "Progress": "card",
    "Countdown": "countdown",
    "DocumentView": "document_view",
    "AmountBlock": "money",
    "MoneyLabel": "money",
    "NameText": "name_text",
    "PersonCard": "people",
    "Timeline": "people",
    "WhereList": "people",
    "ScanField": "scan_field",
    "TraceSlots": "trace_slots",
}


def __getattr__(name: str) -> object:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    widget: object = getattr(import_module(f"{__name__}.{room}"), name)
    globals()[name] = widget
    return widget
