"""Which neighbour of this region is told what was sold (``sale_channel``)."""

from app.domain.prescription import RxNumber
from app.ports.platform import SaleBook
from app.profile.model import TELLS_CENTRE
from app.workflow.till import Till


def sale_book(till: Till, rx_number: RxNumber | None) -> SaleBook:
    """Who takes 商品销售, and its return, of this prescription or of a sale without one."""
    centre = TELLS_CENTRE[till.profile.rules.sale_channel] and rx_number is not None
    return till.platform.rxcentre if centre else till.platform.core
