"""The stand-in's own addresses: set a fault, move the clock, look at what was committed.

They exist on loopback for trainers and tests; no pharmacy ever calls them.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from app.sandbox.core.goods.planting import plant as plant_stock
from app.sandbox.core.money.planting import plant
from app.sandbox.core.money.statement import leave_out_refunded, show_everything
from app.sandbox.faults import FaultSpecWrong, Switchboard, planned
from app.sandbox.router import Handler, Registry, Reply, Request, json_reply
from app.sandbox.site import Site
from app.sandbox.wire import read_object

Counts = Callable[[], Mapping[str, object]]


def install(
    registry: Registry,
    site: Site,
    switchboard: Switchboard,
    known: Callable[[str], str | None],
    *counts: Counts,
) -> None:
    """Register the control addresses; each of ``counts`` adds its part to the state page."""
    registry.add("faults", "/sandbox/faults", _faults(switchboard, known, _delay(site)))
    registry.add("clock", "/sandbox/clock", _clock(site))
    registry.add("books", "/sandbox/books", _books(site))
    registry.add("stock_books", "/sandbox/stock", _stock_books(site))
    registry.add("state", "/sandbox/state", _state(switchboard, counts))


def _delay(site: Site) -> float:
    return default_delay_s(site.profile.core.timeout.settle)


def default_delay_s(settle_timeout_s: float) -> float:
    """Long enough that a counter of this region has given up: its settlement limit and 2 s."""
    return settle_timeout_s + 2.0


def _faults(
    switchboard: Switchboard, known: Callable[[str], str | None], delay_s: float
) -> Handler:
    def handler(request: Request) -> Reply:
        if request.method == "GET":
            return json_reply(
                {"waiting": switchboard.waiting(), "played": dict(switchboard.played())}
            )
        try:
            asked = read_object(request.body)
            if asked.get("clear"):
                switchboard.clear()
            if "fault" in asked:
                switchboard.plan(
                    planned(
                        asked.get("operation", ""),
                        asked["fault"],
                        asked.get("times", 1),
                        asked.get("seconds", delay_s),
                        known,
                    )
                )
        except (FaultSpecWrong, ValueError) as wrong:
            return json_reply({"ok": False, "message": str(wrong)}, 400)
        return json_reply({"ok": True, "waiting": switchboard.waiting()})

    return handler


def _clock(site: Site) -> Handler:
    def handler(request: Request) -> Reply:
        try:
            asked = read_object(request.body)
            site.clock.move(timedelta(seconds=float(str(asked.get("ahead_s", 0)))))
        except (ValueError, OverflowError) as wrong:
            return json_reply({"ok": False, "message": str(wrong)}, 400)
        return json_reply({"ok": True, "now": site.clock.now().isoformat(sep=" ")})

    return handler


def _books(site: Site) -> Handler:
    def handler(request: Request) -> Reply:
        try:
            asked = read_object(request.body)
            if asked.get("statement") == "leaves_out_refunded":
                leave_out_refunded(site)
                return json_reply({"ok": True})
            if asked.get("statement") == "whole":
                show_everything(site)
                return json_reply({"ok": True})
            planted = plant(site, asked)
        except ValueError as wrong:
            return json_reply({"ok": False, "message": str(wrong)}, 400)
        return json_reply({"ok": True, **planted})

    return handler


def _stock_books(site: Site) -> Handler:
    def handler(request: Request) -> Reply:
        try:
            planted = plant_stock(site, read_object(request.body))
        except ValueError as wrong:
            return json_reply({"ok": False, "message": str(wrong)}, 400)
        return json_reply({"ok": True, **planted})

    return handler


def _state(switchboard: Switchboard, counts: tuple[Counts, ...]) -> Handler:
    def handler(request: Request) -> Reply:  # noqa: ARG001
        page: dict[str, object] = {"faults": dict(switchboard.played())}
        for part in counts:
            page.update(part())
        return json_reply(page)

    return handler
