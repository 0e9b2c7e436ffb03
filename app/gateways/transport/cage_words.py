"""What can happen before a message leaves, and with a vendor's library, in one word each."""

from enum import StrEnum


class CageWord(StrEnum):
    """Words of ``WireFacts.failure``. The first group proves that nothing left."""

    HOST = "library_host"
    ABSENT = "library_absent"
    UNLOADABLE = "library_unloadable"
    BITS = "library_bits"
    EXPORT = "library_export"
    REFUSED = "library_refused"
    FELL = "library_fell_at_start"
    RESTING = "library_resting"
    BUSY = "library_busy"
    ROOM = "library_room"

    CRASHED = "library_crashed"
    HUNG = "library_hung"
    SILENT = "library_silent"
    OVERFLOW = "library_overflow"
    ERROR = "library_error"
    LEFT = "library_left"
    """Somebody at the counter gave up waiting."""

    NO = "library_no"
    """The library's own clear no (core-platform 1.2, value -2)."""


NOTHING_LEFT = frozenset(
    {
        CageWord.HOST,
        CageWord.ABSENT,
        CageWord.UNLOADABLE,
        CageWord.BITS,
        CageWord.EXPORT,
        CageWord.REFUSED,
        CageWord.FELL,
        CageWord.RESTING,
        CageWord.BUSY,
        CageWord.ROOM,
    }
)
"""The library's business function was never entered with this message, or its vendor promises
that it sent nothing."""
