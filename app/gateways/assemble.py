"""Opens the platform of one region: profile and access in, three neighbours and the seal out."""

from dataclasses import dataclass

from app.crypto.sm2 import prepare
from app.domain.errors import Code, LocalTrouble
from app.gateways.access import PlatformAccess
from app.gateways.core import CoreGateway
from app.gateways.envelopes.exchange import Exchanger
from app.gateways.envelopes.verdict import Replays
from app.gateways.goods.stock import StockGateway
from app.gateways.rxcentre import CoreChannel, DirectChannel, RxChannel, RxGateway
from app.gateways.seal import SealGateway, prepare_roots
from app.gateways.transport.carrier import Carrier
from app.gateways.transport.http import HttpTransport
from app.gateways.voucher import VoucherGateway
from app.ports.clock import Clock
from app.ports.platform import Platform
from app.profile.model import Profile, Transport

_TEXT_CHANNEL = "B1"
_PASSWORD_MODES = ("none", "token_after_password")


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

    Raises ``LocalTrouble`` ``PLATFORM_NOT_STARTED`` naming what this program cannot speak.
    """
    if profile.core.transport is not Transport.HTTP:
        raise _cannot(profile, f"transport={profile.core.transport.value}")
    if profile.voucher.ec_decode_channel != _TEXT_CHANNEL:
        raise _cannot(profile, f"ec_decode_channel={profile.voucher.ec_decode_channel}")
    if profile.voucher.password_mode not in _PASSWORD_MODES:
        raise _cannot(profile, f"password_mode={profile.voucher.password_mode}")
    prepare(access.platform_public)
    prepare_roots(access.seal_roots)
    transport = carrier or HttpTransport(clock, access.tls)
    exchanger = Exchanger(profile, access, transport, Replays())
    core = CoreGateway(profile, access, exchanger, clock)
    return OpenPlatform(
        core=core,
        goods=StockGateway(profile, core),
        rxcentre=RxGateway(profile, access, _channel(profile, access, clock), exchanger, clock),
        voucher=VoucherGateway(profile, access, exchanger),
        seal=SealGateway(access.seal_roots),
        transport=transport,
    )


def _channel(profile: Profile, access: PlatformAccess, clock: Clock) -> RxChannel:
    match profile.rxcentre.epc_channel:
        case "http":
            return DirectChannel(profile, access)
        case "fsi":
            return CoreChannel(profile, access, clock)
        case _:
            raise _cannot(profile, f"epc_channel={profile.rxcentre.epc_channel}")


def _cannot(profile: Profile, what: str) -> LocalTrouble:
    return LocalTrouble(Code.PLATFORM_NOT_STARTED, profile=profile.id, what=what)
