"""The training platform's own addresses: a phone that shows codes, and a switchboard of faults.

Loopback only; they come from the ready line, and no real platform has them.
"""

from collections.abc import Mapping
from typing import Any

import requests

from app.domain.errors import Code, LocalTrouble
from app.ports.training import TrainingFault, TrainingStockFault
from app.profile.operations import Operation

_LIMIT_S = 10.0
_ANY = "*"
_FAULTS: Mapping[TrainingFault, Mapping[str, object]] = {
    TrainingFault.SETTLED_THEN_CUT: {"operation": Operation.SETTLE, "fault": "drop_after"},
    TrainingFault.CUT_BEFORE_SETTLING: {"operation": Operation.SETTLE, "fault": "drop_before"},
    TrainingFault.REFUSED: {"operation": _ANY, "fault": "reject"},
    TrainingFault.SLOW: {"operation": _ANY, "fault": "delay", "seconds": 5},
    TrainingFault.DAY_NOT_OPEN: {"operation": Operation.PRESETTLE, "fault": "day_not_open"},
    TrainingFault.GARBAGE: {"operation": _ANY, "fault": "garbage"},
}
_STOCK_FAULTS: Mapping[TrainingStockFault, Mapping[str, object]] = {
    TrainingStockFault.LOST_SALE: {"spoils": "lose", "kind": "sale"},
    TrainingStockFault.DOUBLED_SALE: {"spoils": "double", "kind": "sale"},
    TrainingStockFault.SOLD_ELSEWHERE: {"plant": "intrude"},
}


class TrainingControl:
    """``app.ports.training.TrainingPlatform`` over the addresses of a ready line."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self._addresses: Mapping[str, str] = ready["endpoints"]

    def issue(self, id_no: str) -> str:
        """A fresh e-voucher of a synthetic person, as the phone would show it."""
        return str(self._ask("issue_evoucher", {"id_no": id_no})["evoucher"])

    def stage(self, fault: TrainingFault) -> int:
        """Play ``fault`` on the next fitting call; returns how many wait now."""
        return len(self._ask("faults", dict(_FAULTS[fault]))["waiting"])

    def still_staged(self) -> int:
        """How many faults still wait for their call."""
        return len(self._ask("faults", {})["waiting"])

    def calm(self) -> None:
        """Forget every fault that still waits."""
        self._ask("faults", {"clear": True})

    def plant(self, fault: TrainingStockFault) -> None:
        """Spoil the platform's books of stock."""
        self._ask("stock_books", dict(_STOCK_FAULTS[fault]))

    def _ask(self, name: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        try:
            with requests.Session() as session:
                # a proxy of this machine has no business with loopback
                session.trust_env = False
                # one question per connection: nothing may keep the platform from leaving
                session.headers["Connection"] = "close"
                answer = session.post(self._addresses[name], json=body, timeout=_LIMIT_S)
                answer.raise_for_status()
                found: Mapping[str, Any] = answer.json()
                return found
        except (requests.RequestException, ValueError) as gone:
            raise LocalTrouble(Code.PLATFORM_NOT_STARTED) from gone
