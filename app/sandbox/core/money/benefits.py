"""Who pays what: a pure computation that keeps the nine invariants of core-platform 3.2."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from app.sandbox.core.frame.amounts import (
    COUNT_SCALE,
    PRICE_SCALE,
    fen_of,
    price_of,
    rounded,
    share,
)

NO_CEILING = 999_999 * PRICE_SCALE
OWN_EXPENSE = "3"


class Benefit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one kind of insurance pays."""

    insutype: str
    fund_ratio: int
    yearly_deductible: str
    yearly_limit: str
    account: bool
    fund_code: str
    fund_name: str
    account_code: str
    account_name: str


class _Benefits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    benefit: tuple[Benefit, ...]
    ceilings: dict[str, str]


@cache
def _table() -> _Benefits:
    file = resources.files("resources") / "tables" / "wire" / "core_benefits.toml"
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), _Benefits)


def benefit_of(insutype: str) -> Benefit | None:
    """The rules of a kind of insurance; None where pharmacies cannot charge it."""
    return next((b for b in _table().benefit if b.insutype == insutype), None)


def ceiling_of(national_code: str) -> int:
    """Highest insured unit price in millionths of a yuan, or ``NO_CEILING``."""
    found = _table().ceilings.get(national_code)
    return price_of(found) if found else NO_CEILING


@dataclass(frozen=True, slots=True)
class Item:
    """One line to split: fee in fen, quantity at scale 4, price and ceiling at scale 6."""

    fee: int
    count: int
    price: int
    ceiling: int
    pay_class: str
    self_pay_points: int


@dataclass(frozen=True, slots=True)
class Cut:
    """How one line divides; all fen. ``fee = own + over + first + covered``."""

    own: int
    over: int
    first: int
    covered: int


@dataclass(frozen=True, slots=True)
class Purse:
    """What the person has: account balance, deductible already paid and fund already used."""

    balance: int
    deductible_paid: int
    fund_used: int
    account_usable: bool


@dataclass(frozen=True, slots=True)
class Split:
    """How the whole divides; all fen. ``total = fund + account + cash``."""

    cuts: tuple[Cut, ...]
    total: int
    own: int
    over: int
    first: int
    covered: int
    deductible: int
    fund: int
    account: int
    cash: int
    balance_after: int

    @property
    def person(self) -> int:
        return self.account + self.cash


def cut(item: Item) -> Cut:
    """One line by class and ceiling (invariant 4)."""
    if item.pay_class == OWN_EXPENSE:
        return Cut(item.fee, 0, 0, 0)
    first = share(item.fee, item.self_pay_points)
    above = max(0, item.price - item.ceiling) * item.count
    over = min(rounded(above, COUNT_SCALE * PRICE_SCALE // 100), item.fee - first)
    return Cut(0, over, first, item.fee - first - over)


def split(items: Sequence[Item], benefit: Benefit, purse: Purse) -> Split:
    """Lines cut and added, deductible taken, fund by ratio up to its limit, account, then cash."""
    cuts = tuple(cut(item) for item in items)
    total = sum(item.fee for item in items)
    covered = sum(c.covered for c in cuts)
    open_deductible = max(0, fen_of(benefit.yearly_deductible) - purse.deductible_paid)
    deductible = min(covered, open_deductible)
    left = max(0, fen_of(benefit.yearly_limit) - purse.fund_used)
    fund = min(share(covered - deductible, benefit.fund_ratio), left)
    person = total - fund
    usable = benefit.account and purse.account_usable
    account = min(max(0, purse.balance), person) if usable else 0
    return Split(
        cuts=cuts,
        total=total,
        own=sum(c.own for c in cuts),
        over=sum(c.over for c in cuts),
        first=sum(c.first for c in cuts),
        covered=covered,
        deductible=deductible,
        fund=fund,
        account=account,
        cash=person - account,
        balance_after=purse.balance - account,
    )


def fund_rows(benefit: Benefit, found: Split) -> list[Mapping[str, object]]:
    """``setldetail`` facts: fund code, name and fen; the account is a row too (invariant 6)."""
    rows: list[Mapping[str, object]] = [
        {"code": benefit.fund_code, "name": benefit.fund_name, "fen": found.fund}
    ]
    if found.account:
        rows.append(
            {"code": benefit.account_code, "name": benefit.account_name, "fen": found.account}
        )
    return rows
