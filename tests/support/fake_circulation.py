"""Online lists, codes, deliveries and catalogue of the prescription centre, in memory."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.domain.delivery import Delivery
from app.domain.errors import Code, PlatformRejected
from app.ports import circulation as c
from app.ports.messages import Answer, Committed


@dataclass
class CirculationBooks:
    """What the centre has; tests write ``online``, ``codes`` and ``drugs`` as they like."""

    online: list[c.OnlineRx] = field(default_factory=list)
    codes: dict[str, c.RxCodeDecoded] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    drugs: list[c.CirculatedDrug] = field(default_factory=list)
    left: int = 0
    """How often a reading was given up."""


class FakeCirculation(ABC):
    """The part of the centre behind its port; ``exchange`` plays what a test scripted."""

    circulation: CirculationBooks

    @abstractmethod
    def exchange(self, message: Committed[Any], honest: Callable[[Any], Any]) -> Answer[Any]: ...

    def leave(self) -> None:
        """Nothing waits for a phone here; how often it was told is kept."""
        self.circulation.left += 1

    def query_online(self, message: Committed[c.QueryOnlineRx]) -> Answer[c.OnlineRxPage]:
        rows = self.circulation.online
        return self.exchange(message, lambda _: c.OnlineRxPage(tuple(rows), last=True))

    def decode_code(self, message: Committed[c.DecodeRxCode]) -> Answer[c.RxCodeDecoded]:
        return self.exchange(message, self._decode_code)

    def _decode_code(self, message: Committed[c.DecodeRxCode]) -> c.RxCodeDecoded:
        found = self.circulation.codes.pop(message.draft.request.code, None)
        if found is None:
            raise PlatformRejected(Code.REFUSED)
        return found

    def sync_delivery(self, message: Committed[c.SyncDelivery]) -> Answer[c.DeliveryTaken]:
        return self.exchange(message, self._delivery)

    def confirm_delivery(self, message: Committed[c.ConfirmDelivery]) -> Answer[c.DeliveryTaken]:
        return self.exchange(message, self._delivery)

    def _delivery(self, message: Committed[Any]) -> c.DeliveryTaken:
        told: Delivery = message.draft.request.delivery
        self.circulation.deliveries[told.delivery_no] = told
        return c.DeliveryTaken(f"PS-{told.delivery_no}")

    def query_catalogue(self, message: Committed[c.QueryCatalogue]) -> Answer[c.CirculatedPage]:
        return self.exchange(message, self._catalogue)

    def _catalogue(self, message: Committed[c.QueryCatalogue]) -> c.CirculatedPage:
        asked = message.draft.request
        start = (asked.page - 1) * asked.page_size
        rows = self.circulation.drugs
        last = start + asked.page_size >= len(rows)
        return c.CirculatedPage(tuple(rows[start : start + asked.page_size]), last)
