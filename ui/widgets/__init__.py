"""Widgets of the counter (ui 5). Each takes frozen state and holds no logic.

Import from here: ``from ui.widgets import Card, Chip, Text``.
"""

from ui.widgets.banner import Banner
from ui.widgets.basics import Chip, ElidedText, Icon, KeyCap, StateMark, Text
from ui.widgets.buttons import ActButton
from ui.widgets.card import Card, EmptyState, FactRows, KeyHint, Progress
from ui.widgets.countdown import Countdown
from ui.widgets.document_view import DocumentView
from ui.widgets.money import AmountBlock, MoneyLabel
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
    "PersonCard",
    "Progress",
    "ScanField",
    "StateMark",
    "Text",
    "Timeline",
    "TraceSlots",
    "WhereList",
]
