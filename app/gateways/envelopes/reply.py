"""An answer with its envelope taken off, whichever envelope it was."""

from dataclasses import dataclass
from datetime import datetime

from app.gateways.fields import Fields


@dataclass(frozen=True, slots=True)
class Reply:
    """``kept`` is the masked text to remember; ``replay_mark`` is what no two answers share;
    ``answered_at`` is the other side's own time, where it says it."""

    yes: bool
    code: str
    text: str
    notice: str
    platform_ref: str
    replay_mark: str
    output: Fields
    kept: str
    answered_at: datetime | None = None
