"""Which neighbour of this region is told what was sold (``sale_channel``)."""

from app.domain.prescription import RxNumber
from app.ports.platform import SaleBook
from app.workflow.till import Till


def sale_book(till: Till, rx_number: RxNumber | None) -> SaleBook:
    """Who takes 商品销售, and its return, of this prescription or of a sale without one.

    A sale without a prescription is told to the core platform everywhere (prescription-centre 7).
    """
    centre = till.profile.rules.sale_channel == "centre" and rx_number is not None
    return till.platform.rxcentre if centre else till.platform.core
