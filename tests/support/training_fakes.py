"""A training table that remembers what was asked of it, in order."""

from collections.abc import Sequence
from pathlib import Path

from app.domain.errors import Trouble
from app.ports.training import (
    TrainingFault,
    TrainingLogin,
    TrainingPerson,
    TrainingStockFault,
    WantedBox,
    WrongBox,
)

CUSTOMERS = (
    TrainingPerson("350100196803120114", "甄示例", "0114", False, "两张处方"),
    TrainingPerson("35010019550621024X", "贾虚构", "024X", False, "长期处方"),
)
PHARMACIST = TrainingPerson("350100198001012218", "苏审方", "2218", True)
LOGINS = (
    TrainingLogin("1001", "246810", "收银员小榕", ("clerk",)),
    TrainingLogin("2003", "975310", "许调配", ("clerk", "pharmacist")),
)


LOOSE = (
    WantedBox("复方盐酸伪麻黄碱缓释胶囊（畅息・一个很长的商品名）", "A2988", ()),
    *(WantedBox(f"板蓝根颗粒{n}", f"B368{n}", ()) for n in range(1, 9)),
)


class RememberingTable:
    """``TrainingTable``. ``trouble`` is raised by the next act; ``boxes`` is what stands there."""

    def __init__(self, boxes: int = 9) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.trouble: Trouble | None = None
        self.boxes = boxes
        self.waiting = 0

    def names(self) -> list[object]:
        """What was asked, without what only takes things away."""
        return [act[0] for act in self.asked if act[0] != "clear"]

    def _note(self, *act: object) -> None:
        self.asked.append(act)
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble

    def people(self) -> Sequence[TrainingPerson]:
        return (*CUSTOMERS, PHARMACIST)

    def customers(self) -> Sequence[str]:
        return [person.key for person in CUSTOMERS]

    def pharmacist(self) -> str:
        return PHARMACIST.key

    def show_voucher(self, key: str) -> None:
        self._note("show_voucher", key)

    def insert_card(self, key: str) -> None:
        self._note("insert_card", key)

    def remove_card(self) -> None:
        self._note("remove_card")

    def place_id_card(self, key: str) -> None:
        self._note("place_id_card", key)

    def show_picture(self, picture: Path) -> None:
        self._note("show_picture", picture)

    def clear(self) -> None:
        self._note("clear")

    def codes(self, wanted: WantedBox) -> Sequence[str]:
        return tuple(f"{at:020d}" for at in range(self.boxes))

    def loose(self) -> Sequence[WantedBox]:
        return LOOSE

    def scan(self, text: str) -> None:
        self._note("scan", text)

    def scan_box(self, wanted: WantedBox) -> bool:
        return self.scan_boxes(wanted, 1) == 1

    def scan_boxes(self, wanted: WantedBox, count: int) -> int:
        self._note("scan_boxes", wanted, count)
        found = min(count, self.boxes)
        self.boxes -= found
        return found

    def scan_wrong(self, kind: WrongBox, wanted: WantedBox) -> bool:
        self._note("scan_wrong", kind, wanted)
        return self.boxes > 0

    def stage(self, fault: TrainingFault) -> int:
        self._note("stage", fault)
        self.waiting += 1
        return self.waiting

    def still_staged(self) -> int:
        return self.waiting

    def calm(self) -> None:
        self._note("calm")
        self.waiting = 0

    def plant(self, fault: TrainingStockFault) -> None:
        self._note("plant", fault)
