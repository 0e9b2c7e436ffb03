"""Codes of one drug line: 7 + 13, wrapping, dashed slots for boxes still missing."""

from PySide6.QtWidgets import QWidget


class TraceSlots(QWidget):
    """One chip per scanned code and one dashed slot per missing box; wraps, grows downwards.

    ``chosen()`` is the code the cursor stands on (for Del); copying gives 20 digits, no space.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_codes(self, codes: tuple[str, ...], needed: int) -> None:
        """``codes`` scanned so far of ``needed`` boxes."""

    def chosen(self) -> str | None:
        """The code under the cursor, None when there is none."""
        return None
