"""Many rows at once, and what the core platform holds (core-platform 6.8 to 6.10)."""

from app.domain.errors import Bug
from app.gateways.core import CoreGateway
from app.gateways.goods import rows, wording
from app.gateways.wording import sale
from app.ports import stock as g
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Q, Sender, Stamp
from app.ports.replies import SaleAccepted
from app.profile.model import Profile
from app.profile.operations import Operation


class StockGateway:
    """Implements ``ports.platform.GoodsPlatform``: the core platform's envelope and road."""

    def __init__(self, profile: Profile, core: CoreGateway) -> None:
        self._profile = profile
        self._core = core

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        """Raises ``Bug`` for rows of several kinds, none, or more than the region takes."""
        operation, content = self._asked(request, sender)
        return self._core.write(request, operation, content, "", sender, stamp)

    def _asked(self, request: object, sender: Sender) -> tuple[Operation, sale.Content]:
        match request:
            case g.StockRows():
                return rows.operation_of(request), rows.content(self._profile, request)
            case g.EraseUpload():
                return Operation.ERASE_UPLOAD, {"data": wording.erase(self._profile, request)}
            case g.QueryStock():
                return Operation.QUERY_STOCK, wording.query_stock(request, sender.institution_code)
            case g.QueryRecords():
                return request.asked, wording.query_records(request, sender.institution_code)
            case _:
                raise Bug(what=f"{type(request).__name__} is nothing the books of goods are asked")

    def tell_rows(self, message: Committed[g.StockRows]) -> Answer[g.RowsTold]:
        request, meaning = message.draft.request, self._core.row_refused
        return self._core.carry(
            message, lambda reply: rows.told(self._profile, request, reply, meaning)
        )

    def erase_upload(self, message: Committed[g.EraseUpload]) -> Answer[SaleAccepted]:
        return self._core.carry(message, sale.accepted)

    def query_stock(self, message: Committed[g.QueryStock]) -> Answer[g.StockPage]:
        request = message.draft.request
        return self._core.carry(message, lambda reply: wording.stock_page(reply.output, request))

    def query_records(self, message: Committed[g.QueryRecords]) -> Answer[g.RecordPage]:
        request, kinds = message.draft.request, self._profile.tables.get("record_kind", {})
        return self._core.carry(
            message, lambda reply: wording.record_page(reply.output, request, kinds)
        )
