"""What commands and pages ask of the referee; it judges, and keeps and sends nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class Ruling(Protocol):
    """An answer. ``outcome`` is ``holds``, ``fails`` or ``unusable`` (nobody could judge it).

    ``document`` has the keys of the command line's contract, ``sentences`` are for people.
    """

    @property
    def outcome(self) -> str: ...

    @property
    def document(self) -> Mapping[str, object]: ...

    @property
    def sentences(self) -> Sequence[str]: ...


class Referee(Protocol):
    """Six questions about a message; every argument is the raw content of a file."""

    def operations(self) -> Sequence[str]:
        """Names of the operations whose fields can be checked."""
        ...

    def verify(self, keys: bytes, message: bytes) -> Ruling: ...

    def sign(self, keys: bytes, content: bytes, at: datetime) -> Ruling: ...

    def encrypt(self, keys: bytes, content: bytes) -> Ruling: ...

    def decrypt(self, keys: bytes, message: bytes) -> Ruling: ...

    def check(
        self, operation: str, message: bytes, *, response: bool = False, keys: bytes | None = None
    ) -> Ruling: ...

    def tif(self, timestamp: str, secret: str, nonce: str) -> Ruling: ...
