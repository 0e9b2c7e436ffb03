"""What the buttons of a banner do: what their keys do, and only where those keys mean that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ui.keys import offer_cap
from ui.pages.stack import DESK_PAGES

if TYPE_CHECKING:
    from app.workflow.views.case import BannerView
    from ui.shell import MainWindow
    from ui.viewmodels.counter import CounterModel

READ_AGAIN = "read_again"
"""Asks again on the desk page whose own key failed, and nowhere else."""
_OF_THE_DESK = frozenset({"open_queue", "devices", "decide", "copy_code", "lock"})
"""Offers that lead somewhere from every page."""
_OF_THE_VISIT = "where"
"""The desk page that is about the visit itself; its keys mean the same."""


class Offers:
    """Chooses and takes the offers of every banner of the window."""

    def __init__(self, window: MainWindow, counter: CounterModel) -> None:
        self._window, self._counter = window, counter
        self._asked_on = ""

    def on_page(self, banner: BannerView) -> BannerView:
        """A trouble of the desk page in front: asked again there, by its own key, not the visit's.

        What somebody typed or was not allowed is no answer to ask for again.
        """
        page = self._window.current_page()
        if page is None or banner.code // 1000 == 1:
            return banner
        self._asked_on = page.name
        kept = tuple(name for name in banner.offers if name in _OF_THE_DESK)
        return replace(banner, offers=(READ_AGAIN, *kept))

    def working(self, offers: tuple[str, ...]) -> tuple[str, ...]:
        """The offers whose key does just that here; the rest is done on the page of the visit."""
        if not self._counter.may_identify:
            # who this is has been said: what is wanted is the code, in its field
            offers = tuple("scan_field" if name == "identify_again" else name for name in offers)
        page, acts, away = self._window.current_page(), self._window.acts(), self._elsewhere()
        taken = {act.key for act in page.acts()} if page is not None and away else set()
        asked_here = page is not None and page.name == self._asked_on

        def works(name: str) -> bool:
            key = offer_cap(name)
            if key is None:
                return True
            if name == READ_AGAIN:
                return asked_here
            act = acts.get(key)
            return act is not None and (act.on or self._counter.busy) and key not in taken

        here = tuple(filter(works, offers))
        back = here != offers and away and READ_AGAIN not in offers and "scan_field" not in here
        return (*here, "back_to_visit") if back else here

    def _elsewhere(self) -> bool:
        """A page that is not about the visit: its own keys mean something else there."""
        page = self._window.current_page()
        return page is not None and page.name in DESK_PAGES - {_OF_THE_VISIT}

    def reconsider(self) -> None:
        """A key went on or off; what is on its way takes no button from under a finger."""
        if self._counter.busy:
            return
        self._window.banner.reconsider()
        page = self._window.current_page()
        field = page.scan_field() if page is not None else None
        if field is not None:
            field.refusal.reconsider()

    def take(self, name: str) -> None:
        """A banner's button does what its key does."""
        if name in ("retry", "identify_again"):
            self._counter.retry()
        elif (key := offer_cap(name)) is not None:
            self._window.press(key)
