"""Data: profiles, texts, tables, icons, templates, scenarios. No code but where they lie."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""A folder in a checkout and in a frozen program alike; nothing is ever unpacked."""
