"""Questions about an insurance behind their port, in memory: answers that a test puts there."""

from dataclasses import dataclass, field
from typing import Any

from app.ports import insurance as i
from app.ports import requests as q
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from tests.support.fake_goods import Wire


def in_total(asked: q.ReconcileTotals, insurance: str, clearing: str) -> bool:
    """Whether a settlement counts in this total; of nobody's kind, it counts in every one."""
    kinds = {"", asked.insurance_kind}, {"", asked.clearing_kind}
    return insurance in kinds[0] and clearing in kinds[1]


@dataclass
class FakeInsurance:
    """Nothing stands against anybody until a test says so."""

    wire: Wire
    entitlements: list[i.Entitlement] = field(default_factory=list)
    fees: list[i.FeeLine] = field(default_factory=list)
    concerns: list[i.Concern] = field(default_factory=list)

    def compose(self, request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]:
        return self.wire.compose(request, sender, stamp)

    def check_entitlement(
        self, message: Committed[i.CheckEntitlement]
    ) -> Answer[tuple[i.Entitlement, ...]]:
        return self.wire.exchange(message, lambda _message: tuple(self.entitlements))

    def query_fees(self, message: Committed[i.QueryFees]) -> Answer[tuple[i.FeeLine, ...]]:
        return self.wire.exchange(message, lambda _message: tuple(self.fees))

    def check_ahead(self, message: Committed[i.CheckAhead]) -> Answer[tuple[i.Concern, ...]]:
        return self.wire.exchange(message, lambda _message: tuple(self.concerns))
