"""Deliveries as the inside remembers them. They are never deleted."""

from datetime import datetime
from typing import Protocol

from app.domain.delivery import Delivery, DeliveryState


class Deliveries(Protocol):
    """``delivery``: one row each, and where the goods are now."""

    def add(self, new: Delivery) -> None: ...

    def move(self, moved: Delivery, before: DeliveryState) -> None:
        """Raises ``OperatorInput`` ``DELIVERY_MOVED_ON`` where it is not in ``before`` any more."""
        ...

    def get(self, delivery_no: str) -> Delivery:
        """Raises ``Bug`` for a number nobody gave."""
        ...

    def of_case(self, case_id: int) -> tuple[Delivery, ...]: ...

    def listed(self, ended_since: datetime) -> tuple[Delivery, ...]:
        """Open ones, oldest first, then those that ended since, newest first."""
        ...
