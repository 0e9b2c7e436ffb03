"""Tokens (colours and sizes from ``resources/qss``) → style sheet, palette, fonts (ui 13).

Painted widgets read ``tokens()`` when they paint; a switch of theme restyles the application,
which sends every widget a style change.
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from resources import FOLDER

_TOKEN = re.compile(r"@([a-z0-9_.]+)((?:-|\+)[0-9]+)?")
COMFORTABLE_FROM = 1600
"""Window width in logical px from which the comfortable sizes are chosen (ui 3)."""


class Shade(StrEnum):
    """Which colours."""

    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """Which sizes."""

    COMPACT = "compact"
    COMFORTABLE = "comfortable"


class Tokens(NamedTuple):
    """One theme: colour texts ``#RRGGBB`` by role, sizes in logical px by role."""

    shade: Shade
    density: Density
    colours: Mapping[str, str]
    sizes: Mapping[str, int]

    def colour(self, role: str) -> QColor:
        """Colour of a role, such as ``ok.fg``. Raises ``KeyError`` for an unknown role."""
        return QColor(self.colours[role])

    def px(self, role: str) -> int:
        """Size of a role in logical px. Raises ``KeyError`` for an unknown role."""
        return self.sizes[role]


def _read(name: str) -> dict[str, object]:
    return tomllib.loads((FOLDER / "qss" / f"{name}.toml").read_text("utf-8"))


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            found.update(_flat(value, f"{prefix}{name}."))
        else:
            found[f"{prefix}{name}"] = value
    return found


@cache
def load_tokens(shade: Shade, density: Density) -> Tokens:
    """Read one theme from ``resources/qss``."""
    colours = {key: str(value) for key, value in _flat(_read(shade.value)).items()}
    sizes = {key: int(str(value)) for key, value in _flat(_read(density.value)).items()}
    return Tokens(shade, density, colours, sizes)


_current: Tokens | None = None


def tokens() -> Tokens:
    """The theme in force; light and compact before any was applied."""
    return _current or load_tokens(Shade.LIGHT, Density.COMPACT)


@cache
def families() -> Mapping[str, tuple[str, ...]]:
    """Font families by use (interface, code, print), present on this machine first."""
    wanted = {key: str(value).split(",") for key, value in _flat(_read("fonts")).items()}
    here = set(QFontDatabase.families())
    return {
        use: tuple(sorted((name.strip() for name in names), key=lambda name: name not in here))
        for use, names in wanted.items()
    }


def font(role: str, *, use: str = "interface") -> QFont:
    """Font of a text role for painted widgets."""
    now = tokens()
    made = QFont()
    made.setFamilies(list(families()[use]))
    made.setPixelSize(now.px(f"font.{role}"))
    made.setBold(bool(now.sizes.get(f"weight.{role}", 400) >= 700))
    return made


def digits_are_tabular(candidate: QFont) -> bool:
    """Whether every digit of a font is equally wide; amounts must not dance (ui 3)."""
    metrics = QFontMetricsF(candidate)
    return len({round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}) == 1


def style_sheet(theme: Tokens) -> str:
    """The template filled with a theme. Raises ``KeyError`` for a token nobody defined."""
    template = (FOLDER / "qss" / "app.qss.in").read_text("utf-8")
    fonts = {
        f"family.{use}": ", ".join(f'"{n}"' for n in names) for use, names in families().items()
    }

    def fill(match: re.Match[str]) -> str:
        role, change = match.group(1), match.group(2)
        if role in theme.colours:
            return theme.colours[role]
        if role in fonts:
            return fonts[role]
        return f"{theme.sizes[role] + int(change or 0)}px"

    return _TOKEN.sub(fill, template)


def template_tokens() -> frozenset[str]:
    """Every token the template names."""
    template = (FOLDER / "qss" / "app.qss.in").read_text("utf-8")
    return frozenset(match.group(1) for match in _TOKEN.finditer(template))


def palette(theme: Tokens) -> QPalette:
    """Palette for what the style sheet does not reach: selections, placeholders, tool tips."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: "bg.page",
        QPalette.ColorRole.WindowText: "text.body",
        QPalette.ColorRole.Base: "bg.surface",
        QPalette.ColorRole.AlternateBase: "bg.sunken",
        QPalette.ColorRole.Text: "text.body",
        QPalette.ColorRole.PlaceholderText: "text.faint",
        QPalette.ColorRole.Button: "bg.surface",
        QPalette.ColorRole.ButtonText: "text.body",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "accent.on",
        QPalette.ColorRole.ToolTipBase: "bg.surface",
        QPalette.ColorRole.ToolTipText: "text.body",
    }
    for target, role in roles.items():
        made.setColor(target, theme.colour(role))
    return made


def apply_theme(app: QApplication, shade: Shade, density: Density) -> Tokens:
    """Dress the whole application; every widget gets a style change afterwards."""
    global _current
    theme = load_tokens(shade, density)
    _current = theme
    app.setPalette(palette(theme))
    app.setFont(font("body"))
    app.setStyleSheet(style_sheet(theme))
    return theme


def density_for(width: int) -> Density:
    """The density a window of ``width`` logical px asks for."""
    return Density.COMFORTABLE if width >= COMFORTABLE_FROM else Density.COMPACT


def set_state(widget: QWidget, **properties: str | bool) -> None:
    """Set dynamic properties and restyle, only where one really changed."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    # before its first showing Qt polishes a widget with the properties it then has
    if changed and widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
