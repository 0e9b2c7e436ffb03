"""Fonts and the PDF writer, loaded ahead of the first paper; light to import itself."""

from contextlib import suppress

from app.domain.errors import DeviceTrouble


def warm() -> None:
    """In the print lane, while the platform starts: fonts are loaded for each thread anew.

    Without a font every paper says so itself, and keeps waiting.
    """
    from devices.printer.system import load_type

    with suppress(DeviceTrouble):
        load_type()
