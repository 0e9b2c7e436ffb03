"""Repositories of one open transaction, each made when it is asked for."""

from collections.abc import Callable
from typing import Generic, TypeVar

from app.domain.errors import Bug
from app.ports import store as ports
from app.ports.elsewhere import ForeignBook
from app.ports.leases import Leases
from app.ports.overrides import Overrides
from app.ports.prefixes import Prefixes
from app.ports.reconciling import MoneyDays
from app.ports.recovery import Recoveries
from app.ports.stock_books import CountSheets, Register, StockBooks, StockDrafts
from app.ports.stock_days import StockDays
from localdb.outbox import SqlOutbox
from localdb.repositories.attempts import SqlAttempts
from localdb.repositories.cases import SqlCases
from localdb.repositories.days import SqlDays
from localdb.repositories.deliveries import SqlDeliveries
from localdb.repositories.elsewhere import SqlForeignBook
from localdb.repositories.goods import SqlGoods
from localdb.repositories.journal import SqlJournal
from localdb.repositories.leases import SqlLeases
from localdb.repositories.messages import SqlMessages
from localdb.repositories.money_days import SqlMoneyDays
from localdb.repositories.overrides import SqlOverrides
from localdb.repositories.people import SqlPeople
from localdb.repositories.prefixes import SqlPrefixes
from localdb.repositories.prints import SqlPrintJobs
from localdb.repositories.recoveries import SqlRecoveries
from localdb.repositories.scope import Scope
from localdb.repositories.settings import SqlSettings
from localdb.stock.books import SqlStockBooks
from localdb.stock.counts import SqlCountSheets, SqlStockDrafts
from localdb.stock.days import SqlStockDays
from localdb.stock.register import SqlRegister

T = TypeVar("T")


class _Repository(Generic[T]):
    """One repository of a unit, made when it is asked for: no unit needs them all."""

    def __init__(self, make: Callable[[Scope], T]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: "SqlUnit", owner: type) -> T:
        made = self._make(unit.scope)
        # found before this from now on
        unit.__dict__[self._name] = made
        return made


class SqlUnit:
    """Repositories of one open transaction."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    cases = _Repository[ports.Cases](SqlCases)
    messages = _Repository[ports.Messages](SqlMessages)
    attempts = _Repository[ports.Attempts](SqlAttempts)
    outbox = _Repository[ports.Outbox](SqlOutbox)
    goods = _Repository[ports.Goods](SqlGoods)
    people = _Repository[ports.People](SqlPeople)
    journal = _Repository[ports.Journal](SqlJournal)
    days = _Repository[ports.Days](SqlDays)
    prints = _Repository[ports.PrintJobs](SqlPrintJobs)
    settings = _Repository[ports.Settings](SqlSettings)
    money_days = _Repository[MoneyDays](SqlMoneyDays)
    recoveries = _Repository[Recoveries](SqlRecoveries)
    deliveries = _Repository[ports.Deliveries](SqlDeliveries)
    stock = _Repository[StockBooks](lambda scope: SqlStockBooks(scope, SqlGoods(scope)))
    counts = _Repository[CountSheets](SqlCountSheets)
    drafts = _Repository[StockDrafts](SqlStockDrafts)
    register = _Repository[Register](SqlRegister)
    overrides = _Repository[Overrides](SqlOverrides)
    prefixes = _Repository[Prefixes](SqlPrefixes)
    elsewhere = _Repository[ForeignBook](SqlForeignBook)
    stock_days = _Repository[StockDays](SqlStockDays)
    leases = _Repository[Leases](SqlLeases)


def scope_of(unit: ports.Unit) -> Scope:
    """The transaction behind a unit of this room."""
    if not isinstance(unit, SqlUnit):
        raise Bug(what="a unit of another store")
    return unit.scope
