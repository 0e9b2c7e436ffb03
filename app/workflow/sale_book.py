"""Which neighbour of this region is told what was sold (``sale_channel``)."""

from app.ports.platform import SaleBook
from app.profile.operations import Operation, Service
from app.workflow.till import Till


def sale_book(till: Till) -> SaleBook:
    """The neighbour that takes 商品销售 and its return here."""
    service = till.profile.operation(Operation.UPLOAD_SALE).service
    return till.platform.rxcentre if service is Service.RX_CENTRE else till.platform.core
