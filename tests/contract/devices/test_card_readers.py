"""One suite for every social-card reader: in process, and through the real PC/SC service."""

from collections.abc import Iterator
from typing import Protocol

import pytest

from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import CardReader, DeviceStatus
from devices.card.pcsc import PcscCardReader, reader_names
from devices.card.virtual import (
    CardContents,
    CardFaults,
    VirtualCard,
    VirtualCardReader,
    bank_card,
    social_card,
)
from devices.card.vpcd import InsertedCard
from tests.support.recorder import Recorder
from tests.support.waiting import until


class CardServiceUnderTest(Protocol):
    """What the fixture gives."""

    @property
    def ours(self) -> bool: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Stand(Protocol):
    """A reader and the hand that moves cards."""

    reader: CardReader

    def insert(self, card: VirtualCard) -> None: ...

    def remove(self) -> None: ...


class InProcess:
    def __init__(self) -> None:
        self.reader = VirtualCardReader("virtual")

    def insert(self, card: VirtualCard) -> None:
        self.reader.insert(card)

    def remove(self) -> None:
        self.reader.remove()


class OverService:
    """Cards go into the virtual reader of the running PC/SC service."""

    def __init__(self) -> None:
        self.reader = PcscCardReader("Virtual PCD", backoff=(0.05, 0.2))
        self._card: InsertedCard | None = None

    def insert(self, card: VirtualCard) -> None:
        self._card = InsertedCard(card)
        self._card.insert()
        until(reader_present)

    def remove(self) -> None:
        if self._card is not None:
            self._card.remove()
            self._card = None
        until(lambda: not reader_present())


def reader_present() -> bool:
    """Whether the service sees a card in a virtual reader."""
    from devices.card.pcsc import _Session

    session = _Session()
    try:
        return any(sight.present for sight in session.look("Virtual PCD"))
    finally:
        session.close()


@pytest.fixture(params=["in process", "over the service"])
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    made: Stand
    if request.param == "in process":
        made = InProcess()
    else:
        request.getfixturevalue("card_service")
        made = OverService()
    yield made
    made.reader.stop()
    made.remove()


def _trouble(stand: Stand) -> Code:
    with pytest.raises(DeviceTrouble) as trouble:
        stand.reader.read()
    return trouble.value.code


def test_a_card_is_read(stand: Stand) -> None:
    stand.insert(VirtualCard(social_card()))
    facts = stand.reader.read()
    assert facts.card_no.reveal() == "A00000011"
    assert facts.card_serial.reveal() == "530100D156000005000001ACA1B2C3D4"
    assert facts.name is not None
    assert facts.name.reveal() == "测试员甲"
    assert facts.reset_form == "00814A444686605301000001AC"
    assert stand.reader.read() == facts


@pytest.mark.parametrize(
    "contents",
    [
        social_card(protected=True),
        social_card(version=""),
        social_card(version="2.00", name="测" * 15 + "试员"),
        social_card(valid_until=""),
    ],
    ids=["third generation", "first generation", "long name", "no end date"],
)
def test_every_generation_reads_the_same_on_every_reader(
    stand: Stand, contents: CardContents
) -> None:
    stand.insert(VirtualCard(contents))
    expected = VirtualCardReader()
    expected.insert(contents)
    assert stand.reader.read() == expected.read()


def test_a_card_with_waiting_bytes_is_read(stand: Stand) -> None:
    stand.insert(VirtualCard(social_card(), CardFaults(t0=True)))
    assert stand.reader.read().card_no.reveal() == "A00000011"


def test_no_card_is_said(stand: Stand) -> None:
    assert _trouble(stand) is Code.CARD_ABSENT


def test_a_bank_card_is_said(stand: Stand) -> None:
    stand.insert(VirtualCard(bank_card()))
    assert _trouble(stand) is Code.CARD_UNKNOWN


@pytest.mark.parametrize("after", [1, 4, 9, 14])
def test_a_card_pulled_in_mid_read_is_said(stand: Stand, after: int) -> None:
    stand.insert(VirtualCard(social_card(), CardFaults(pulled_after=after)))
    assert _trouble(stand) is Code.CARD_PULLED


def test_after_a_pulled_card_the_next_one_reads(stand: Stand) -> None:
    stand.insert(VirtualCard(social_card(), CardFaults(pulled_after=5)))
    assert _trouble(stand) is Code.CARD_PULLED
    stand.remove()
    stand.insert(VirtualCard(social_card(card_no="B00000018")))
    assert stand.reader.read().card_no.reveal() == "B00000018"


def test_an_inserted_card_is_noticed_each_time(stand: Stand) -> None:
    told = Recorder()
    stand.reader.watch(told.inserted, told.state)
    assert told.wait_status(DeviceStatus.READY, DeviceStatus.VIRTUAL)
    for count in (1, 2, 3):
        stand.insert(VirtualCard(social_card()))
        assert told.wait(lambda r, count=count: r.insertions >= count)  # type: ignore[misc]  # bound per turn
        assert stand.reader.read().card_no.reveal() == "A00000011"
        stand.remove()
    stand.reader.stop()
    stand.insert(VirtualCard(social_card()))
    assert not told.wait(lambda r: r.insertions > 3, 0.6)


@pytest.mark.usefixtures("card_service")
def test_the_service_names_its_readers() -> None:
    assert any("Virtual PCD" in name for name in reader_names())


def test_a_service_that_dies_is_named_and_found_again(
    card_service: CardServiceUnderTest,
) -> None:
    if not card_service.ours:
        pytest.skip("the PC/SC service was running before: it is not ours to stop")
    stand, told = OverService(), Recorder()
    stand.reader.watch(told.inserted, told.state)
    try:
        for turn in range(1, 4):
            assert told.wait_status(DeviceStatus.READY)
            card_service.stop()
            assert told.wait_status(DeviceStatus.MISSING)
            assert told.states[-1].code is Code.READER_SERVICE_MISSING
            assert _trouble(stand) is Code.READER_SERVICE_MISSING
            card_service.start()
            stand.insert(VirtualCard(social_card()))
            assert told.wait(lambda r, turn=turn: r.insertions >= turn)  # type: ignore[misc]  # bound per turn
            assert stand.reader.read().card_no.reveal() == "A00000011"
            stand.remove()
    finally:
        stand.reader.stop()
        card_service.start()
        stand.remove()


@pytest.mark.usefixtures("card_service")
def test_a_reader_of_another_name_is_missing() -> None:
    reader = PcscCardReader("no such reader")
    assert reader.state().code is Code.READER_MISSING
    with pytest.raises(DeviceTrouble) as trouble:
        reader.read()
    assert trouble.value.code is Code.READER_MISSING


def test_a_pulled_virtual_reader_is_named_and_heals() -> None:
    stand, told = InProcess(), Recorder()
    stand.reader.watch(told.inserted, told.state)
    stand.reader.plug(False)
    assert told.states[-1].code is Code.READER_MISSING
    assert _trouble(stand) is Code.READER_MISSING
    stand.reader.plug(True)
    assert told.states[-1].status is DeviceStatus.VIRTUAL
