"""Who may speak to the prescription centre, and the keys both sides hold.

All keys follow from the seed, so a stand-in started again with the same state file is still the
platform its clients know. They are synthetic and open nothing but this stand-in.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from app.crypto.digests import hmac_sm3
from app.crypto.errors import CryptoRefused
from app.crypto.sm2 import KeyPair, key_pair


class Side(StrEnum):
    """What kind of institution an application number belongs to."""

    PHARMACY = "pharmacy"
    HOSPITAL = "hospital"


@dataclass(frozen=True, slots=True)
class App:
    """One 渠道应用 of one institution (prescription-centre 1.1)."""

    app_id: str
    app_secret: str = field(repr=False)
    side: Side
    institution: str
    name: str
    pair: KeyPair


@dataclass(frozen=True, slots=True)
class Parties:
    """All known applications by number, and the platform's own pair."""

    apps: Mapping[str, App]
    platform: KeyPair

    def of(self, institution: str) -> App:
        """The application of an institution. Raises ``KeyError`` where it has none."""
        for app in self.apps.values():
            if app.institution == institution:
                return app
        raise KeyError(institution)

    def keys(self, app: App) -> dict[str, str]:
        """What the institution's feedback sheet says, as the ready line shows it."""
        return {
            "appId": app.app_id,
            "appSecret": app.app_secret,
            "publicKey": point_text(app.pair.public),
            "privateKey": base64.b64encode(app.pair.private).decode(),
            "platformPublicKey": point_text(self.platform.public),
        }


def point_text(public: bytes) -> str:
    """A public key as feedback sheets write it: Base64 of 04‖X‖Y."""
    return base64.b64encode(b"\x04" + public).decode()


def made_up(seed: int, purpose: str) -> bytes:
    """32 bytes that follow from seed and purpose."""
    return hmac_sm3(f"training platform {seed}".encode(), purpose.encode())


@lru_cache(maxsize=32)
def made_up_pair(seed: int, purpose: str) -> KeyPair:
    """A key pair that follows from seed and purpose."""
    turn = 0
    while True:
        try:
            return key_pair(made_up(seed, f"{purpose} key {turn}"))
        except CryptoRefused:
            # one digest in four thousand million lies outside the group
            turn += 1


def known_parties(seed: int, *institutions: tuple[Side, str, str]) -> Parties:
    """Applications for ``(side, code, name)`` of each institution."""
    apps = {}
    for side, code, name in institutions:
        drawn = made_up(seed, f"{code} application").hex().upper()
        app = App(drawn[:32], drawn[32:], side, code, name, made_up_pair(seed, code))
        apps[app.app_id] = app
    return Parties(apps, made_up_pair(seed, "platform"))
