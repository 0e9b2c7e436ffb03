"""``simulate`` as the commands ask for it; loaded with the program, so it loads nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.cli.doors import RehearsalWish, RehearsedDay, SimulatedSeed, SimulationWish


class Simulations:
    """The part of the house that plays days which never were."""

    def simulate(
        self, wish: SimulationWish, told: Callable[[SimulatedSeed], None]
    ) -> Mapping[str, object]:
        """Play every day; ``told`` hears of each. Raises ``LocalTrouble``."""
        from app.cli.doors import SimulatedSeed
        from app.simulation.outcome import DayReport
        from app.simulation.run import Wanted, simulate

        def one(day: DayReport) -> None:
            broken = "" if day.violation is None else day.violation.invariant
            told(SimulatedSeed(day.seed, broken, day.settled))

        days = (wish.seeds, wish.first, wish.visits, wish.fault_rate, wish.profile)
        return simulate(Wanted(*days, sealed=not wish.unsealed), one)

    def rehearse_stock(
        self, wish: RehearsalWish, told: Callable[[RehearsedDay], None]
    ) -> Mapping[str, object]:
        """Plant faults between two books and let them be named. Raises ``LocalTrouble``."""
        from app.cli.doors import RehearsedDay
        from app.simulation.goods.rehearsal import PlayedDay, Wish, rehearse

        def one(day: PlayedDay) -> None:
            missed = " ".join(fault.value for fault in day.missed)
            told(RehearsedDay(day.number, f"{missed} {' '.join(day.alarms)}".strip()))

        return rehearse(Wish(wish.seed, wish.days, wish.causes, wish.profile), one)
