"""Sample views of one invented visit, one per page. All people, shops and codes are synthetic."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.case import Phase, Step
from app.workflow.views.case import (
    CaseView,
    LightView,
    PatientView,
    RailStop,
    RxStrip,
    Say,
    StopState,
    Whereabouts,
)
from app.workflow.views.desk import DeskView, ParkedRow, QueueBadge

NOW = datetime(2026, 11, 20, 2, 37, 43, tzinfo=UTC)
"""10:37:43 on the platform's clock, a Friday."""
RX_NUMBER = "350100021862047395112000000417"
ROUTE: tuple[tuple[Step, int | None], ...] = (
    (Step.IDENTIFY, 1),
    (Step.AUTHORISE, 2),
    (Step.DOWNLOAD, None),
    (Step.VERIFY, None),
    (Step.AUDIT, 3),
    (Step.SCAN, 4),
    (Step.UPLOAD_SALE, None),
    (Step.PRESETTLE, None),
    (Step.SETTLE, 5),
    (Step.HAND_OVER, 6),
)
PATIENT = PatientView("郑建国", "郑**", "男", "61 岁", "职工医保", "3501****2316")
_OURS, _THEIRS = Whereabouts.OURS, Whereabouts.THEIRS


def before(**span: float) -> datetime:
    """A moment before ``NOW``."""
    return NOW - timedelta(**span)


def after(**span: float) -> datetime:
    """A moment after ``NOW``."""
    return NOW + timedelta(**span)


def light(where: Whereabouts, key: str, **params: str | int) -> LightView:
    since = before(seconds=66) if where is Whereabouts.UNKNOWN else None
    return LightView(where, Say(key, tuple(params.items())), since)


_RESULTS = {
    Step.IDENTIFY: Say("rail.identify.voucher"),
    Step.AUTHORISE: Say("rail.authorise", (("count", 3),)),
    Step.DOWNLOAD: Say("rail.download", (("kb", 86),)),
    Step.VERIFY: Say("rail.verify"),
    Step.AUDIT: Say("rail.audit", (("name", "陈思远"),)),
    Step.SCAN: Say("rail.scan", (("scanned", 7), ("needed", 7))),
    Step.UPLOAD_SALE: Say("rail.upload_sale", (("count", 4),)),
    Step.PRESETTLE: Say("rail.presettle"),
    Step.SETTLE: Say("rail.settle"),
}


def stops(at: Step, state: StopState = StopState.CURRENT) -> tuple[RailStop, ...]:
    """The rail with everything before ``at`` done."""
    order = [step for step, _ in ROUTE]
    here = order.index(at) if at in order else len(order)
    rail: list[RailStop] = []
    for index, (step, number) in enumerate(ROUTE):
        if index == here:
            rail.append(RailStop(step, number, state, None))
        elif index < here:
            rail.append(RailStop(step, number, StopState.DONE, _RESULTS.get(step)))
        else:
            rail.append(RailStop(step, number, StopState.LATER, None))
    return tuple(rail)


def a_strip() -> RxStrip:
    return RxStrip(RX_NUMBER, "榕城第一医院", "内分泌科", "王立新", after(hours=5, minutes=22))


def a_case(step: Step, phase: Phase = Phase.READY, **parts: object) -> CaseView:
    """A case at ``step`` with nothing but the frame; ``parts`` replace fields."""
    identified = step is not Step.IDENTIFY
    base = CaseView(
        case_id=41,
        version=3,
        route="prescription",
        step=step,
        phase=phase,
        stops=stops(step),
        patient=PATIENT if identified else None,
        strip=None,
        money=light(_OURS, "light.money.none"),
        prescription=light(_OURS, "light.rx.none"),
        codes=light(_OURS, "light.codes.none"),
        where=(),
        banner=None,
    )
    return replace(base, **parts)  # type: ignore[arg-type]  # fields are named by the callers


def identify_case() -> CaseView:
    """Nobody is there yet."""
    return a_case(Step.IDENTIFY)


def closed_case() -> CaseView:
    """The pharmacist refused; the case ended."""
    return a_case(Step.CLOSED, version=11, strip=a_strip())


def a_desk(*, unknown_money: int = 0) -> DeskView:
    """The frame: two parked customers, two finished ones."""
    return DeskView(
        store_name="榕康大药房 五四路店",
        counter_no=2,
        environment="production",
        profile_name="福建",
        operator="林晓燕",
        pharmacist_on_duty="陈思远",
        badge=QueueBadge(
            7,
            before(hours=1, minutes=12),
            unknown_money,
            1,
            "unknown" if unknown_money else "attention",
        ),
        parked=(
            ParkedRow(38, "黄美玲", Say("parked.scan"),
                      before(minutes=6), False),
            ParkedRow(36, "吴志强", Say("parked.settle"), before(minutes=11), True),
        ),
        finished=(
            ParkedRow(37, "陈淑贞", Say("parked.done"),
                      before(minutes=4), False),
            ParkedRow(35, "林伯涛", Say("parked.done"),
                      before(minutes=9), False),
        ),
        day_open=True,
    )  # fmt: skip
