"""One suite for resident-ID readers: the frames over a serial line, and in process."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.domain.credential import IdNumber, PersonName
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceStatus, IdCardFacts
from devices.idcard.reader import Line, SdtIdCardReader, open_serial
from devices.idcard.virtual import VirtualIdCardReader, VirtualSdt
from tests.support.lines import Answering, PluggedLine

FACTS = IdCardFacts(
    PersonName("测试员甲"), IdNumber("53010019900307001X"), "1", date(1990, 3, 7), None
)


class InProcess:
    def __init__(self, folder: Path) -> None:
        self.reader: SdtIdCardReader = VirtualIdCardReader("virtual")

    @property
    def sdt(self) -> VirtualSdt:
        assert isinstance(self.reader, VirtualIdCardReader)
        return self.reader.sdt

    def unplug(self) -> None:
        assert isinstance(self.reader, VirtualIdCardReader)
        self.reader.plug(False)

    def plug(self) -> None:
        assert isinstance(self.reader, VirtualIdCardReader)
        self.reader.plug(True)

    def close(self) -> None:
        """Nothing runs."""


class OnSerialLine:
    def __init__(self, folder: Path) -> None:
        self.sdt = VirtualSdt()
        self._line = PluggedLine(folder / "idreader")
        self._device = Answering(self._line, self.sdt.answer)
        self.reader = SdtIdCardReader(str(self._line.name), open_line=self._quickly)

    @staticmethod
    def _quickly(port: str) -> Line:
        line = open_serial(port)
        line.timeout = 0.5  # type: ignore[attr-defined]  # the real line, impatient
        return line

    def unplug(self) -> None:
        self._device.stop()
        self._line.pull()

    def plug(self) -> None:
        self._line.plug()
        self._device = Answering(self._line, self.sdt.answer)

    def close(self) -> None:
        self._device.stop()
        self._line.pull()


Stand = InProcess | OnSerialLine
SERIAL = pytest.param(
    OnSerialLine,
    marks=pytest.mark.skipif(
        sys.platform == "win32", reason="no pseudo terminals: the serial line is not run"
    ),
    id="serial",
)


@pytest.fixture(params=[pytest.param(InProcess, id="in process"), SERIAL])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    made: Stand = request.param(tmp_path)
    yield made
    made.close()


def _trouble(stand: Stand) -> Code:
    with pytest.raises(DeviceTrouble) as trouble:
        stand.reader.read()
    return trouble.value.code


def test_a_card_is_read(stand: Stand) -> None:
    stand.sdt.place(FACTS)
    assert stand.reader.read() == FACTS
    assert stand.reader.state().status in (DeviceStatus.READY, DeviceStatus.VIRTUAL)


def test_no_card_is_said(stand: Stand) -> None:
    assert _trouble(stand) is Code.CARD_ABSENT


def test_a_card_has_to_be_lifted_before_it_is_found_again(stand: Stand) -> None:
    stand.sdt.place(FACTS)
    assert stand.reader.read() == FACTS
    assert _trouble(stand) is Code.CARD_ABSENT
    stand.sdt.lift()
    stand.sdt.place(FACTS)
    assert stand.reader.read() == FACTS


def test_a_card_lifted_in_mid_read_is_said(stand: Stand) -> None:
    stand.sdt.place(FACTS)
    stand.sdt.lift_before_read = True
    assert _trouble(stand) is Code.CARD_PULLED


def test_a_silent_reader_is_said(stand: Stand) -> None:
    stand.sdt.silent = True
    assert _trouble(stand) is Code.READER_SILENT


def test_a_spoiled_frame_is_not_read(stand: Stand) -> None:
    stand.sdt.place(FACTS)
    stand.sdt.spoil = True
    assert _trouble(stand) is Code.CARD_UNREADABLE


def test_a_pulled_reader_is_missing_and_heals(stand: Stand) -> None:
    assert stand.reader.state().status in (DeviceStatus.READY, DeviceStatus.VIRTUAL)
    stand.unplug()
    assert _trouble(stand) is Code.ID_READER_MISSING
    assert stand.reader.state().code is Code.ID_READER_MISSING
    stand.plug()
    stand.sdt.place(FACTS)
    assert stand.reader.state().status in (DeviceStatus.READY, DeviceStatus.VIRTUAL)
    assert stand.reader.read() == FACTS


def test_a_stopped_reader_is_off(stand: Stand) -> None:
    stand.reader.stop()
    assert stand.reader.state().status is DeviceStatus.OFF
