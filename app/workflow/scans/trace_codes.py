"""From a judged scan to the one pack it names: what identifies it here, what a region is told."""

from dataclasses import dataclass
from datetime import date

from app.domain.errors import Bug, Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode, Scan, ScanKind
from app.domain.goods.gs1 import Gs1Fault, Gs1Form, Gs1Pack, Gs1Reading, Gs1Unsure
from app.domain.goods.idcode import read as read_idcode
from app.domain.goods.judging import NOTHING_PRINTED, Printed
from app.ports.store import Unit
from app.profile.model import Profile

PACK_KINDS = frozenset({ScanKind.DRUG_TRACE, ScanKind.GS1})
"""Kinds that may name one pack."""

_NO_CASE = 0
_REFUSED = {
    Gs1Fault.NO_PRODUCT: Code.SCAN_GS1_UNREADABLE,
    Gs1Fault.NO_SERIAL: Code.SCAN_NO_SERIAL,
    Gs1Fault.SEPARATOR_LOST: Code.SCAN_SEPARATOR_LOST,
    Gs1Fault.UNREADABLE: Code.SCAN_GS1_UNREADABLE,
}


@dataclass(frozen=True, slots=True)
class Box:
    """One scanned pack. ``told`` is empty where a region is told ``code`` itself.

    ``by_lot`` says that a lost separator was put back because only one lot of the store fits;
    ``made_on`` is printed on some packs.
    """

    code: DrugTraceCode
    told: str = ""
    printed: Printed = NOTHING_PRINTED
    by_lot: bool = False
    made_on: date | None = None


def box_of(unit: Unit, profile: Profile, scan: Scan) -> Box:
    """The pack of a scan of ``PACK_KINDS``.

    Raises ``OperatorInput`` where a GS1 text names none: ``SCAN_SEPARATOR_LOST``,
    ``SCAN_NO_SERIAL`` or ``SCAN_GS1_UNREADABLE``.
    """
    if scan.kind is not ScanKind.GS1:
        idcode = read_idcode(scan.text)
        if idcode is None:
            return Box(DrugTraceCode(scan.text))
        printed = Printed(idcode.lot, idcode.expires_on)
        return Box(DrugTraceCode(scan.text), printed=printed, made_on=idcode.made_on)
    reading: Gs1Reading | None = scan.gs1
    if reading is None:
        raise Bug(what="GS1 that nobody read")
    if isinstance(reading, Gs1Pack):
        return _box(profile, reading)
    fitting = _fitting(unit, reading)
    if fitting is None:
        raise OperatorInput(_REFUSED[reading.fault])
    return _box(profile, fitting, by_lot=True)


def _fitting(unit: Unit, reading: Gs1Unsure) -> Gs1Pack | None:
    """The only guess whose lot this store has of that product, and whose date is that lot's."""
    fits = [guess for guess in reading.guesses if guess.lot and _lot_known(unit, guess)]
    return fits[0] if len(fits) == 1 else None


def _lot_known(unit: Unit, guess: Gs1Pack) -> bool:
    lots = unit.goods.pack_facts(DrugTraceCode(guess.identity), _NO_CASE).lots
    return any(
        lot.lot_no == guess.lot and guess.expires_on in (None, lot.expires_on) for lot in lots
    )


def _box(profile: Profile, pack: Gs1Pack, *, by_lot: bool = False) -> Box:
    told = pack.told_as(Gs1Form(profile.rules.gs1_string_form))
    printed = Printed(pack.lot, pack.expires_on)
    return Box(DrugTraceCode(pack.identity), told, printed, by_lot, pack.made_on)
