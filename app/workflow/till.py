"""Everything one counter works with, handed to every workflow function."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.access import Operator
from app.domain.case import Route
from app.domain.credential import EVoucherToken, Secret
from app.domain.ending import Ending
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import ScanGrammar
from app.ports.catalogue import LocalCatalogue
from app.ports.clock import Clock
from app.ports.copies import Copies
from app.ports.devices import Printer
from app.ports.platform import Platform, Sender
from app.ports.store import Store
from app.ports.workbook import Sheets, Workbooks
from app.profile.model import Profile
from app.profile.routes import route_of
from app.workflow.cases.assistance import Assistance
from app.workflow.cases.rules import grammar_of
from app.workflow.leases.holding import Holding


@dataclass(frozen=True, slots=True)
class Shop:
    """The institution this counter belongs to. ``training`` marks screen and paper."""

    institution_code: str
    name: str
    area: str
    training: bool
    phone: str = ""
    network_name: str = "00-00-00-00-00-00"
    address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Printers:
    """Where papers go, and where tables come from."""

    receipt: Printer
    page: Printer
    books: Workbooks | None = None
    sheets: Sheets | None = None


class Tokens:
    """Tokens and passwords of the cases at hand, in memory only (identity-and-devices 2.2).

    Gone with the process: after a restart the code has to be shown again.
    """

    def __init__(self) -> None:
        self._patients: dict[int, EVoucherToken] = {}
        self._pharmacists: dict[int, EVoucherToken] = {}
        self._passwords: dict[int, Secret] = {}

    def patient(self, case_id: int) -> EVoucherToken | None:
        return self._patients.get(case_id)

    def keep_patient(self, case_id: int, token: EVoucherToken) -> None:
        self._patients[case_id] = token

    def pharmacist(self, case_id: int) -> EVoucherToken | None:
        return self._pharmacists.get(case_id)

    def keep_pharmacist(self, case_id: int, token: EVoucherToken) -> None:
        self._pharmacists[case_id] = token

    def keep_password(self, case_id: int, password: Secret) -> None:
        self._passwords[case_id] = password

    def has_password(self, case_id: int) -> bool:
        return case_id in self._passwords

    def take_password(self, case_id: int) -> Secret | None:
        """For one message; the next one needs another typing."""
        return self._passwords.pop(case_id, None)

    def forget(self, case_id: int) -> None:
        self._passwords.pop(case_id, None)
        self._patients.pop(case_id, None)
        self._pharmacists.pop(case_id, None)


_ANSWERABLE: ContextVar[Operator | None] = ContextVar("answerable", default=None)


@dataclass(slots=True)
class Till:
    """One counter of one shop. ``signed_in`` is None while the till is locked.

    ``resolving`` lets one lane at a time bring open attempts to rest; ``turn`` is held by whoever
    works on cases, so that a message under way is never taken for one that was left behind.
    ``chance`` spreads the gaps of waiting records, from 0 to 1.
    """

    store: Store
    platform: Platform
    profile: Profile
    clock: Clock
    shop: Shop
    counter_no: int
    printers: Printers
    assistance: Assistance
    tokens: Tokens = field(default_factory=Tokens)
    resolving: threading.Lock = field(default_factory=threading.Lock)
    turn: threading.RLock = field(default_factory=threading.RLock)
    signed_in: Operator | None = None
    day_over: bool = False
    """Somebody closed the day and answered for what waits: nothing is told of it before the next
    person comes."""
    catalogue: LocalCatalogue | None = None
    copies: Copies | None = None
    chance: Callable[[], float] = secrets.SystemRandom().random
    platform_clock: tuple[datetime, float] | None = None
    """The platform's time in its last answer, and our steady clock when it was heard."""
    line_lost: tuple[int, float] | None = None
    """The first message that did not leave, and our steady clock when that was seen here."""
    times_told: tuple[tuple[datetime, float], ...] = ()
    """The same of its answers of late, without those that a later one lies ahead of."""
    sent: dict[str, float] = field(default_factory=dict)
    """Our steady clock when each message that is waited out left: money, reversals, sales told."""
    holding: Holding | None = None
    """The lease of this counter; None where nobody else can open the base."""
    endings: tuple[Ending, ...] = ()
    """Days keys and certificates end; empty in training, where nothing does."""
    answered_ms: int | None = None
    """How long the last answer of the platform took; None before the first."""
    _routes: dict[str, tuple[Profile, Route]] = field(default_factory=dict, repr=False)

    @property
    def operator(self) -> Operator:
        """Who works here. Raises ``OperatorInput`` while nobody is signed in."""
        who = self.signed_in or _ANSWERABLE.get()
        if who is None:
            raise OperatorInput(Code.NOT_ALLOWED, act="serve")
        return who

    @contextmanager
    def answered_for(self, operator: Operator) -> Iterator[None]:
        """For this thread only: who answers for what goes on while the till is locked."""
        token = _ANSWERABLE.set(operator)
        try:
            yield
        finally:
            _ANSWERABLE.reset(token)

    @property
    def grammar(self) -> ScanGrammar:
        return grammar_of(self.profile)

    def route(self, name: str) -> Route:
        known = self._routes.get(name)
        if known is None or known[0] is not self.profile:
            known = self._routes[name] = self.profile, route_of(self.profile, name)
        return known[1]

    def sender(self, sign_no: str) -> Sender:
        """The envelope's sender for this operator and this signed-in day."""
        who = self.operator
        return Sender(
            institution_code=self.shop.institution_code,
            institution_name=self.shop.name,
            service_area=self.shop.area,
            operator_no=who.login,
            operator_name=who.name,
            sign_no=sign_no,
        )
