"""Card readers of this machine over PC/SC; stale contexts and lost services stay in here.

Works on the service's own calls: its object layer keeps a monitor thread that dies with the last
reader (reliability 9, pyscard #27, #74, #153). Reading belongs into the card lane.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import ModuleType

from app.domain.credential import CardFacts
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceState, DeviceStatus, StateListener
from devices.card.social_card import read_social_card
from devices.gate import Backoff, Gate, Watch

_POLL_MS = 250


def _library() -> ModuleType:
    """The PC/SC calls. Raises ``DeviceTrouble`` where the system has no such library."""
    try:
        from smartcard import scard
    except (ImportError, OSError) as absent:
        raise DeviceTrouble(Code.READER_SERVICE_MISSING) from absent
    return scard  # type: ignore[no-any-return]  # the package carries no types


def _code_of(result: int, scard: ModuleType, otherwise: Code) -> Code:
    known = {
        scard.SCARD_E_NO_SERVICE: Code.READER_SERVICE_MISSING,
        scard.SCARD_E_SERVICE_STOPPED: Code.READER_SERVICE_MISSING,
        scard.SCARD_E_INVALID_HANDLE: Code.READER_SERVICE_MISSING,
        scard.SCARD_F_COMM_ERROR: Code.READER_SERVICE_MISSING,
        scard.SCARD_E_NO_READERS_AVAILABLE: Code.READER_MISSING,
        scard.SCARD_E_UNKNOWN_READER: Code.READER_MISSING,
        scard.SCARD_E_READER_UNAVAILABLE: Code.READER_MISSING,
        scard.SCARD_E_NO_SMARTCARD: Code.CARD_ABSENT,
        scard.SCARD_W_REMOVED_CARD: Code.CARD_ABSENT,
        scard.SCARD_W_UNPOWERED_CARD: Code.CARD_UNREADABLE,
        scard.SCARD_W_UNRESPONSIVE_CARD: Code.CARD_UNREADABLE,
        scard.SCARD_W_UNSUPPORTED_CARD: Code.CARD_UNKNOWN,
        scard.SCARD_E_PROTO_MISMATCH: Code.CARD_UNKNOWN,
    }
    return known.get(result, otherwise)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What one look at the readers showed."""

    reader: str
    present: bool
    known: int


class _Session:
    """One context of the service. Every call raises ``DeviceTrouble`` on failure."""

    def __init__(self) -> None:
        self._scard = _library()
        result, self._context = self._scard.SCardEstablishContext(self._scard.SCARD_SCOPE_SYSTEM)
        self.check(result)

    def close(self) -> None:
        self._scard.SCardReleaseContext(self._context)

    def check(self, result: int, name: str = "") -> None:
        if result != self._scard.SCARD_S_SUCCESS:
            # a service that dies in mid-call is known by no single number
            code = _code_of(result, self._scard, Code.READER_SERVICE_MISSING)
            raise DeviceTrouble(code, name=name, status=f"{result & 0xFFFFFFFF:08X}")

    def readers(self) -> tuple[str, ...]:
        result, names = self._scard.SCardListReaders(self._context, [])
        if result == self._scard.SCARD_E_NO_READERS_AVAILABLE:
            return ()
        self.check(result)
        return tuple(names)

    def look(self, wanted: str) -> tuple[_Sight, ...]:
        """The readers that fit ``wanted``, with or without a card, in the service's order."""
        names = [name for name in self.readers() if wanted.lower() in name.lower()]
        if not names:
            raise DeviceTrouble(Code.READER_MISSING, name=wanted)
        scard = self._scard
        asked = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
        result, states = scard.SCardGetStatusChange(self._context, 0, asked)
        self.check(result)
        return tuple(
            _Sight(
                name,
                bool(state & scard.SCARD_STATE_PRESENT),
                state & ~scard.SCARD_STATE_CHANGED,
            )
            for name, state, _ in states
        )

    def wait_for_change(self, sights: tuple[_Sight, ...]) -> None:
        """Return when a card or reader comes or goes, or after a short time."""
        scard = self._scard
        asked = [(s.reader, s.known) for s in sights]
        result, _ = scard.SCardGetStatusChange(self._context, _POLL_MS, asked)
        if result != scard.SCARD_E_TIMEOUT:
            self.check(result)

    def connect(self, reader: str) -> "_Powered":
        return _Powered(self._scard, self._context, reader)


class _Powered:
    """A ``Connection`` to the card in one reader, in a transaction of its own."""

    def __init__(self, scard: ModuleType, context: object, reader: str) -> None:
        self._scard = scard
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, self._card, self._protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_SHARED, protocols
        )
        if result != scard.SCARD_S_SUCCESS:
            raise DeviceTrouble(_code_of(result, scard, Code.READER_SILENT), name=reader)
        self._begin(reader)

    def _begin(self, reader: str) -> None:
        """Another program that resets the card in mid-read would take half an identity away."""
        result = self._scard.SCardBeginTransaction(self._card)
        if result != self._scard.SCARD_S_SUCCESS:
            self._scard.SCardDisconnect(self._card, self._scard.SCARD_LEAVE_CARD)
            raise DeviceTrouble(_code_of(result, self._scard, Code.READER_SILENT), name=reader)

    def reset_answer(self) -> bytes:
        result, _, _, _, reset = self._scard.SCardStatus(self._card)
        if result != self._scard.SCARD_S_SUCCESS:
            raise DeviceTrouble(Code.CARD_PULLED)
        return bytes(reset)

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Raises ``DeviceTrouble(CARD_PULLED)``: the card was there, now it does not answer."""
        scard = self._scard
        control = (
            scard.SCARD_PCI_T0 if self._protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        )
        result, answer = scard.SCardTransmit(self._card, control, list(apdu))
        if result != scard.SCARD_S_SUCCESS or len(answer) < 2:
            raise DeviceTrouble(Code.CARD_PULLED)
        return bytes(answer[:-2]), answer[-2] << 8 | answer[-1]

    def close(self) -> None:
        self._scard.SCardEndTransaction(self._card, self._scard.SCARD_LEAVE_CARD)
        # a failed reset of a pulled card leaves the service blind for the next one (1.9.9)
        self._scard.SCardDisconnect(self._card, self._scard.SCARD_LEAVE_CARD)


class PcscCardReader:
    """A ``CardReader`` over PC/SC. ``reader`` is a part of the reader's name, empty for any."""

    def __init__(
        self,
        reader: str = "",
        *,
        reset_form: str = "historical",
        backoff: tuple[float, float] = (0.5, 5.0),
    ) -> None:
        self._wanted = reader
        self._reset_form = reset_form
        self._backoff = backoff
        off = DeviceState(DeviceStatus.OFF, reader)
        self._gate = Gate(off)
        self._watching = Watch("card-watch", self._gate, off)

    def read(self) -> CardFacts:
        """Read the card that is in the reader. Raises ``DeviceTrouble``."""
        session = _Session()
        try:
            sights = session.look(self._wanted)
            # a report of presence may be stale: only a card that answers is there (5.3)
            chosen = next((s for s in sights if s.present), sights[0])
            powered = session.connect(chosen.reader)
            try:
                return read_social_card(
                    powered, powered.reset_answer(), reset_form=self._reset_form
                )
            finally:
                powered.close()
        finally:
            session.close()

    def watch(self, inserted: Callable[[], None], state: StateListener) -> None:
        """Tell about cards and readers from an own thread, through every loss of the service."""
        self._watching.start(partial(self._watch, inserted), None, state)

    def stop(self) -> None:
        """No callback comes once this has returned."""
        self._watching.stop()

    def state(self) -> DeviceState:
        """What the reader is like: as watched, or by one look when nobody watches."""
        if self._watching.running:
            return self._gate.state
        try:
            session = _Session()
        except DeviceTrouble as trouble:
            return DeviceState(DeviceStatus.MISSING, self._wanted, trouble.code)
        try:
            return self._seen(session.look(self._wanted))
        except DeviceTrouble as trouble:
            return DeviceState(DeviceStatus.MISSING, self._wanted, trouble.code)
        finally:
            session.close()

    @staticmethod
    def _seen(sights: tuple[_Sight, ...]) -> DeviceState:
        return DeviceState(DeviceStatus.READY, sights[0].reader)

    def _watch(self, inserted: Callable[[], None], ending: threading.Event) -> None:
        backoff = Backoff(*self._backoff)
        while not ending.is_set():
            try:
                session = _Session()
            except DeviceTrouble as trouble:
                self._gate.tell(DeviceState(DeviceStatus.MISSING, self._wanted, trouble.code))
                ending.wait(backoff.next())
                continue
            try:
                self._follow(session, inserted, ending, backoff)
            except DeviceTrouble as trouble:
                self._gate.tell(DeviceState(DeviceStatus.MISSING, self._wanted, trouble.code))
                ending.wait(backoff.next())
            finally:
                with suppress(DeviceTrouble):
                    session.close()

    def _follow(
        self,
        session: _Session,
        inserted: Callable[[], None],
        ending: threading.Event,
        backoff: Backoff,
    ) -> None:
        with_card: frozenset[str] = frozenset()
        while not ending.is_set():
            sights = session.look(self._wanted)
            backoff.reset()
            self._gate.tell(self._seen(sights))
            present = frozenset(s.reader for s in sights if s.present)
            if present - with_card:
                with self._gate.lock:
                    if self._gate.is_open:
                        inserted()
            with_card = present
            session.wait_for_change(sights)


def reader_names() -> tuple[str, ...]:
    """Names of the readers that are there. Raises ``DeviceTrouble`` without the service."""
    session = _Session()
    try:
        return session.readers()
    finally:
        session.close()
