"""The seven error families: a family says what the machine does, a code what the screen reads."""

from collections.abc import Mapping
from typing import ClassVar

from app.domain.error_codes import Code as Code

Param = str | int


class Trouble(Exception):
    """Root of the families; carries a code, named parameters for its sentence, and evidence."""

    family: ClassVar[str] = "trouble"
    thousands: ClassVar[int] = 0

    def __init__(self, code: Code, *, evidence: object | None = None, **params: Param) -> None:
        if code // 1000 != self.thousands:
            raise ValueError(f"code {int(code)} does not belong to {self.family}")
        super().__init__(int(code))
        self.code = code
        self.params: Mapping[str, Param] = params
        self.evidence = evidence

    def __str__(self) -> str:
        return f"{self.family} {int(self.code)}"


class OperatorInput(Trouble):
    """The person can fix it here."""

    family = "operator_input"
    thousands = 1


class DeviceTrouble(Trouble):
    """A thing is absent, busy or empty."""

    family = "device"
    thousands = 2


class PlatformRejected(Trouble):
    """A verified answer says no, with a reason. ``platform_text`` is shown as it came."""

    family = "rejected"
    thousands = 3

    def __init__(
        self,
        code: Code,
        *,
        platform_code: str = "",
        platform_text: str = "",
        evidence: object | None = None,
        **params: Param,
    ) -> None:
        params.setdefault("reason", platform_text)
        super().__init__(code, evidence=evidence, **params)
        self.platform_code = platform_code
        self.platform_text = platform_text


class NotSent(Trouble):
    """Proof exists that no byte left this machine."""

    family = "not_sent"
    thousands = 4


class OutcomeUnknown(Trouble):
    """It left or may have left, and no verified answer came."""

    family = "unknown"
    thousands = 5


class LocalTrouble(Trouble):
    """Disk, lock, corruption, newer schema, missing key: stop taking cases."""

    family = "local"
    thousands = 6


class Bug(Trouble):
    """Anything else: park the case, write a report."""

    family = "bug"
    thousands = 9

    def __init__(self, *, evidence: object | None = None, **params: Param) -> None:
        super().__init__(Code.BUG, evidence=evidence, **params)


FAMILIES: tuple[type[Trouble], ...] = (
    OperatorInput,
    DeviceTrouble,
    PlatformRejected,
    NotSent,
    OutcomeUnknown,
    LocalTrouble,
    Bug,
)
