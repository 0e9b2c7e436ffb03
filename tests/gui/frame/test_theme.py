"""One template, two shades, two densities: nothing missing, nothing unused, all readable."""

import re
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from ui.theme import (
    Density,
    Shade,
    Tokens,
    apply_theme,
    density_for,
    digits_are_tabular,
    font,
    load_tokens,
    style_sheet,
    template_tokens,
)

ROOT = Path(__file__).parents[3]
GROUNDS = ("bg.surface", "bg.page", "bg.sunken", "bg.hover", "bg.selected")
WORDS = ("text.strong", "text.body", "text.muted", "text.faint", "accent")
STATES = ("ok", "attention", "stop", "unknown", "training")
FAMILIES = {"family.interface", "family.code", "family.print"}


def code() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "ui").rglob("*.py")))


def themes() -> list[Tokens]:
    return [load_tokens(shade, density) for shade, density in product(Shade, Density)]


def luminance(colour: QColor) -> float:
    def part(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    return (
        0.2126 * part(colour.redF())
        + 0.7152 * part(colour.greenF())
        + 0.0722 * part(colour.blueF())
    )


def contrast(one: QColor, other: QColor) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_both_shades_and_both_densities_have_the_same_roles():
    first, *rest = themes()
    for other in rest:
        assert set(other.colours) == set(first.colours)
        assert set(other.sizes) == set(first.sizes)


def test_every_token_of_the_template_exists_and_every_token_is_used():
    theme = themes()[0]
    known = set(theme.colours) | set(theme.sizes) | FAMILIES
    assert template_tokens() - {"family.print"} <= known
    source = code()
    for role in (set(theme.colours) | set(theme.sizes)) - template_tokens():
        family, _, last = role.rpartition(".")
        spoken = f'"{role}"' in source or f'"{family}.' in source
        assert spoken or (family == "weight" and f"font.{last}" in theme.sizes), role


@pytest.mark.parametrize("theme", themes(), ids=lambda t: f"{t.shade.value}-{t.density.value}")
def test_the_sheet_is_filled_and_qt_takes_it(qapp, theme):
    sheet = style_sheet(theme)
    assert "@" not in sheet
    apply_theme(qapp, theme.shade, theme.density)


def test_no_colour_and_no_pixel_size_stands_in_code():
    for path in sorted((ROOT / "ui").rglob("*.py")):
        source = path.read_text("utf-8")
        assert not re.search(r"#[0-9A-Fa-f]{6}\b", source), path
        assert not re.search(r'"[^"\n]*\d+px[^"\n]*"', source), path
        assert "setStyleSheet" not in source or path.name == "theme.py", path


@pytest.mark.parametrize("shade", list(Shade))
def test_words_stand_out_from_every_ground(shade):
    theme = load_tokens(shade, Density.COMPACT)
    for word, ground in product(WORDS, GROUNDS):
        assert contrast(theme.colour(word), theme.colour(ground)) >= 4.5, (word, ground)
    for state in STATES:
        for ground in (f"{state}.tint", "bg.surface", "bg.page", "bg.sunken"):
            assert contrast(theme.colour(f"{state}.fg"), theme.colour(ground)) >= 4.5
        assert contrast(theme.colour(f"{state}.on"), theme.colour(f"{state}.solid")) >= 4.5
        assert contrast(theme.colour("text.body"), theme.colour(f"{state}.tint")) >= 4.5


@pytest.mark.parametrize("shade", list(Shade))
def test_lines_that_mean_something_stand_out(shade):
    theme = load_tokens(shade, Density.COMPACT)
    for line, ground in product(("line.control", "focus"), ("bg.surface", "bg.page")):
        assert contrast(theme.colour(line), theme.colour(ground)) >= 3.0


def test_digits_are_equally_wide(qapp):
    for role in ("body", "amount", "amount_huge"):
        assert digits_are_tabular(font(role))
    assert digits_are_tabular(font("code", use="code"))


def test_the_density_follows_the_width():
    assert density_for(1366) is Density.COMPACT
    assert density_for(1599) is Density.COMPACT
    assert density_for(1920) is Density.COMFORTABLE


def test_every_icon_named_in_code_is_drawn():
    drawn = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}
    named = set(re.findall(r'"(state-[a-z]+)"', code()))
    assert named
    assert named <= drawn
