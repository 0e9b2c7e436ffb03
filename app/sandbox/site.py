"""What every room of the stand-in is given, and the few questions rooms ask each other.

The prescription centre, the hospital side and the voucher service enter through
``app.sandbox.rx.install.install(registry, site) -> Mapping[str, object]``: it adds its tables with
``site.state.create``, registers its handlers, sets ``site.prescriptions`` and ``site.identities``
and gives back its share of the ready line (``pharmacy``, ``hospital``, ``persons``,
``pharmacists``, ``prescriptions``).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from secrets import SystemRandom
from typing import Protocol

from app.profile.model import Profile
from app.sandbox.state import State
from resources.scenarios import DemoStore

PLATFORM_ZONE = timezone(timedelta(hours=8))


class Prescriptions(Protocol):
    """What the core platform asks of the prescription centre. Called inside ``state.writing``."""

    def refusal_to_settle(self, rx_number: str, person_id_no: str, institution: str) -> str:
        """Empty when this pharmacy may settle it for this person now, else the reason."""

    def settled(self, rx_number: str, settlement: str) -> None:
        """A settlement stands: the prescription is used and can no longer be withdrawn."""

    def unsettled(self, rx_number: str, settlement: str) -> None:
        """That settlement was revoked or reversed: the prescription is free again."""


class Identities(Protocol):
    """Who stands behind what a counter shows."""

    def holder(self, voucher_token: str, institution: str = "") -> str | None:
        """Identity number behind a live e-voucher token, None when unknown or expired."""


class NoPrescriptions:
    """Until the prescription centre moves in: nothing is refused, nothing remembered."""

    def refusal_to_settle(self, rx_number: str, person_id_no: str, institution: str) -> str:  # noqa: ARG002
        return ""

    def settled(self, rx_number: str, settlement: str) -> None:
        """Nothing to mark."""

    def unsettled(self, rx_number: str, settlement: str) -> None:
        """Nothing to free."""


class NoIdentities:
    """Until the voucher service moves in: no token is known."""

    def holder(self, voucher_token: str, institution: str = "") -> str | None:  # noqa: ARG002
        return None


class TrainingClock:
    """Beijing time, as every platform of the country writes it; can be moved for training."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Without zone, as it stands on the wire."""
        return datetime.now(PLATFORM_ZONE).replace(tzinfo=None) + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += by

    def real(self) -> datetime:
        """Aware and unmoved: old messages are told by it, not old prescriptions."""
        return datetime.now(UTC)


@dataclass(slots=True)
class Site:
    """One running stand-in: region, memory, time, scenario, and the seed of all it makes up.

    ``chance`` draws codes and tokens nobody may guess; a simulated day gives one that repeats.
    """

    profile: Profile
    state: State
    clock: TrainingClock
    seed: int
    demo: DemoStore
    prescriptions: Prescriptions = field(default_factory=NoPrescriptions)
    identities: Identities = field(default_factory=NoIdentities)
    chance: Random = field(default_factory=SystemRandom)
