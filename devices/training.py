"""The training table: synthetic people and boxes, held up before the virtual bench.

Everything goes the way of the real thing: a picture through the decoder, a card through APDUs, a
box through the gun.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from app.domain.credential import IdNumber, PersonName, birth_date_of
from app.ports.devices import IdCardFacts, ScanSource
from app.ports.training import TrainingPerson, WantedBox, WrongBox
from devices.bench import VirtualBench
from devices.card.virtual import social_card

CHINA = timezone(timedelta(hours=8))
_PAYMENT = "281234567890123456"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class _Stock:
    name: str
    lot_no: str
    expires_on: date
    codes: tuple[str, ...]


class BenchTable:
    """``app.ports.training.TrainingTable`` over a virtual bench and a ready line.

    ``issue`` shows a fresh e-voucher for an identity number, as the phone would.
    """

    def __init__(
        self, bench: VirtualBench, ready: Mapping[str, Any], issue: Callable[[str], str]
    ) -> None:
        self._bench = bench
        self._issue = issue
        self._persons: list[Mapping[str, str]] = list(ready["persons"])
        self._pharmacists: list[Mapping[str, str]] = list(ready["pharmacists"])
        self._stock = [_stock(row) for row in ready["stock"]]
        self._waiting = [str(rx["id_no"]) for rx in ready["prescriptions"]]

    def people(self) -> Sequence[TrainingPerson]:
        return tuple(self._listed())

    def customer(self) -> str:
        """The first person with a prescription to fill here."""
        return self._waiting[0]

    def pharmacist(self) -> str:
        """The first pharmacist of the store."""
        return str(self._pharmacists[0]["id_no"])

    def codes(self, wanted: WantedBox) -> tuple[str, ...]:
        """Trace codes of the boxes of one lot, in shelf order."""
        for stock in self._stock:
            if stock.lot_no == wanted.lot_no and _same(stock.name, wanted.name):
                return stock.codes
        return ()

    def _listed(self) -> Iterator[TrainingPerson]:
        for person in self._persons:
            yield TrainingPerson(person["id_no"], person["name"], person["id_no"][-4:], False)
        for member in self._pharmacists:
            yield TrainingPerson(member["id_no"], member["name"], member["id_no"][-4:], True)

    def show_voucher(self, key: str) -> None:
        self._bench.show_code(self._issue(key))

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

    def scan_box(self, wanted: WantedBox) -> bool:
        return self._scan(self._next_code(wanted))

    def scan_wrong(self, kind: WrongBox, wanted: WantedBox) -> bool:
        return self._scan(self._wrong(kind, wanted))

    def _person(self, key: str) -> Mapping[str, str]:
        return next(person for person in self._persons if person["id_no"] == key)

    def _scan(self, text: str | None) -> bool:
        if text is None:
            return False
        self._bench.scan(text, ScanSource.SERIAL)
        return True

    def _next_code(self, wanted: WantedBox) -> str | None:
        for stock in self._stock:
            if stock.lot_no == wanted.lot_no and _same(stock.name, wanted.name):
                return next((code for code in stock.codes if code not in wanted.taken), None)
        return None

    def _wrong(self, kind: WrongBox, wanted: WantedBox) -> str | None:
        match kind:
            case WrongBox.REPEATED:
                return wanted.taken[-1] if wanted.taken else None
            case WrongBox.WRONG_PRODUCT:
                return next(
                    (s.codes[0] for s in self._stock if not _same(s.name, wanted.name)), None
                )
            case WrongBox.EXPIRED:
                return self._expired(wanted)
            case WrongBox.PAYMENT:
                return _PAYMENT
            case WrongBox.FULL_WIDTH:
                code = self._next_code(wanted)
                return code.translate(_FULL_WIDTH) if code else None
            case WrongBox.BARCODE:
                return "6901234567892"

    def _expired(self, wanted: WantedBox) -> str | None:
        today = datetime.now(CHINA).date()
        gone = [s for s in self._stock if s.expires_on < today and s.codes]
        mine = [s for s in gone if _same(s.name, wanted.name)]
        return next((s.codes[0] for s in (*mine, *gone)), None)


def _same(stocked: str, wanted: str) -> bool:
    return stocked.startswith(wanted) or wanted.startswith(stocked)


def _stock(row: Mapping[str, Any]) -> _Stock:
    return _Stock(
        name=str(row["name"]),
        lot_no=str(row["manu_lotnum"]),
        expires_on=date.fromisoformat(str(row["expy_end"])[:10]),
        codes=tuple(row["trace_codes"]),
    )
