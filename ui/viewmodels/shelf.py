"""Which boxes the training table offers on a page, read off the case. Training only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.ports.training import WantedBox, WrongBox
from app.workflow.views.case import CaseView, DrugLineView, ReturnView, Say, SlotState

SELF_PAY = "self_pay"
"""The route of a sale without a prescription."""
_FIRST = (SlotState.CURRENT, SlotState.RED)
_TAIL = 6


class Boxes(StrEnum):
    """Those of a prescription, any that need none, those of a sale that comes back."""

    NONE = "none"
    LINES = "lines"
    LOOSE = "loose"
    BACK = "back"


_ALL_WRONG = tuple(WrongBox)
WRONG: Mapping[Boxes, tuple[WrongBox, ...]] = {
    Boxes.NONE: (),
    Boxes.LINES: _ALL_WRONG,
    Boxes.LOOSE: _ALL_WRONG,
    Boxes.BACK: (WrongBox.REPEATED, WrongBox.WRONG_PRODUCT, WrongBox.BARCODE, WrongBox.PAYMENT),
}
"""What can be scanned wrongly with each."""


@dataclass(frozen=True, slots=True)
class ShelfBox:
    """A box to choose: this very one where it has a ``code``, else the next of its lot."""

    name: str
    note: Say
    wanted: WantedBox
    code: str = ""


def boxes_at(place: str, case: CaseView | None) -> Boxes:
    """What there is to scan on the page ``place``."""
    if case is None:
        return Boxes.NONE
    if place == "give_back":
        back = case.returning is not None and case.returning.collecting
        return Boxes.BACK if back else Boxes.NONE
    if place != "scan" or case.scan is None:
        return Boxes.NONE
    return Boxes.LOOSE if case.route == SELF_PAY else Boxes.LINES


def line_wanting(case: CaseView | None) -> DrugLineView | None:
    """The line that still wants a box; the current one first."""
    lines = case.scan.lines if case is not None and case.scan is not None else ()
    short = [line for line in lines if line.scanned < line.needed]
    return next((line for line in short if line.state in _FIRST), next(iter(short), None))


def shelf_of(
    boxes: Boxes, case: CaseView | None, loose: tuple[WantedBox, ...]
) -> tuple[ShelfBox, ...]:
    """Boxes to choose among, where no line says which comes next."""
    if boxes is Boxes.LOOSE:
        taken = _in_sale(case)
        return tuple(
            ShelfBox(box.name, _note("lot", box.lot_no), replace(box, taken=taken)) for box in loose
        )
    if boxes is Boxes.BACK and case is not None and case.returning is not None:
        return tuple(_sold(case.returning))
    return ()


def wanted_of(
    boxes: Boxes, case: CaseView | None, loose: tuple[WantedBox, ...], picked: WantedBox | None
) -> WantedBox:
    """What the next box is, or what a wrong one is measured by; ``picked`` was scanned last."""
    if boxes is Boxes.BACK and case is not None and case.returning is not None:
        first, back = case.returning.lines[0], _back(case.returning)
        return WantedBox(first.name, first.lot_no, back)
    if boxes is Boxes.LOOSE and loose:
        return replace(picked or loose[0], taken=_in_sale(case))
    lines = case.scan.lines if case is not None and case.scan is not None else ()
    line = line_wanting(case) or next(iter(lines), None)
    if line is None:
        return WantedBox("", "", ())
    return WantedBox(line.name, line.first_lot_no, line.codes)


def _in_sale(case: CaseView | None) -> tuple[str, ...]:
    lines = case.scan.lines if case is not None and case.scan is not None else ()
    return tuple(code for line in lines for code in line.codes)


def _back(view: ReturnView) -> tuple[str, ...]:
    return tuple(code for line in view.lines for code in line.back)


def _sold(view: ReturnView) -> Iterator[ShelfBox]:
    """What is not back yet, box by box."""
    back = _back(view)
    for line in view.lines:
        wanted = WantedBox(line.name, line.lot_no, back)
        for code in line.sold:
            if code not in back:
                yield ShelfBox(line.name, _note("code", code[-_TAIL:]), wanted, code)


def _note(kind: str, text: str) -> Say:
    return Say(f"training.box.{kind}", (("text", text),))
