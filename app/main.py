"""Composition root: what the commands ask for, behind the doors that ``app.opening`` wires."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from app.domain.errors import Code, OperatorInput
from app.jobs.clock import SystemClock
from app.jobs.training_platform import Wanted
from app.ports.devices import RealParts
from app.profile.loader import load
from app.simulation.door import Simulations
from app.workflow.cases.required import required

if TYPE_CHECKING:
    from app.cli.doors import (
        CatalogueWish,
        DeliveryWish,
        DemoWish,
        LiveDoors,
        LiveWish,
        MoneyWish,
        ProvisionWish,
        SandboxWish,
        SeenCode,
        StockDayWish,
    )
    from app.domain.credential import CardFacts
    from app.jobs.lane import CancelToken
    from app.jobs.progress import Report
    from app.ports.catalogue import Hit
    from app.ports.referee import Referee
    from app.ports.stock_books import Proof
    from app.ports.store import OutboxItem
    from app.workflow.upkeep.doctor import CheckRow
    from localdb.store import SqlStore
    from ui.counter_window import CounterWindow

from app.opening import OVERLAY, PAPERS, OpenCounter, open_counter, shown
from app.premises import Practice, Premises


def _played(
    counter: CounterWindow, opening: Future[OpenCounter], wish: DemoWish, out: Path
) -> dict[str, object]:
    """Play, and a second time where the first finished what an earlier run had left."""
    from dataclasses import asdict

    from app.cli.output import sentence_of
    from app.workflow.cases.report import Effort, demo_report
    from resources.scenarios import load_demo_store
    from ui.demo import play_visit
    from ui.demo_hands import hands_of
    from ui.demo_person import SignIn

    hands = hands_of(
        counter,
        lambda: required(opening.result().table, "no table"),
        wish.identity,
        wish.picture,
        bool(wish.reader),
    )
    first = load_demo_store(SystemClock().now().date()).operators[0]
    visits = [play_visit(counter, hands, out, SignIn(first.login, first.pin))]
    opened = opening.result()
    if wish.resume and visits[0].finished and visits[0].resumed:
        counter.counter.next_customer()
        visits.append(play_visit(counter, hands, out, after=visits[0].case_id))
    last = visits[-1]
    with opened.store.reading() as unit:
        case = unit.cases.get(last.case_id) if last.case_id is not None else None
    papers = [path.name for path in opened.bench.printed()]
    effort = Effort(round(opened.watch.own_ms), round(opened.watch.worked_ms))
    tables = [asdict(visit) for visit in visits]
    return demo_report(wish.profile, wish.identity, tables, case, papers, effort, sentence_of)


class House(Simulations):
    """Everything behind the doors, as the commands ask for it."""

    def __init__(self, premises: Premises | None = None) -> None:
        self._premises = premises or Practice()

    def live(self, wish: LiveWish) -> LiveDoors:
        from app.cli.doors import LiveDoors
        from app.live.store import LiveStore

        store = LiveStore(wish)
        return LiveDoors(House(store), lambda: store.region)

    def provision(self, wish: ProvisionWish) -> Mapping[str, object]:
        from app.live.provisioning import provision
        from app.live.store import LiveStore

        if not isinstance(self._premises, LiveStore):
            raise OperatorInput(Code.USAGE_WRONG, what="--live")
        return provision(self._premises, wish)

    def move_store(self, to: str) -> Mapping[str, object]:
        from app.live.moving import move_store
        from app.live.store import LiveStore

        if not isinstance(self._premises, LiveStore):
            raise OperatorInput(Code.USAGE_WRONG, what="--live")
        return move_store(self._premises.installation, self._premises.practice, to)

    def play(self, wish: DemoWish) -> Mapping[str, object]:
        import json
        from tempfile import TemporaryDirectory

        with ExitStack() as stack:
            kept = wish.data_dir or Path(stack.enter_context(TemporaryDirectory()))
            out, real = wish.out or Path.cwd() / "yaotai-demo", RealParts(reader=wish.reader)
            wanted = Wanted(kept, wish.profile, out, wish.platform, wish.seed, wish.fault, real)
            opener = partial(open_counter, wanted)
            opened = stack.enter_context(shown(opener, wish.theme, wish.size, person=False))
            application, counter, opening = opened
            report = _played(counter, opening, wish, out)
            counter.window.close()
            application.processEvents()
        told = json.dumps(report, ensure_ascii=False, indent=2)
        (out / "report.json").write_text(told, encoding="utf-8")
        return report

    def play_apart(self, options: Sequence[str]) -> Mapping[str, object]:
        from app.jobs.apart import played_apart

        return played_apart(options)

    def require_faults(self, specs: tuple[str, ...], profile: str) -> None:
        from app.sandbox.faults import first_wrong, offered

        region = load(profile, OVERLAY).profile
        wrong = first_wrong(specs, region)
        if wrong:
            raise OperatorInput(Code.FAULT_UNKNOWN, what=wrong, **offered(region))

    def serve(
        self, wish: SandboxWish, ready: Callable[[dict[str, object]], None], stop: threading.Event
    ) -> None:
        from app.sandbox.server import SandboxOptions, serve

        serve(SandboxOptions(wish.port, wish.db, wish.seed, wish.faults, wish.profile), ready, stop)

    def pictures_in(self, path: Path) -> Sequence[Path]:
        from devices.code.pictures import files_of

        return files_of(path)

    def codes_in(self, path: Path) -> Iterator[SeenCode]:
        from app.cli.doors import SeenCode
        from devices.code.pictures import decode_file

        yield from (SeenCode(code.text, code.symbology) for code in decode_file(path))

    def read_card(self, reader: str) -> CardFacts:
        from devices.card.pcsc import PcscCardReader

        with ExitStack() as stack:
            stack.callback((source := PcscCardReader(reader)).stop)
            return source.read()

    def open_window(self, data_dir: Path | None, profile: str, real: RealParts) -> int:
        opener = partial(self._premises.open, self._premises.wanted(data_dir, profile, real))
        training = self._premises.training
        with shown(opener, person=True, training=training) as (application, _counter, _opening):
            return int(application.exec())

    def checks(self, data_dir: Path | None, profile: str) -> tuple[CheckRow, ...]:
        from shutil import disk_usage

        from app.cli.output import sentence
        from app.gateways import probes as road
        from app.workflow.upkeep import own_probes
        from app.workflow.upkeep.doctor import examine
        from devices import probes as things
        from localdb import probes as memory
        from ui import probes as screen

        first = examine(self._premises.probes(), sentence)
        if any(row.status == "fail" for row in first):
            return first + examine((*things.probes(sentence), *screen.PROBES), sentence)
        location = self._premises.location(data_dir, profile)
        region = location.profile_id
        own = own_probes.probes(region, self._premises.overlays, location.folder / PAPERS)
        room = memory.probes(
            location, lambda folder: disk_usage(folder).free, SystemClock().now(), sentence
        )
        by = road.probes(lambda: load(region).profile)
        rest = (*own, *room, *by, *things.probes(sentence), *screen.PROBES)
        return first + examine(rest, sentence)

    def waiting(self, data_dir: Path | None, profile: str) -> tuple[OutboxItem, ...]:
        with self._beside(data_dir, profile) as store, store.reading() as unit:
            return unit.outbox.items()

    def work_queue(
        self, data_dir: Path | None, profile: str, item_id: int | None
    ) -> tuple[OutboxItem, ...]:
        from app.workflow.upkeep.queue_errand import work_queue as work

        with self._alone(data_dir, profile) as opened:
            return work(opened.till, item_id)

    def reconcile_money(self, wish: MoneyWish) -> Mapping[str, object]:
        from app.workflow.reconciling.errand import reconcile_money
        from ui.app import make_application

        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _drawing = make_application(sys.argv[:1])
        with self._alone(wish.data_dir, wish.profile, wish.out) as opened:
            return reconcile_money(opened.till, wish.day)

    def reconcile_stock(self, wish: StockDayWish) -> Mapping[str, object]:
        from app.workflow.stock_reconciling.errand import reconcile_stock
        from ui.app import make_application

        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _drawing = make_application(sys.argv[:1])
        with self._alone(wish.data_dir, wish.profile, wish.out) as opened:
            return reconcile_stock(opened.till, wish.day)

    def receive_delivery(self, wish: DeliveryWish) -> Mapping[str, object]:
        from app.workflow.goods.errand import receive_delivery

        with self._alone(wish.data_dir, wish.profile, wish.out) as opened:
            return receive_delivery(
                opened.till, wish.file, good_rows=wish.good_rows, check=wish.check
            )

    def bring_catalogue(
        self, wish: CatalogueWish, report: Report, cancel: CancelToken
    ) -> Mapping[str, object]:
        from app.workflow.catalogue.errand import bring_lists

        with self._alone(wish.data_dir, wish.profile) as opened:
            return bring_lists(opened.till, wish.lists, report, cancel)

    def search_catalogue(self, data_dir: Path | None, profile: str, typed: str) -> tuple[Hit, ...]:
        from app.domain.goods.initials import LateInitials
        from localdb.store import open_catalogue
        from resources.initials import load_initials

        location = self._premises.location(data_dir, profile)
        with self._beside(data_dir, profile) as store:
            lists = open_catalogue(store, location, LateInitials(load_initials))
            with closing(lists):
                return lists.search(typed)

    def platform_words(
        self, data_dir: Path | None, profile: str, table: str
    ) -> Mapping[str, object]:
        from app.workflow.catalogue.errand import compare_words

        with self._alone(data_dir, profile) as opened:
            return compare_words(opened.till, table)

    def box_on_file(self, data_dir: Path | None, profile: str, code: str) -> Mapping[str, object]:
        from app.workflow.goods.errand import box_on_file

        with self._alone(data_dir, profile) as opened:
            return box_on_file(opened.till, code)

    def ledger_proof(self, data_dir: Path | None, profile: str) -> Proof:
        with self._beside(data_dir, profile) as store, store.reading() as unit:
            return unit.stock.prove()

    def journal_state(self, data_dir: Path | None, profile: str) -> Mapping[str, object]:
        from localdb.repositories.journal import SqlJournal

        with self._beside(data_dir, profile) as store, store.reading() as unit:
            report = cast("SqlJournal", unit.journal).verify()
        told = {"ok": report.whole, "rows": report.rows, "broken_at": report.broken_at}
        return told | {"head": report.head.hex()}

    def backup(
        self, data_dir: Path | None, profile: str, folder: Path | None, beside: str | None = None
    ) -> Mapping[str, object]:
        from localdb.backups import name_second_place, place_of, put_beside, second_place, take

        location = self._premises.location(data_dir, profile)
        keys = self._premises.keys(location)
        made = take(location, keys, SystemClock(), folder or place_of(location))
        if beside is not None:
            name_second_place(location, None if beside == "-" else Path(beside))
        place = second_place(location)
        lies = "" if place is None else str(put_beside(made, place, location.name))
        counts = {"units": made.units, "rows": made.rows, "dropped": len(made.dropped)}
        return {"file": str(made.file), "beside": lies, "sha256": made.sha256, **counts}

    def restore(self, data_dir: Path | None, profile: str, file: Path) -> Mapping[str, object]:
        from localdb.backups import put_back

        location = self._premises.location(data_dir, profile)
        begun = put_back(location, self._premises.keys(location), SystemClock(), file)
        days = [] if begun is None or not begun.open else [str(day) for day in begun.days()]
        return {
            "file": str(file),
            "cause": "" if begun is None else begun.cause.value,
            "days": days,
        }

    def referee(self, profile: str) -> Referee:
        from app.sandbox.referee.room import Referee as Room

        return Room(load(profile).profile)

    def _alone(
        self, folder: Path | None, profile: str, papers: Path | None = None
    ) -> AbstractContextManager[OpenCounter]:
        from localdb.opening import require_free

        location = self._premises.location(folder, profile)
        require_free(location)
        return self._premises.open(
            Wanted(location.folder, profile, papers or location.folder / PAPERS)
        )

    @contextmanager
    def _beside(self, data_dir: Path | None, profile: str) -> Iterator[SqlStore]:
        from localdb.store import open_store_beside

        location = self._premises.location(data_dir, profile)
        store = open_store_beside(location, self._premises.keys(location), SystemClock())
        with closing(store):
            yield store


def run(arguments: Sequence[str] | None = None) -> None:
    """``yaotai``."""
    from app.cli.dispatch import dispatch

    sys.exit(dispatch(arguments, House))
