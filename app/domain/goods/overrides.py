"""Why a person let a box go on: a class of reason per reminder, never a blind yes (1.7, 6.9)."""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.errors import Code


class OverrideReason(StrEnum):
    """Chosen by key, kept with who and when, listed for the manager."""

    CUSTOMER_TOLD = "customer_told"
    USED_UP_IN_TIME = "used_up_in_time"
    EARLIER_NOT_FOUND = "earlier_not_found"
    EARLIER_DAMAGED = "earlier_damaged"
    CUSTOMER_CHOSE = "customer_chose"
    RECEIPT_FOLLOWS = "receipt_follows"
    CHECKED_AGAINST_PAPER = "checked_against_paper"
    BOOKED_WRONG = "booked_wrong"
    EXEMPT = "exempt"
    OLD_STOCK = "old_stock"
    DAMAGED = "damaged"
    FAULT = "fault"


_R = OverrideReason
REASONS: Mapping[Code, tuple[OverrideReason, ...]] = {
    Code.SCAN_NEAR_EXPIRY: (_R.CUSTOMER_TOLD, _R.USED_UP_IN_TIME),
    Code.SCAN_EXPIRES_SOON: (_R.CUSTOMER_TOLD, _R.USED_UP_IN_TIME),
    Code.SCAN_EARLIER_LOT: (_R.EARLIER_NOT_FOUND, _R.EARLIER_DAMAGED, _R.CUSTOMER_CHOSE),
    Code.SCAN_OPENED_FIRST: (_R.EARLIER_NOT_FOUND, _R.EARLIER_DAMAGED, _R.CUSTOMER_CHOSE),
    Code.SCAN_UNSEEN_AT_RECEIPT: (_R.RECEIPT_FOLLOWS, _R.CHECKED_AGAINST_PAPER),
    Code.PREFIX_UNCONFIRMED: (_R.CHECKED_AGAINST_PAPER,),
    Code.SCAN_WRONG_LOT: (_R.BOOKED_WRONG,),
    Code.SCAN_NO_CODE: (_R.EXEMPT, _R.OLD_STOCK, _R.DAMAGED, _R.FAULT),
}
"""Which reasons answer which reminder, in the order of their keys."""


def reasons_for(code: int | None) -> tuple[OverrideReason, ...]:
    """The reasons that answer a reminder; none for what cannot be overridden."""
    return next((reasons for asked, reasons in REASONS.items() if asked == code), ())
