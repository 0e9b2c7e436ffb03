"""What of a refused record a person may put right, and what stays as it was sold.

Boxes, amounts, prices, people and times are facts of the sale; what was typed at goods receipt or
in the catalogue may be wrong. Field names are those of ``app.ports.requests``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.domain.errors import Code, OperatorInput
from app.ports import requests as q

LONGEST = 50
"""Characters of a code or a lot on the wire (core-platform 6.6)."""
_LINE = ("made_on", "expires_on", "lot_no", "national_code", "product_barcode")
_MAY_BE_EMPTY = frozenset({"product_barcode"})
_DATES = frozenset({"made_on", "expires_on"})


@dataclass(frozen=True, slots=True)
class Mendable:
    """One field with what it holds now."""

    name: str
    value: str


def mendable(request: object) -> tuple[Mendable, ...]:
    """The fields a person may put right; none for a record that is one whole."""
    if not isinstance(request, q.UploadSale | q.ReturnSale):
        return ()
    return tuple(Mendable(name, str(getattr(request.line, name))) for name in _LINE)


def mended(request: object, changes: Mapping[str, str], today: date) -> object:
    """The request with ``changes``, everything else as it was.

    Raises ``OperatorInput`` ``MEND_WRONG`` naming the field.
    """
    known = {field.name for field in mendable(request)}
    foreign = changes.keys() - known
    if foreign or not isinstance(request, q.UploadSale | q.ReturnSale):
        raise OperatorInput(Code.MEND_WRONG, field=min(foreign, default=""))
    values = {name: _value(name, text.strip()) for name, text in changes.items()}
    line = replace(request.line, **values)  # type: ignore[arg-type] # dates for dates, else texts
    if line.made_on > today:
        raise OperatorInput(Code.MEND_WRONG, field="made_on")
    if line.expires_on <= line.made_on:
        raise OperatorInput(Code.MEND_WRONG, field="expires_on")
    return replace(request, line=line)


def _value(name: str, text: str) -> str | date:
    if name in _DATES:
        try:
            return date.fromisoformat(text)
        except ValueError as wrong:
            raise OperatorInput(Code.MEND_WRONG, field=name) from wrong
    if (not text and name not in _MAY_BE_EMPTY) or len(text) > LONGEST or not text.isprintable():
        raise OperatorInput(Code.MEND_WRONG, field=name)
    return text
