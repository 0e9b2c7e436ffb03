"""The training table: what a trainee can hold up, insert or scan without any hardware."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TrainingPerson:
    """A synthetic person. ``pharmacist`` may audit; others come as customers."""

    key: str
    name: str
    id_tail: str
    pharmacist: bool


class WrongBox(StrEnum):
    """What can be scanned instead of the right box."""

    REPEATED = "repeated"
    WRONG_PRODUCT = "wrong_product"
    EXPIRED = "expired"
    BARCODE = "barcode"
    PAYMENT = "payment"
    FULL_WIDTH = "full_width"


@dataclass(frozen=True, slots=True)
class WantedBox:
    """What the sale still needs: national name and lot as the page shows them."""

    name: str
    lot_no: str
    taken: tuple[str, ...]


class TrainingTable(Protocol):
    """Every act goes through the real pipelines: frames, decoder, reader, recogniser."""

    def people(self) -> Sequence[TrainingPerson]: ...

    def show_voucher(self, key: str) -> None:
        """Hold the person's fresh e-voucher before the camera. May take a second."""
        ...

    def insert_card(self, key: str) -> None: ...

    def remove_card(self) -> None: ...

    def place_id_card(self, key: str) -> None: ...

    def customer(self) -> str:
        """Key of the first person with a prescription to fill here."""
        ...

    def pharmacist(self) -> str: ...

    def show_picture(self, picture: Path) -> None:
        """Hold a picture file before the camera."""
        ...

    def clear(self) -> None:
        """Take everything away again."""
        ...

    def codes(self, wanted: WantedBox) -> Sequence[str]:
        """Trace codes of the boxes of one lot, in shelf order."""
        ...

    def scan(self, text: str) -> None: ...

    def scan_box(self, wanted: WantedBox) -> bool:
        """Scan the next right box; False where the table has none."""
        ...

    def scan_wrong(self, kind: WrongBox, wanted: WantedBox) -> bool: ...
