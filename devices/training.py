"""The training table: synthetic people and boxes, held up before the virtual bench.

Everything goes the way of the real thing: a picture through the decoder, a card through APDUs, a
box through the gun.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

from app.domain.credential import IdNumber, PersonName, birth_date_of
from app.ports.devices import IdCardFacts, ScanSource
from app.ports.training import (
    TrainingFault,
    TrainingPerson,
    TrainingPlatform,
    TrainingStockFault,
    WantedBox,
    WrongBox,
)
from devices.bench import VirtualBench
from devices.card.virtual import social_card

CHINA = timezone(timedelta(hours=8))
_PAYMENT = "281234567890123456"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class _Stock:
    item: str
    name: str
    lot_no: str
    expires_on: date
    codes: tuple[str, ...]

    @property
    def expired(self) -> bool:
        return self.expires_on < datetime.now(CHINA).date()


class BenchTable:
    """``app.ports.training.TrainingTable`` over a virtual bench and a ready line."""

    def __init__(
        self,
        bench: VirtualBench,
        ready: Mapping[str, Any],
        platform: TrainingPlatform,
        about: Mapping[str, str] | None = None,
        served: Callable[[], Collection[str]] = frozenset,
        loose: Collection[str] = frozenset(),
        gone: Callable[[str], bool] = lambda _code: False,
    ) -> None:
        """``about`` says by identity number what can be practised with a person.

        ``served`` names the identity numbers of those who have left with their goods; ``loose``
        the items (by their number in this store) that need no prescription; ``gone`` knows
        whether the box of a trace code is no longer on the shelf.
        """
        self._served, self._loose, self._gone = served, loose, gone
        self._bench = bench
        self._platform = platform
        self._about = about or {}
        self._persons: list[Mapping[str, str]] = list(ready["persons"])
        self._pharmacists: list[Mapping[str, str]] = list(ready["pharmacists"])
        self._stock = [_stock(row) for row in ready["stock"]]
        self._waiting = [str(rx["id_no"]) for rx in ready["prescriptions"]]

    def people(self) -> Sequence[TrainingPerson]:
        return tuple(self._listed())

    def customers(self) -> Sequence[str]:
        """Keys of those with a prescription to fill here; who was not served yet comes first."""
        served = self._served()
        return sorted(dict.fromkeys(self._waiting), key=lambda key: key in served)

    def pharmacist(self) -> str:
        """The first pharmacist of the store."""
        return str(self._pharmacists[0]["id_no"])

    def codes(self, wanted: WantedBox) -> tuple[str, ...]:
        """Trace codes of the boxes of one lot, in shelf order."""
        for stock in self._stock:
            if stock.lot_no == wanted.lot_no and _same(stock.name, wanted.name):
                return stock.codes
        return ()

    def loose(self) -> Sequence[WantedBox]:
        """What is sold without a prescription: of each the lot in date that leaves first."""
        found: dict[str, WantedBox] = {}
        for stock in self._stock:
            if stock.item in self._loose and not stock.expired:
                found.setdefault(stock.item, WantedBox(stock.name, stock.lot_no, ()))
        return tuple(found.values())

    def _listed(self) -> Iterator[TrainingPerson]:
        for person in self._persons:
            yield self._shown(person, pharmacist=False)
        for member in self._pharmacists:
            yield self._shown(member, pharmacist=True)

    def _shown(self, person: Mapping[str, str], *, pharmacist: bool) -> TrainingPerson:
        key = person["id_no"]
        about, password = self._about.get(key, ""), str(person.get("password", ""))
        return TrainingPerson(key, person["name"], key[-4:], pharmacist, about, password)

    def show_voucher(self, key: str) -> None:
        self._bench.show_code(self._platform.issue(key))

    def insert_card(self, key: str) -> None:
        person = self._person(key)
        card = social_card(
            name=person["name"],
            id_number=person["id_no"],
            card_no=person["card_no"],
            card_serial=person["card_serial"],
        )
        self._bench.insert_card(card)

    def remove_card(self) -> None:
        self._bench.remove_card()

    def place_id_card(self, key: str) -> None:
        person = self._person(key)
        number = IdNumber(person["id_no"])
        gender = "男" if int(person["id_no"][16]) % 2 else "女"
        facts = IdCardFacts(PersonName(person["name"]), number, gender, birth_date_of(number), None)
        self._bench.place_id_card(facts)

    def show_picture(self, picture: Path) -> None:
        self._bench.show_picture(picture)

    def clear(self) -> None:
        self._bench.show_picture(None)
        self._bench.remove_card()
        self._bench.lift_id_card()

    def scan(self, text: str) -> None:
        self._bench.scan(text, ScanSource.SERIAL)

    def scan_box(self, wanted: WantedBox) -> bool:
        return self._scan(self._next_code(wanted))

    def scan_boxes(self, wanted: WantedBox, count: int) -> int:
        fresh = list(islice(self._fresh(wanted), count))
        for code in fresh:
            self.scan(code)
        return len(fresh)

    def scan_wrong(self, kind: WrongBox, wanted: WantedBox) -> bool:
        return self._scan(self._wrong(kind, wanted))

    def stage(self, fault: TrainingFault) -> int:
        return self._platform.stage(fault)

    def still_staged(self) -> int:
        return self._platform.still_staged()

    def calm(self) -> None:
        self._platform.calm()

    def plant(self, fault: TrainingStockFault) -> None:
        self._platform.plant(fault)

    def _person(self, key: str) -> Mapping[str, str]:
        return next(person for person in self._persons if person["id_no"] == key)

    def _scan(self, text: str | None) -> bool:
        if text is None:
            return False
        self._bench.scan(text, ScanSource.SERIAL)
        return True

    def _fresh(self, wanted: WantedBox) -> Iterator[str]:
        """Boxes of the lot that still stand on the shelf, one by one."""
        left = (code for code in self.codes(wanted) if code not in wanted.taken)
        return (code for code in left if not self._gone(code))

    def _next_code(self, wanted: WantedBox) -> str | None:
        return next(self._fresh(wanted), None)

    def _wrong(self, kind: WrongBox, wanted: WantedBox) -> str | None:
        match kind:
            case WrongBox.REPEATED:
                return wanted.taken[-1] if wanted.taken else None
            case WrongBox.WRONG_PRODUCT:
                return self._foreign(wanted)
            case WrongBox.EXPIRED:
                return self._expired(wanted)
            case WrongBox.PAYMENT:
                return _PAYMENT
            case WrongBox.FULL_WIDTH:
                code = self._next_code(wanted)
                return code.translate(_FULL_WIDTH) if code else None
            case WrongBox.BARCODE:
                return "6901234567892"

    def _foreign(self, wanted: WantedBox) -> str | None:
        """A box of something else; where no prescription is at hand, one that would need it."""
        bare = self._needs_none(wanted)
        others = (
            stock
            for stock in self._stock
            if not _same(stock.name, wanted.name) and not (bare and stock.item in self._loose)
        )
        boxes = (code for stock in others if not stock.expired for code in stock.codes)
        return next((code for code in boxes if not self._gone(code)), None)

    def _expired(self, wanted: WantedBox) -> str | None:
        bare = self._needs_none(wanted)
        gone = [stock for stock in self._stock if stock.expired]
        named = [stock for stock in gone if _same(stock.name, wanted.name)]
        fitting = named or [stock for stock in gone if bare and stock.item in self._loose]
        return next((code for stock in fitting for code in stock.codes), None)

    def _needs_none(self, wanted: WantedBox) -> bool:
        """Whether what is wanted is sold without a prescription."""
        return any(s.item in self._loose and _same(s.name, wanted.name) for s in self._stock)


def _same(stocked: str, wanted: str) -> bool:
    return stocked.startswith(wanted) or wanted.startswith(stocked)


def _stock(row: Mapping[str, Any]) -> _Stock:
    return _Stock(
        item=str(row.get("fixmedins_hilist_id", "")),
        name=str(row["name"]),
        lot_no=str(row["manu_lotnum"]),
        expires_on=date.fromisoformat(str(row["expy_end"])[:10]),
        codes=tuple(row["trace_codes"]),
    )
