"""At night every list is brought up to date, a few pages in each round of the delivery lane.

The mark makes it resumable, so a round never takes long: what waits for the platform goes first.
"""

import logging
from datetime import datetime, timedelta

from app.domain.errors import NotSent, OutcomeUnknown, PlatformRejected
from app.jobs.lane import Cancelled, CancelToken
from app.jobs.progress import Progress
from app.ports import catalogue as k
from app.workflow.calendar import CHINA
from app.workflow.catalogue.downloading import learn_barcodes, offered, refresh
from app.workflow.till import Till

FROM_HOUR, TO_HOUR = 1, 6
"""Between these hours in China nobody waits at a counter."""
PAGES_A_ROUND = 20
AGAIN_AFTER = timedelta(minutes=20)
"""How long a list that failed is left alone."""
_TRIED = "catalogue.tried."
_log = logging.getLogger(__name__)


def bring_some(till: Till) -> None:
    """Some pages of the first list that is not of today; nothing by day."""
    catalogue, now = till.catalogue, till.clock.now()
    if catalogue is None or not FROM_HOUR <= now.astimezone(CHINA).hour < TO_HOUR:
        return
    listing = next((one for one in offered(till) if _due(till, catalogue, one, now)), None)
    if listing is None:
        return
    if catalogue.mark(listing) is None:
        learn_barcodes(till, catalogue)
    token = CancelToken()
    pages = 0

    def enough(_progress: Progress) -> None:
        nonlocal pages
        pages += 1
        if pages >= PAGES_A_ROUND:
            token.cancel()

    try:
        refresh(till, catalogue, listing, enough, token)
    except Cancelled:
        return
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        _log.warning("%s waits: %s", listing.value, trouble)
        with till.store.unit() as unit:
            unit.settings.put(_TRIED + listing.value, now.isoformat())


def _due(till: Till, catalogue: k.LocalCatalogue, listing: k.Listing, now: datetime) -> bool:
    mark = catalogue.mark(listing)
    if mark is not None and mark.finished_at is not None:
        today = now.astimezone(CHINA).date()
        if mark.finished_at.astimezone(CHINA).date() >= today:
            return False
    with till.store.reading() as unit:
        tried = unit.settings.get(_TRIED + listing.value)
    return tried is None or now - datetime.fromisoformat(tried) >= AGAIN_AFTER
