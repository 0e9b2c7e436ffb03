"""The training table: what a trainee can hold up, insert or scan without any hardware."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TrainingPerson:
    """A synthetic person. ``pharmacist`` may audit; others come as customers.

    ``about`` says in the words of the scenario what can be practised with them; ``password`` is
    what they type where a region asks its insured for one.
    """

    key: str
    name: str
    id_tail: str
    pharmacist: bool
    about: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class TrainingLogin:
    """Who may sign in for training; login and PIN are synthetic and may be shown."""

    login: str
    pin: str
    name: str
    roles: tuple[str, ...]


class TrainingFault(StrEnum):
    """What can go wrong with the next fitting call, on purpose."""

    SETTLED_THEN_CUT = "settled_then_cut"
    CUT_BEFORE_SETTLING = "cut_before_settling"
    REFUSED = "refused"
    SLOW = "slow"
    DAY_NOT_OPEN = "day_not_open"
    GARBAGE = "garbage"


class TrainingStockFault(StrEnum):
    """What can be wrong in the platform's books of stock: the next record of a kind, or now."""

    LOST_SALE = "lost_sale"
    DOUBLED_SALE = "doubled_sale"
    SOLD_ELSEWHERE = "sold_elsewhere"


class TrainingPlatform(Protocol):
    """The training platform's own side. Each raises ``LocalTrouble`` when it is gone."""

    def issue(self, id_no: str) -> str:
        """A fresh e-voucher of a synthetic person."""
        ...

    def stage(self, fault: TrainingFault) -> int:
        """Play ``fault`` on the next fitting call; returns how many wait now."""
        ...

    def still_staged(self) -> int:
        """How many faults have not happened yet."""
        ...

    def calm(self) -> None:
        """Forget every fault that still waits."""
        ...

    def plant(self, fault: TrainingStockFault) -> None:
        """Spoil the platform's books of stock; nothing it answers tells."""
        ...


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

    def customers(self) -> Sequence[str]:
        """Keys of those with a prescription to fill here; who was not served yet comes first."""
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

    def loose(self) -> Sequence[WantedBox]:
        """What is sold without a prescription: of each the lot in date that leaves first."""
        ...

    def scan(self, text: str) -> None: ...

    def scan_box(self, wanted: WantedBox) -> bool:
        """Scan the next right box; False where the table has none."""
        ...

    def scan_boxes(self, wanted: WantedBox, count: int) -> int:
        """Scan up to ``count`` right boxes; returns how many the lot still had."""
        ...

    def scan_wrong(self, kind: WrongBox, wanted: WantedBox) -> bool: ...

    def stage(self, fault: TrainingFault) -> int:
        """Let ``fault`` happen on the next fitting call; returns how many wait now."""
        ...

    def still_staged(self) -> int:
        """How many faults have not happened yet."""
        ...

    def calm(self) -> None:
        """Forget every fault that still waits."""
        ...

    def plant(self, fault: TrainingStockFault) -> None:
        """Spoil the platform's books of stock; nothing it answers tells."""
        ...
