"""The prescription centre inside the envelope of the core platform (``epc_channel = "hybrid"``)."""

from app.gateways.access import PlatformAccess
from app.gateways.envelopes import core as core_envelope
from app.gateways.envelopes import epc
from app.gateways.envelopes.hybrid import read_hybrid
from app.gateways.envelopes.kept import kept
from app.gateways.envelopes.reply import Reply
from app.gateways.fields import recase
from app.gateways.security import signing_of
from app.ports.clock import Clock
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile
from app.profile.operations import Operation

Content = dict[str, object]


class HybridChannel:
    """Implements ``rxcentre.RxChannel``."""

    def __init__(self, profile: Profile, access: PlatformAccess, clock: Clock) -> None:
        self._profile = profile
        self._access = access
        self._clock = clock
        self._closing = core_envelope.Closing(signing_of(profile, access))
        self._keys = epc.RxKeys(
            access.app_id, access.app_secret, access.keys, access.platform_public
        )

    def wrap(
        self, operation: Operation, content: Content, area: str, sender: Sender, stamp: Stamp
    ) -> tuple[bytes, str]:
        """The centre's message is the whole input; no node is around it."""
        rules = self._profile.rxcentre
        named = recase(content, rules.epc_field_case)
        message, shown = epc.sealed_message(rules, self._keys, named, stamp.at)
        address = self._profile.address(operation)
        wire, outside = core_envelope.write_envelope(
            self._profile, address, message, sender, stamp, area, self._closing
        )
        return wire, f"{outside}\n{kept(shown)}"

    def headers(self) -> dict[str, str]:
        return core_envelope.gateway_headers(
            self._profile, self._access.paasid, self._access.tif_secret, self._clock.now()
        )

    def unwrap(self, body: bytes) -> Reply:
        return read_hybrid(self._profile, self._keys, body, self._closing.signing)
