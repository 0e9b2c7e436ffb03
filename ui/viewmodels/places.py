"""Where a case is shown, and whether it goes on by itself. Loaded when the first case comes."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from app.domain.case import Phase, Step
from app.workflow.views.states import MONEY_SENT, BannerKind, StopState, Whereabouts

if TYPE_CHECKING:
    from datetime import datetime

    from app.jobs.progress import Progress
    from app.workflow.views.case import CaseView

RUNS_BY_ITSELF = frozenset(
    {Step.AUTHORISE, Step.VERIFY, Step.UPLOAD_SALE, Step.PRESETTLE, Step.RETURN_SALE}
)


def can_proceed(case: CaseView, *, chosen: bool = False) -> bool:
    """Whether the case goes on without a person: an own-running step, ready, nothing refused.

    A download runs once its prescription was ``chosen``; the list stands on screen until then.
    """
    if case.phase is not Phase.READY:
        return False
    if case.banner is not None and case.banner.kind is not BannerKind.HEALED:
        return False
    if case.step is Step.DOWNLOAD:
        return chosen
    return case.step in RUNS_BY_ITSELF


def while_sent(case: CaseView | None, told: Progress, now: datetime) -> CaseView | None:
    """The case while its money message is on its way: nothing says any more that it is ours.

    None for everything else that is told. The answer brings the case as it was committed.
    """
    if case is None or told.stage != MONEY_SENT or case.step not in (Step.SETTLE, Step.REVOKE):
        return None
    from app.workflow.views.case import LightView, Say

    light = LightView(Whereabouts.SENDING, Say("light.money.sending"), now)
    return replace(
        case,
        phase=Phase.SENT,
        money=light,
        where=tuple(
            replace(row, where=light.where, detail=light.detail) if row.topic == "money" else row
            for row in case.where
        ),
        stops=tuple(
            replace(stop, state=StopState.SENDING) if stop.state is StopState.CURRENT else stop
            for stop in case.stops
        ),
        banner=None,
    )


class Place(StrEnum):
    """The page a case belongs on."""

    IDENTIFY = "identify"
    SELECT = "select"
    AUDIT = "audit"
    SCAN = "scan"
    SETTLE = "settle"
    SETTLE_UNKNOWN = "settle_unknown"
    HAND_OVER = "hand_over"
    GIVE_BACK = "give_back"
    CLOSED = "closed"


_PLACES: dict[Step, Place] = {
    Step.IDENTIFY: Place.IDENTIFY,
    Step.AUTHORISE: Place.IDENTIFY,
    Step.DOWNLOAD: Place.SELECT,
    Step.VERIFY: Place.SELECT,
    Step.AUDIT: Place.AUDIT,
    Step.SCAN: Place.SCAN,
    Step.PRESETTLE: Place.SETTLE,
    Step.UPLOAD_SALE: Place.SETTLE,
    Step.SETTLE: Place.SETTLE,
    Step.REVOKE: Place.GIVE_BACK,
    Step.HAND_OVER: Place.HAND_OVER,
    Step.DONE: Place.HAND_OVER,
    Step.TAKE_BACK: Place.GIVE_BACK,
    Step.RETURN_SALE: Place.CLOSED,
    Step.CLOSED: Place.CLOSED,
}


def place_of(case: CaseView) -> Place:
    """Where this case is shown. A page whose part the view does not carry is never chosen."""
    if case.unknown is not None:
        return Place.SETTLE_UNKNOWN
    place = _PLACES[case.step]
    if place is Place.SETTLE and case.settle is None:
        place = Place.SCAN if case.scan is not None else Place.CLOSED
    if place is Place.HAND_OVER and case.hand_over is None and case.settle is not None:
        # a self-pay sale is paid where others are settled
        return Place.SETTLE
    held = {
        Place.SELECT: case.select,
        Place.AUDIT: case.review,
        Place.SCAN: case.scan,
        Place.HAND_OVER: case.hand_over,
        Place.GIVE_BACK: case.returning,
    }
    if place in held and held[place] is None:
        return Place.IDENTIFY if case.step is Step.DOWNLOAD else Place.CLOSED
    return place
