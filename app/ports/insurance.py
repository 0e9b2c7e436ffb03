"""Questions about an insurance around a settlement: entitlement, lines, a check ahead."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.advice import Concern as Concern
from app.domain.advice import Entitlement as Entitlement
from app.domain.credential import Person
from app.domain.money import Fen, Price, Quantity
from app.ports.requests import Bill


@dataclass(frozen=True, slots=True)
class CheckEntitlement:
    """人员待遇享受检查 for one insurance of a person, from ``since`` on."""

    person: Person
    insured_area: str
    insurance_kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class QueryFees:
    """费用明细查询 of one settlement that is known by its number."""

    person: Person
    insured_area: str
    settlement_id: str
    visit_id: str


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line as the platform settled it. ``serial`` is the line's own of the bill."""

    serial: str
    quantity: Quantity
    price: Price | None
    amount: Fen
    pay_class: str
    self_pay_first: Fen
    over_limit: Fen
    in_scope: Fen


@dataclass(frozen=True, slots=True)
class CheckAhead:
    """明细审核事前分析 of a bill that nobody has settled yet."""

    bill: Bill
    visit_id: str
