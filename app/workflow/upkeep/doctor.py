"""设备医生 for a whole PC: each probe looks at one thing and never ends the round."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import Trouble


class Health(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe saw; ``remedy`` is a sentence, empty where nothing is to be done."""

    health: Health
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line of the doctor."""

    id: str
    status: str
    detail: str
    remedy: str


Probe = Callable[[], Finding]


def examine(
    probes: Iterable[tuple[str, Probe]], remedy_of: Callable[[Trouble], str]
) -> tuple[CheckRow, ...]:
    """Run every probe. A ``Trouble`` or a missing package is a finding, not an end."""
    return tuple(_row(name, probe, remedy_of) for name, probe in probes)


def _row(name: str, probe: Probe, remedy_of: Callable[[Trouble], str]) -> CheckRow:
    try:
        found = probe()
    except Trouble as trouble:
        return CheckRow(name, Health.FAIL.value, str(trouble), remedy_of(trouble))
    except (ImportError, OSError) as missing:
        return CheckRow(name, Health.FAIL.value, str(missing), "")
    return CheckRow(name, found.health.value, found.detail, found.remedy)
