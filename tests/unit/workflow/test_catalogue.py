"""Lists are brought here page by page, cut off anywhere, and gone on with."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app.domain.errors import Code, NotSent, OutcomeUnknown
from app.jobs.lane import Cancelled, CancelToken
from app.jobs.progress import Progress
from app.ports import catalogue as k
from app.ports import circulation as c
from app.profile.operations import Operation
from app.workflow.calendar import CHINA, today
from app.workflow.catalogue import nightly
from app.workflow.catalogue.downloading import FIRST_DAY, offered, refresh, refresh_all
from localdb.catalogue.store import SqlCatalogue
from tests.support.initials import initials
from tests.support.many_drugs import many_drugs
from tests.support.small_counter import SmallCounter

UNSENT = NotSent(Code.DID_NOT_LEAVE)
LOST = OutcomeUnknown(Code.ANSWER_UNREADABLE)
INSURED = k.Listing.INSURED
PAGE = 10


@pytest.fixture
def shop(small: SmallCounter) -> SmallCounter:
    """Small pages; 35 items of the insurance list at the platform."""
    rules = msgspec.structs.replace(small.profile.rules, page_size_max=PAGE)
    small.with_profile(msgspec.structs.replace(small.profile, rules=rules))
    small.fake.catalogue.rows[INSURED] = list(many_drugs(35))
    return small


@pytest.fixture
def local(tmp_path: Path) -> Iterator[SqlCatalogue]:
    opened = SqlCatalogue.open(tmp_path, "shop", bytes(32), initials())
    yield opened
    opened.close()


def test_pages_come_with_progress_until_the_last(shop: SmallCounter, local: SqlCatalogue) -> None:
    told: list[Progress] = []
    mark = refresh(shop.till, local, INSURED, told.append)
    assert [(step.done, step.total) for step in told] == [(10, 35), (20, 35), (30, 35), (35, 35)]
    assert (mark.page, mark.done, mark.finished_at) == (4, 35, shop.clock.now())
    assert local.count(INSURED) == 35
    first = next(many_drugs(1))
    assert local.search(first.code)[0].entry.name == first.name


def pages_asked(shop: SmallCounter) -> list[tuple[int, object]]:
    return [
        (request.page, request.since)
        for operation, request in shop.fake.asked
        if operation is Operation.QUERY_INSURED_ITEMS
    ]


@pytest.mark.parametrize("trouble", [UNSENT, LOST])
def test_a_line_that_breaks_costs_one_page(
    shop: SmallCounter, local: SqlCatalogue, trouble: NotSent | OutcomeUnknown
) -> None:
    shop.fake.script(Operation.QUERY_INSURED_ITEMS)
    shop.fake.script(Operation.QUERY_INSURED_ITEMS)
    shop.fake.script(Operation.QUERY_INSURED_ITEMS, trouble)
    with pytest.raises((NotSent, OutcomeUnknown)):
        refresh(shop.till, local, INSURED)
    assert local.count(INSURED) == 20
    refresh(shop.till, local, INSURED)
    assert [page for page, _ in pages_asked(shop)] == [1, 2, 3, 3, 4]
    assert local.count(INSURED) == 35


def test_somebody_stops_it_and_it_goes_on_there(shop: SmallCounter, local: SqlCatalogue) -> None:
    token = CancelToken()

    def enough(step: Progress) -> None:
        if step.done == 20:
            token.cancel()

    with pytest.raises(Cancelled):
        refresh(shop.till, local, INSURED, enough, token)
    mark = local.mark(INSURED)
    assert mark is not None
    assert (mark.page, mark.finished_at) == (2, None)
    refresh(shop.till, local, INSURED)
    assert [page for page, _ in pages_asked(shop)] == [1, 2, 3, 4]


def test_the_next_round_asks_for_what_changed_since(
    shop: SmallCounter, local: SqlCatalogue
) -> None:
    refresh(shop.till, local, INSURED)
    begun = today(shop.till)
    shop.clock.move(timedelta(days=1))
    changed = replace(next(many_drugs(1)), name="改名片")
    shop.fake.catalogue.rows[INSURED] = [changed]
    refresh(shop.till, local, INSURED)
    assert pages_asked(shop)[0] == (1, FIRST_DAY)
    assert pages_asked(shop)[-1] == (1, begun)
    assert local.search("改名")[0].entry.row_no == changed.row_no
    assert local.count(INSURED) == 35


def versioned(count: int, first: int = 1) -> list[k.Row]:
    """Rows whose versions fall: the newest stands first in the file."""
    made = list(many_drugs(count))
    return [replace(row, version=str(first + count - at)) for at, row in enumerate(made)]


def test_a_list_by_version_is_fetched_until_nothing_is_newer(
    shop: SmallCounter, local: SqlCatalogue
) -> None:
    shop.fake.catalogue.rows[k.Listing.DRUGS] = versioned(1200)
    mark = refresh(shop.till, local, k.Listing.DRUGS)
    assert (mark.version, local.count(k.Listing.DRUGS)) == ("1201", 1200)
    assert local.file(k.Listing.DRUGS) is None
    assert shop.fake.times(Operation.FETCH_DRUGS) == 2
    refresh(shop.till, local, k.Listing.DRUGS)
    assert shop.fake.times(Operation.DOWNLOAD_FILE) == 1


def test_a_file_that_came_is_not_fetched_twice(shop: SmallCounter, local: SqlCatalogue) -> None:
    shop.fake.catalogue.rows[k.Listing.DRUGS] = versioned(1200)
    token = CancelToken()
    with pytest.raises(Cancelled):
        refresh(shop.till, local, k.Listing.DRUGS, lambda _step: token.cancel(), token)
    mark = local.mark(k.Listing.DRUGS)
    assert mark is not None
    assert (mark.page, local.file(k.Listing.DRUGS) is not None) == (500, True)
    ended = refresh(shop.till, local, k.Listing.DRUGS)
    assert shop.fake.times(Operation.DOWNLOAD_FILE) == 1
    assert (ended.version, local.count(k.Listing.DRUGS)) == ("1201", 1200)


def test_a_file_of_an_ended_round_is_never_read_again(
    shop: SmallCounter, local: SqlCatalogue
) -> None:
    """As after a power cut between the end of a round and the removal of its file."""
    shop.fake.catalogue.rows[k.Listing.DRUGS] = versioned(5)
    refresh(shop.till, local, k.Listing.DRUGS)
    local.keep_file(k.Listing.DRUGS, b"drugs-0")
    refresh(shop.till, local, k.Listing.DRUGS)
    assert shop.fake.times(Operation.DOWNLOAD_FILE) == 1


def test_a_file_that_cannot_be_read_is_fetched_anew(
    shop: SmallCounter, local: SqlCatalogue
) -> None:
    rows = versioned(700)
    shop.fake.catalogue.rows[k.Listing.DRUGS] = rows
    honest = shop.fake.catalogue.rows_of

    def torn(kind: k.Listing, archive: bytes) -> Iterator[k.Entry]:
        yield from list(honest(kind, archive))[:600]
        raise OutcomeUnknown(Code.ANSWER_UNREADABLE, what="archive")

    shop.fake.catalogue.rows_of = torn  # type: ignore[method-assign]  # one torn file
    with pytest.raises(OutcomeUnknown):
        refresh(shop.till, local, k.Listing.DRUGS)
    assert local.file(k.Listing.DRUGS) is None
    shop.fake.catalogue.rows_of = honest  # type: ignore[method-assign]  # whole again
    ended = refresh(shop.till, local, k.Listing.DRUGS)
    assert (ended.version, local.count(k.Listing.DRUGS)) == ("701", 700)


def test_rows_that_are_not_newer_end_no_round(shop: SmallCounter, local: SqlCatalogue) -> None:
    shop.fake.catalogue.rows[k.Listing.DRUGS] = versioned(3)
    refresh(shop.till, local, k.Listing.DRUGS)
    shop.fake.catalogue.rows_of = lambda _kind, _archive: iter(  # type: ignore[assignment,return-value,method-assign]  # a platform that repeats itself
        [replace(next(many_drugs(1)), version="1")]
    )
    shop.fake.catalogue.rows[k.Listing.DRUGS] = versioned(3, first=10)
    with pytest.raises(OutcomeUnknown):
        refresh(shop.till, local, k.Listing.DRUGS)


def test_at_night_every_list_has_its_turn(shop: SmallCounter, local: SqlCatalogue) -> None:
    shop.fake.script(Operation.QUERY_INSURED_ITEMS, UNSENT)
    shop.fake.circulation.drugs = [
        c.CirculatedDrug("XA01", "示例片", "", "", "", "", "", "101", "盒", "片", True, None)
    ]
    ended = refresh_all(shop.till, local)
    assert set(ended) == set(offered(shop.till)) == set(k.Listing)
    assert [listing for listing, trouble in ended.items() if trouble] == [INSURED]
    assert local.count(k.Listing.CIRCULATED) == 1
    (hit,) = local.search("69")
    assert (hit.listing, hit.carried) == (k.Listing.CIRCULATED, True)


@pytest.fixture
def night(shop: SmallCounter, local: SqlCatalogue) -> SmallCounter:
    """Two in the morning in China; only the insurance list is given out."""
    shop.till.catalogue = local
    kept = {
        operation: msgspec.structs.replace(part, enabled=False)
        for operation, part in shop.profile.operations.items()
        if operation in k.OPERATION_OF.values() and operation is not Operation.QUERY_INSURED_ITEMS
    }
    region = msgspec.structs.replace(shop.profile, operations={**shop.profile.operations, **kept})
    shop.with_profile(region)
    shop.clock.move(timedelta(hours=14))
    return shop


def test_a_round_of_the_night_brings_some_pages(
    night: SmallCounter, local: SqlCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "PAGES_A_ROUND", 2)
    nightly.bring_some(night.till)
    assert local.count(INSURED) == 20
    for _ in range(4):
        nightly.bring_some(night.till)
    assert local.count(INSURED) == 35
    assert night.fake.times(Operation.QUERY_INSURED_ITEMS) == 4


def test_a_list_of_today_is_left_alone_until_tomorrow(
    night: SmallCounter, local: SqlCatalogue
) -> None:
    for _ in range(3):
        nightly.bring_some(night.till)
    assert night.fake.times(Operation.QUERY_INSURED_ITEMS) == 4
    night.clock.move(timedelta(days=1))
    nightly.bring_some(night.till)
    assert (
        pages_asked(night)[-1][1]
        == (night.clock.now() - timedelta(days=1)).astimezone(CHINA).date()
    )


def test_by_day_nothing_is_asked(night: SmallCounter) -> None:
    night.clock.move(timedelta(hours=5))
    nightly.bring_some(night.till)
    assert night.fake.times(Operation.QUERY_INSURED_ITEMS) == 0


def test_a_list_that_failed_is_left_alone_for_a_while(night: SmallCounter) -> None:
    night.fake.script(Operation.QUERY_INSURED_ITEMS, UNSENT)
    nightly.bring_some(night.till)
    nightly.bring_some(night.till)
    assert night.fake.times(Operation.QUERY_INSURED_ITEMS) == 1
    night.clock.move(timedelta(minutes=21))
    nightly.bring_some(night.till)
    assert night.fake.times(Operation.QUERY_INSURED_ITEMS) > 1


def test_the_desk_refreshes_everything_and_says_what_stopped_it(
    night: SmallCounter, local: SqlCatalogue
) -> None:
    night.fake.script(Operation.QUERY_INSURED_ITEMS, UNSENT)
    failed = night.surface.refresh_catalogue()
    assert failed.trouble is UNSENT
    (row,) = night.surface.refresh_catalogue().lists
    assert (row.listing, row.rows, row.finished_at) == (INSURED, 35, night.clock.now())
    stopped = CancelToken()
    stopped.cancel()
    assert night.surface.refresh_catalogue(cancel=stopped).trouble is None
    first = next(many_drugs(1))
    assert night.surface.search_catalogue(first.code)[0].entry.row_no == first.row_no
