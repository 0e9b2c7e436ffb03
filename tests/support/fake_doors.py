"""Doors for the command line that remember what was wished and answer from prepared values."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.dispatch import dispatch
from app.cli.doors import (
    CatalogueWish,
    DeliveryWish,
    DemoWish,
    LiveDoors,
    LiveWish,
    MoneyWish,
    ProvisionWish,
    RehearsalWish,
    RehearsedDay,
    SandboxWish,
    SeenCode,
    SimulatedSeed,
    SimulationWish,
    StockDayWish,
)
from app.domain.credential import CardFacts, CardNumber, CardSerial, IdNumber, PersonName
from app.domain.errors import Code, OperatorInput, Trouble
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report
from app.ports.catalogue import Hit
from app.ports.devices import RealParts
from app.ports.referee import Referee
from app.ports.stock_books import Proof
from app.ports.store import OutboxItem, OutboxState
from app.profile.loader import load
from app.profile.operations import Operation
from app.sandbox.referee.room import Referee as Room
from app.workflow.upkeep.doctor import CheckRow

CARD_NO, CARD_SERIAL = "A1234567X", "0123456789abcdef0123456789abcdef"
NAME, ID_NO = "钱测试", "350100199001010013"
READY: dict[str, object] = {"url": "http://127.0.0.1:1", "endpoints": {}}


def a_card(*, protected: bool = False) -> CardFacts:
    return CardFacts(
        card_no=CardNumber(CARD_NO),
        card_serial=CardSerial(CARD_SERIAL),
        name=None if protected else PersonName(NAME),
        id_number=None if protected else IdNumber(ID_NO),
        spec_version="3.00",
        issuing_area="350100",
        valid_until=None,
        reset_form="historical",
    )


def a_waiting_item() -> OutboxItem:
    now = datetime.now(UTC)
    return OutboxItem(
        item_id=7,
        operation=Operation.RETURN_SALE,
        business_key="S1-1-return",
        lane_key="PC1",
        case_id=1,
        request=None,
        state=OutboxState.WAITING,
        tries=2,
        born_at=now - timedelta(seconds=90),
        next_at=now,
        code=4002,
        platform_text="",
        summary="示例片",
    )


@dataclass
class FakeDoors:
    """``trouble`` is raised by every door instead of an answer."""

    report: Mapping[str, object] = field(default_factory=dict)
    codes: tuple[SeenCode, ...] = ()
    card: CardFacts = field(default_factory=a_card)
    rows: tuple[CheckRow, ...] = ()
    items: tuple[OutboxItem, ...] = ()
    left: tuple[OutboxItem, ...] = ()
    chain: Mapping[str, object] = field(default_factory=dict)
    days: tuple[SimulatedSeed, ...] = ()
    rehearsed: tuple[RehearsedDay, ...] = ()
    proof: Proof | None = None
    hits: tuple[Hit, ...] = ()
    status: int = 0
    trouble: Trouble | None = None
    wishes: list[object] = field(default_factory=list)

    def _opened(self, *wished: object) -> None:
        self.wishes.extend(wished)
        if self.trouble is not None:
            raise self.trouble

    def live(self, wish: LiveWish) -> LiveDoors:
        """The same doors; the region of a live store is not one of training."""
        self._opened(wish)
        return LiveDoors(self, lambda: "shanghai")

    def move_store(self, to: str) -> Mapping[str, object]:
        self._opened(to)
        return self.report

    def provision(self, wish: ProvisionWish) -> Mapping[str, object]:
        self._opened(wish)
        return self.report

    def play(self, wish: DemoWish) -> Mapping[str, object]:
        self._opened(wish)
        return self.report

    def play_apart(self, options: Sequence[str]) -> Mapping[str, object]:
        self._opened(tuple(options))
        return self.report

    def require_faults(self, specs: tuple[str, ...], profile: str) -> None:
        """``bad:fault`` is the one that nobody can play."""
        if "bad:fault" in specs:
            raise OperatorInput(
                Code.FAULT_UNKNOWN, what="bad:fault", operations="settle", faults="reject"
            )

    def serve(
        self, wish: SandboxWish, ready: Callable[[dict[str, object]], None], stop: threading.Event
    ) -> None:
        self._opened(wish)
        ready(READY)
        stop.set()

    def pictures_in(self, path: Path) -> Sequence[Path]:
        return sorted(path.iterdir()) if path.is_dir() else [path]

    def codes_in(self, path: Path) -> Iterator[SeenCode]:
        self._opened(path)
        yield from self.codes

    def read_card(self, reader: str) -> CardFacts:
        self._opened(reader)
        return self.card

    def open_window(self, data_dir: Path | None, profile: str, real: RealParts) -> int:
        self._opened(data_dir, profile, real)
        return self.status

    def backup(
        self, data_dir: Path | None, profile: str, folder: Path | None, beside: str | None = None
    ) -> Mapping[str, object]:
        self._opened(data_dir, profile, folder, *([] if beside is None else [beside]))
        return self.report

    def restore(self, data_dir: Path | None, profile: str, file: Path) -> Mapping[str, object]:
        self._opened(data_dir, profile, file)
        return self.report

    def checks(self, data_dir: Path | None, profile: str) -> tuple[CheckRow, ...]:
        self._opened(data_dir, profile)
        return self.rows

    def waiting(self, data_dir: Path | None, profile: str) -> tuple[OutboxItem, ...]:
        self._opened(data_dir, profile)
        return self.items

    def work_queue(
        self, data_dir: Path | None, profile: str, item_id: int | None
    ) -> tuple[OutboxItem, ...]:
        self._opened(data_dir, profile, item_id)
        return self.left

    def reconcile_money(self, wish: MoneyWish) -> Mapping[str, object]:
        self._opened(wish)
        return self.report

    def reconcile_stock(self, wish: StockDayWish) -> Mapping[str, Any]:
        self._opened(wish)
        return self.report

    def rehearse_stock(
        self, wish: RehearsalWish, told: Callable[[RehearsedDay], None]
    ) -> Mapping[str, Any]:
        self._opened(wish)
        for day in self.rehearsed:
            told(day)
        return self.report

    def receive_delivery(self, wish: DeliveryWish) -> Mapping[str, Any]:
        self._opened(wish)
        return self.report

    def bring_catalogue(
        self, wish: CatalogueWish, report: Report, cancel: CancelToken
    ) -> Mapping[str, Any]:
        self._opened(wish)
        for done in (0, 50, 100):
            report(Progress("catalogue.drugs", done, 100))
        return self.report

    def search_catalogue(self, data_dir: Path | None, profile: str, typed: str) -> tuple[Hit, ...]:
        self._opened(typed)
        return self.hits

    def platform_words(self, data_dir: Path | None, profile: str, table: str) -> Mapping[str, Any]:
        self._opened(table)
        return self.report

    def box_on_file(self, data_dir: Path | None, profile: str, code: str) -> Mapping[str, Any]:
        self._opened(code)
        return self.report

    def ledger_proof(self, data_dir: Path | None, profile: str) -> Proof:
        self._opened(data_dir)
        assert self.proof is not None
        return self.proof

    def journal_state(self, data_dir: Path | None, profile: str) -> Mapping[str, object]:
        self._opened(data_dir, profile)
        return self.chain

    def referee(self, profile: str) -> Referee:
        """The real one: it opens nothing that would need a stand-in."""
        self._opened(profile)
        return Room(load(profile).profile)

    def simulate(
        self, wish: SimulationWish, told: Callable[[SimulatedSeed], None]
    ) -> Mapping[str, object]:
        self._opened(wish)
        for day in self.days:
            told(day)
        return self.report


def ran(
    doors: FakeDoors, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[Any], str]:
    """Status, documents on standard output, and what people read."""
    status = dispatch(arguments, lambda: doors)
    shown = capsys.readouterr()
    return status, [json.loads(line) for line in shown.out.splitlines()], shown.err
