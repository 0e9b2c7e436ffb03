"""First letters of readings: ``resources/tables/initials.toml``. Standard library only."""

import tomllib
from collections.abc import Mapping

from resources import FOLDER


def load_initials() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Characters by letter, and words that are read otherwise."""
    table = tomllib.loads((FOLDER / "tables" / "initials.toml").read_text("utf-8"))
    return table["letters"], table["words"]
