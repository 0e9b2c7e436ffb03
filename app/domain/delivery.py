"""Goods on their way to the insured: who carries them, who takes them, and what may follow what.

S1 (13), (14): told when the way begins, and again when somebody has signed or not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.credential import Masked, PersonName, PhoneNumber
from app.domain.errors import Bug, Code, OperatorInput
from app.domain.prescription import RxNumber


class StreetAddress(Masked):
    """Where somebody lives; bystanders read no more than the district."""

    __slots__ = ()

    def masked(self) -> str:
        return f"{self._text[:6]}***" if len(self._text) > _DISTRICT else "***"


_DISTRICT = 8
_NOBODY = PersonName("")
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 20
_LONGEST_ADDRESS, _LONGEST_NAME = 200, 40


class DeliveryState(StrEnum):
    """Where the goods are."""

    PREPARED = "prepared"
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    REFUSED = "refused"
    CALLED_OFF = "called_off"


NEXT: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PREPARED: frozenset({DeliveryState.UNDER_WAY, DeliveryState.CALLED_OFF}),
    DeliveryState.UNDER_WAY: frozenset(
        {DeliveryState.ARRIVED, DeliveryState.REFUSED, DeliveryState.CALLED_OFF}
    ),
    DeliveryState.ARRIVED: frozenset(),
    DeliveryState.REFUSED: frozenset(),
    DeliveryState.CALLED_OFF: frozenset(),
}
"""What may follow what. Goods that nobody took come back as a return, not as a delivery."""
OPEN = frozenset(state for state, after in NEXT.items() if after)
"""Somebody still has to do something."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who takes the goods, and where."""

    name: PersonName
    phone: PhoneNumber
    address: StreetAddress


@dataclass(frozen=True, slots=True)
class Courier:
    """Who carries them; ``company`` is the store itself where its own people do."""

    company: str
    name: PersonName
    phone: PhoneNumber


@dataclass(frozen=True, slots=True)
class Delivery:
    """The goods of one finished sale on their way. ``moved_at`` is when the state was reached.

    ``signed_by`` names who took the goods; empty before that.
    """

    delivery_no: str
    case_id: int
    rx_number: RxNumber
    receipt_no: str
    receiver: Receiver
    courier: Courier | None
    state: DeliveryState
    moved_at: datetime
    signed_by: PersonName = _NOBODY
    note: str = ""

    def moved(self, state: DeliveryState, at: datetime) -> "Delivery":
        """Raises ``Bug`` for a move that is not in ``NEXT``, or a way without a courier."""
        if state not in NEXT[self.state]:
            raise Bug(what=f"delivery {self.state} to {state}")
        if state is DeliveryState.UNDER_WAY and self.courier is None:
            raise Bug(what="a delivery without a courier")
        return replace(self, state=state, moved_at=at)


def receiver_of(name: str, phone: str, address: str) -> Receiver:
    """What was typed. Raises ``OperatorInput`` ``DELIVERY_INCOMPLETE`` naming the first field."""
    typed = {"name": name.strip(), "phone": _digits(phone), "address": address.strip()}
    _require("name", 1 <= len(typed["name"]) <= _LONGEST_NAME)
    _require("phone", _is_phone(typed["phone"]))
    _require("address", 1 <= len(typed["address"]) <= _LONGEST_ADDRESS)
    return Receiver(
        PersonName(typed["name"]), PhoneNumber(typed["phone"]), StreetAddress(typed["address"])
    )


def courier_of(company: str, name: str, phone: str) -> Courier:
    """What was typed. Raises ``OperatorInput`` ``DELIVERY_INCOMPLETE`` naming the first field."""
    _require("company", 1 <= len(company.strip()) <= _LONGEST_NAME)
    _require("courier", 1 <= len(name.strip()) <= _LONGEST_NAME)
    _require("courier_phone", _is_phone(_digits(phone)))
    return Courier(company.strip(), PersonName(name.strip()), PhoneNumber(_digits(phone)))


def _digits(phone: str) -> str:
    return "".join(one for one in phone.strip() if one not in " -")


def _is_phone(text: str) -> bool:
    plain = text.removeprefix("+")
    fits = _SHORTEST_PHONE <= len(plain) <= _LONGEST_PHONE
    return fits and plain.isascii() and plain.isdigit()


def _require(field: str, holds: bool) -> None:
    if not holds:
        raise OperatorInput(Code.DELIVERY_INCOMPLETE, field=field)
