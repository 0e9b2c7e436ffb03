"""The ways of a victim that is to be killed, and how whoever comes next ends its visit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.workflow.views.case import CaseView
from tests.support.counter import Bench
from tests.support.money_victim import cash_given_back, sale_taken_back, whole_money
from tests.support.morgue import Morgue
from tests.support.sampling import Point, seed
from tests.support.scenes import at_cash_back, at_refund, at_scan, at_settle
from tests.support.strace import injected
from tests.support.visit import Visit
from tests.support.zygote import Ended

CALLS = (
    *("pwrite64", "fsync", "fdatasync", "ftruncate"),
    *("unlink", "rename", "sendto", "recvfrom"),
)
KILLED = Ended(status=-1, signal=9)
Counted = Callable[[str], Mapping[str, int]]
"""How often an undisturbed victim of a leg makes each call."""


@dataclass(frozen=True)
class Leg:
    """A victim's flow, the scene it begins with, and how the next counter ends the visit."""

    flow: str
    scene: Callable[[Visit], CaseView]
    finish: Callable[[Bench, int], CaseView]
    messages: int


LEGS = {
    # two lines told, split, settled, refunded, two lines returned
    "money": Leg("play", at_scan, whole_money, 7),
    # refunded, two lines returned, boxes into quarantine
    "refund": Leg("play", at_refund, whole_money, 3),
    # two lines returned, signed out
    "compensation": Leg("end_day", at_settle, sale_taken_back, 3),
    # cash back, slip, one line returned
    "cash": Leg("pay_back", at_cash_back, cash_given_back, 1),
}


def dies_and_lives_on(morgue: Morgue, leg: Leg, point: Point) -> None:
    """A victim of ``leg`` dies at ``point``; both ledgers agree, and the visit comes to its end."""
    call, number = point
    with morgue.laid_out(leg.scene) as remains:
        try:
            order = {**remains.order, "calm": False}
            ended = injected(morgue.zygote, leg.flow, call, "signal=KILL", str(number), **order)
            assert ended in (KILLED, Ended(0, 0))
            remains.lives_on(leg.finish)
        except BaseException as broken:
            broken.add_note(f"{leg.flow} killed at {call} number {number}, seed {seed()}")
            raise
