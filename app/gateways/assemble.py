"""Opens the platform of one region: profile and access in, three neighbours and the seal out."""

from dataclasses import dataclass, replace

from app.crypto.sm2 import prepare
from app.domain.errors import Code, LocalTrouble
from app.gateways.access import PlatformAccess
from app.gateways.core import CoreGateway
from app.gateways.envelopes.exchange import Exchanger
from app.gateways.envelopes.verdict import Replays
from app.gateways.goods.catalogue import CatalogueGateway
from app.gateways.goods.stock import StockGateway
from app.gateways.hybrid_channel import HybridChannel
from app.gateways.insurance import InsuranceGateway
from app.gateways.rxcentre import CoreChannel, DirectChannel, RxChannel, RxGateway
from app.gateways.seal import SealGateway, prepare_roots
from app.gateways.transport.cage import Cage
from app.gateways.transport.carrier import Carrier
from app.gateways.transport.http import HttpTransport
from app.gateways.transport.library import (
    LIBRARY,
    LIBRARY_DECODE,
    TERMINAL,
    LibraryTransport,
    Rooms,
    TwoRoads,
    opening_of,
    opening_of_terminal,
)
from app.gateways.transport.oauth import TokenCarrier
from app.gateways.voucher import VoucherGateway
from app.ports.clock import Clock
from app.ports.platform import Platform
from app.profile.model import Profile, Transport
from app.profile.operations import Operation, Service

_BY_LIBRARY = "B4"


@dataclass(frozen=True, slots=True)
class OpenPlatform(Platform):
    """A platform with connections behind it."""

    transport: Carrier

    def close(self) -> None:
        """Close kept connections. What is on the way stays on the way."""
        self.transport.close()


def open_platform(
    profile: Profile, access: PlatformAccess, clock: Clock, carrier: Carrier | None = None
) -> OpenPlatform:
    """Wire one region. No byte leaves before the first exchange; ``carrier`` takes HTTP's place.

    Raises ``LocalTrouble``: ``CHANNEL_NOT_BUILT`` naming what this program cannot speak,
    ``LIBRARY_NOT_NAMED`` where the region has a library and the store has not said where it lies.
    """
    if profile.core.transport is Transport.IN_PROCESS:
        raise _cannot(profile, f"transport={profile.core.transport.value}")
    if not _decodes(profile):
        raise _cannot(profile, f"ec_decode_channel={profile.voucher.ec_decode_channel}")
    prepare(access.platform_public)
    prepare_roots(access.seal_roots)
    transport: Carrier = carrier or HttpTransport(clock, access.tls)
    if profile.core.transport is Transport.DLL:
        transport = _by_library(profile, access, transport, clock)
        access = _addressed(profile, access)
    if profile.core.security.oauth:
        transport = _with_token(profile, access, transport, clock)
    terminal = _terminal(profile, access, clock) if profile.reads_by_terminal else None
    if terminal is not None:
        transport = TwoRoads(terminal, transport, TERMINAL)
    exchanger = Exchanger(profile, access, transport, Replays())
    core = CoreGateway(profile, access, exchanger, clock)
    return OpenPlatform(
        core=core,
        goods=StockGateway(profile, core),
        catalogue=CatalogueGateway(profile, core),
        insurance=InsuranceGateway(profile, core),
        rxcentre=RxGateway(profile, access, _channel(profile, access, clock), exchanger, clock),
        voucher=VoucherGateway(profile, access, exchanger, core, terminal),
        seal=SealGateway(access.seal_roots),
        transport=transport,
    )


def _decodes(profile: Profile) -> bool:
    """The library's own function for codes is there where it is asked for."""
    if profile.voucher.ec_decode_channel == _BY_LIBRARY:
        return profile.core.transport is Transport.DLL and bool(profile.library.decode)
    return True


def _by_library(profile: Profile, access: PlatformAccess, http: Carrier, clock: Clock) -> Carrier:
    if access.library is None:
        raise LocalTrouble(Code.LIBRARY_NOT_NAMED, what=profile.library.file)
    opening = opening_of(profile, access.library, access.institution_code)
    cage = Cage(opening, access.library.host)
    rooms = Rooms.of(profile.library)
    library = LibraryTransport(cage, rooms, profile.core.encoding, clock)
    return TwoRoads(library, http)


def _terminal(profile: Profile, access: PlatformAccess, clock: Clock) -> LibraryTransport:
    """The library that reads e-vouchers, in a child of its own: it may wait while the other works,
    and what it does to its process the other does not feel."""
    part = profile.terminal
    if access.terminal is None:
        raise LocalTrouble(Code.TERMINAL_NOT_NAMED, what=part.file)
    address = access.endpoints.get(Operation.DECODE_VOUCHER, "")
    opening = opening_of_terminal(profile, access.terminal, access.institution_code, address)
    cage = Cage(opening, access.terminal.host)
    return LibraryTransport(cage, Rooms(part.answer_bytes), part.encoding, clock)


def _with_token(profile: Profile, access: PlatformAccess, inner: Carrier, clock: Clock) -> Carrier:
    if access.oauth is None:
        raise LocalTrouble(Code.KEY_MISSING, what="oauth")
    covered = {
        address
        for operation, address in access.endpoints.items()
        if (part := profile.operations.get(operation)) and part.service in _framed(profile)
    }
    return TokenCarrier(inner, profile.oauth, access.oauth, frozenset(covered), clock)


def _framed(profile: Profile) -> frozenset[Service]:
    """The neighbours whose messages travel inside the envelope of the core platform."""
    centre = {Service.RX_CENTRE} if profile.rxcentre.epc_channel != "http" else set()
    return frozenset({Service.CORE} | centre)


def _addressed(profile: Profile, access: PlatformAccess) -> PlatformAccess:
    """Everything inside the envelope of the core platform goes by the library, but for what the
    region sends past it."""
    carried = _framed(profile)
    by_library = {
        operation: LIBRARY
        for operation, part in profile.operations.items()
        if part.service in carried and operation not in profile.library.over_http
    }
    if profile.voucher.ec_decode_channel == _BY_LIBRARY:
        by_library[Operation.DECODE_VOUCHER] = LIBRARY_DECODE
    return replace(access, endpoints={**access.endpoints, **by_library})


def _channel(profile: Profile, access: PlatformAccess, clock: Clock) -> RxChannel:
    match profile.rxcentre.epc_channel:
        case "http":
            return DirectChannel(profile, access)
        case "fsi":
            return CoreChannel(profile, access, clock)
        case _:
            return HybridChannel(profile, access, clock)


def _cannot(profile: Profile, what: str) -> LocalTrouble:
    return LocalTrouble(Code.CHANNEL_NOT_BUILT, profile=profile.id, what=what)
