"""Random days with planted faults, and days without: what did the comparison name?

Whoever plants knows nothing of causes, whoever names knows nothing of what was planted. Only here
the two lists lie side by side: which cause a fault has to be called by.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations

from app.domain.books.stock import LineState, Stage, StockCause, StockFinding
from app.simulation.goods.honest import honest_act
from app.simulation.goods.keeper import Keeper, a_keeper, whole_region
from app.simulation.goods.planter import AT_THE_END, Planted, Planter
from app.simulation.run import quiet
from app.simulation.templates import Templates, templates
from app.workflow.calendar import CHINA
from app.workflow.stock_reconciling.comparing import compare_stock

C = StockCause
CALLED: Mapping[Planted, StockCause] = {
    Planted.LOST_SALE: C.SALE_LOST,
    Planted.LOST_RETURN: C.RETURN_NOT_TOLD,
    Planted.LOST_DELIVERY: C.PURCHASE_NOT_TOLD,
    Planted.LOST_CHANGE: C.CHANGE_NOT_TOLD,
    Planted.LOST_SUPPLIER_RETURN: C.SENT_BACK_NOT_TOLD,
    Planted.LOST_COUNT: C.COUNT_NOT_TOLD,
    Planted.DOUBLED_SALE: C.SALE_TWICE,
    Planted.DOUBLED_RETURN: C.RETURN_TWICE,
    Planted.DOUBLED_DELIVERY: C.PURCHASE_TWICE,
    Planted.DOUBLED_CHANGE: C.CHANGE_TWICE,
    Planted.DOUBLED_SUPPLIER_RETURN: C.SENT_BACK_TWICE,
    Planted.REFUSED_SALE: C.SALE_REFUSED,
    Planted.REFUSED_CHANGE: C.CHANGE_NOT_TOLD,
    Planted.GIVEN_UP_SALE: C.SALE_NEVER_TOLD,
    Planted.GIVEN_UP_DELIVERY: C.PURCHASE_NOT_TOLD,
    Planted.UNHEARD_CHANGE: C.ANSWER_LOST,
    Planted.WAITING_SALE: C.IN_FLIGHT,
    Planted.OVERTAKEN_COUNT: C.COUNT_TOO_LATE,
    Planted.ALTERED_AMOUNT: C.WRONG_QUANTITY,
    Planted.TURNED_CHANGE: C.WRONG_DIRECTION,
    Planted.MISFILED_SALE: C.WRONG_LOT,
    Planted.WIPED_SALES: C.ERASED_THERE,
    Planted.FOREIGN_SALE: C.TWO_SOURCES,
    Planted.STRANGE_LOT: C.UNKNOWN_LOT_THERE,
    Planted.OTHER_UNIT: C.UNIT_FACTOR,
    Planted.OTHER_PRICE: C.PRICE_DIFFERS,
}
"""The one name each fault has to be given."""
_ALARMS = (LineState.NEEDS_ACTION, LineState.CANNOT_COMPARE)
_ENOUGH = 6
_EVERY = 4
"""Every fourth day is played under the region's own rules; the others where it takes all."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``days`` random days from ``seed`` on, each with ``causes`` planted faults (0: clean)."""

    seed: int
    days: int
    causes: int
    profile: str


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """One day. ``missed`` are faults whose cause was not named; ``alarms`` what was named without
    any reason."""

    number: int
    planted: tuple[Planted, ...]
    missed: tuple[Planted, ...]
    alarms: tuple[str, ...]
    names: tuple[str, ...]


@dataclass
class Score:
    """What many days came to."""

    days: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    false_alarms: int = 0
    misses: list[dict[str, object]] = field(default_factory=list)

    def add(self, day: PlayedDay) -> None:
        self.days += 1
        missed = list(day.missed)
        for what in day.planted:
            self.planted[what.value] += 1
            if what in missed:
                missed.remove(what)
            else:
                self.named[what.value] += 1
        self.false_alarms += len(day.alarms)
        if day.missed or day.alarms:
            self.misses.append(
                {
                    "day": day.number,
                    "planted": [one.value for one in day.planted],
                    "missed": [one.value for one in day.missed],
                    "alarms": list(day.alarms),
                    "named": list(day.names),
                }
            )

    def report(self) -> dict[str, object]:
        """The keys of design cli.md, and the days that were not understood."""
        return {
            "days": self.days,
            "planted": self.planted.total(),
            "named": self.named.total(),
            "false_alarms": self.false_alarms,
            "by_cause": {
                cause: {"planted": count, "named": self.named[cause]}
                for cause, count in sorted(self.planted.items())
            },
            "not_understood": self.misses,
        }


def rehearse(wish: Wish, told: Callable[[PlayedDay], None]) -> dict[str, object]:
    """Play every day and compare; ``told`` hears of each. Raises ``LocalTrouble``."""
    score = Score()
    with quiet(), templates(wish.profile) as made:
        for number in range(wish.seed, wish.seed + wish.days):
            day = play(made, number, faults_of(number, wish.causes))
            told(day)
            score.add(day)
    return score.report()


def faults_of(number: int, causes: int) -> tuple[Planted, ...]:
    """Every combination in turn: day after day another one."""
    every = list(combinations(Planted, causes)) if causes else [()]
    # a stride that shares no factor with the count meets every combination once in a round
    return every[number * 7919 % len(every)] if causes else ()


def play(made: Templates, number: int, faults: tuple[Planted, ...]) -> PlayedDay:
    """One day and the comparison of the morning after it."""
    profile = made.profile if number % _EVERY == 0 and not faults else whole_region(made.profile)
    with a_keeper(made, profile, f"stock {number}") as keeper:
        spots = _day(keeper, faults)
        day = keeper.clock.now().astimezone(CHINA).date()
        night: tuple[StockFinding, ...] = ()
        if not faults:
            compare_stock(keeper.till, day, Stage.NIGHT)
            night = _findings(keeper)
        _until_morning(keeper)
        compare_stock(keeper.till, day, Stage.MORNING)
        return _judged(number, faults, spots, _findings(keeper), night)


def _day(keeper: Keeper, faults: tuple[Planted, ...]) -> list[tuple[Planted, tuple[str, ...]]]:
    chance, planter = keeper.chance, Planter(keeper)
    for _ in range(chance.randint(4, 9)):
        honest_act(keeper, counts=True)
    keeper.tell()
    ordered = sorted(faults, key=_turn)
    items = chance.sample(keeper.items, len(keeper.items))
    together = len(faults) > 1 and chance.random() < 0.5
    spots: list[tuple[Planted, tuple[str, ...]]] = []
    used: set[str] = set()
    for at, what in enumerate(ordered):
        item = items[0 if together else at]
        lot = next(one for one in keeper.lots(item) if len(keeper.boxes(one)) > _ENOUGH)
        spots.append((what, planter.plant(what, item, lot)))
        used |= {item.store_code}
        keeper.wait(chance.randint(1, 20))
        if what not in AT_THE_END and chance.random() < 0.5:
            honest_act(keeper, counts=False, without=used)
            keeper.tell()
    return spots


def _turn(what: Planted) -> int:
    return AT_THE_END.index(what) + 1 if what in AT_THE_END else 0


def _until_morning(keeper: Keeper) -> None:
    local = keeper.clock.now().astimezone(CHINA)
    morning = (local + timedelta(days=1)).replace(hour=6, minute=0, second=0)
    keeper.clock.pass_time((morning - local).total_seconds())
    keeper.surface.open_day()


def _findings(keeper: Keeper) -> tuple[StockFinding, ...]:
    with keeper.store.reading() as unit:
        runs = unit.stock_days.newest(1)
        return unit.stock_days.findings(runs[0].day) if runs else ()


def _judged(
    number: int,
    faults: tuple[Planted, ...],
    spots: Iterable[tuple[Planted, tuple[str, ...]]],
    findings: tuple[StockFinding, ...],
    night: tuple[StockFinding, ...],
) -> PlayedDay:
    named = {one.upload_lot: [reason.cause for reason in one.reasons] for one in findings}
    touched = {serial for _, serials in spots for serial in serials}
    missed = tuple(
        what
        for what, serials in spots
        if not any(CALLED[what] in named.get(serial, ()) for serial in serials)
    )
    alarms = tuple(
        f"{one.upload_lot}: {one.cause.value}"
        for one in (*findings, *night)
        if one.state in _ALARMS and one.upload_lot not in touched
    )
    names = tuple(
        f"{one.upload_lot}: {' '.join(reason.cause.value for reason in one.reasons)}"
        for one in findings
    )
    return PlayedDay(number, faults, missed, alarms, names)
