"""The few words the frame of the window knows before it is shown anything.

Apart from the views, so that an empty frame stands without loading what a case is made of.
"""

from enum import StrEnum

CLEARING_EARLIER = "settle.clearing_earlier"
MONEY_SENT = "money.sent"
"""The intent of a settlement or a refund is on disk and its message is on its way."""
"""Stage of a settlement that waits until an older one has been looked after."""


class Whereabouts(StrEnum):
    """仅本店 · 正在发送 · 平台已有 · 不明; there is no fifth word.

    Goods are ours here, and theirs in the customer's hands.
    """

    OURS = "ours"
    SENDING = "sending"
    THEIRS = "theirs"
    UNKNOWN = "unknown"


class StopState(StrEnum):
    """States of a rail stop (ui 5)."""

    LATER = "later"
    CURRENT = "current"
    SENDING = "sending"
    DONE = "done"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    SKIPPED = "skipped"


class BannerKind(StrEnum):
    """Order of loudness: unknown > stop > attention > calm > healed."""

    UNKNOWN = "unknown"
    STOP = "stop"
    ATTENTION = "attention"
    CALM = "calm"
    HEALED = "healed"
