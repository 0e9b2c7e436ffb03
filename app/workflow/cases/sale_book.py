"""Which neighbour of this region is told what was sold (``sale_channel``)."""

from app.domain.prescription import RxNumber
from app.ports.platform import SaleBook
from app.workflow.till import Till


def sale_book(till: Till, rx_number: RxNumber | None) -> SaleBook:
    """Who takes 商品销售, and its return, of this prescription or of a sale without one.

    A sale without a prescription is told to the core platform everywhere (prescription-centre 7).
    """
    return till.platform.rxcentre if at_centre(till, rx_number) else till.platform.core


def at_centre(till: Till, rx_number: RxNumber | None) -> bool:
    """Whether that is the prescription centre."""
    return till.profile.rules.sale_channel == "centre" and rx_number is not None
