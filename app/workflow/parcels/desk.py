"""The functions of the page of deliveries with the till bound; ``surface`` hands them out."""

from app.domain.delivery import DeliveryState
from app.workflow.parcels import moving
from app.workflow.parcels.label import print_label
from app.workflow.parcels.views import ParcelsView, parcels_view
from app.workflow.till import Till


class ParcelDesk:
    """配送. Nobody's visit is touched: a delivery begins where a visit is done."""

    _till: Till

    def parcels(self) -> ParcelsView:
        return parcels_view(self._till)

    def prepare_parcel(self, case_id: int, name: str, phone: str, address: str) -> ParcelsView:
        """Raises ``OperatorInput``."""
        moving.prepare(self._till, case_id, name, phone, address)
        return self.parcels()

    def send_parcel(self, delivery_no: str, company: str, name: str, phone: str) -> ParcelsView:
        """Raises ``OperatorInput``."""
        moving.send_off(self._till, delivery_no, company, name, phone)
        return self.parcels()

    def end_parcel(
        self, delivery_no: str, state: DeliveryState, signed_by: str, note: str
    ) -> ParcelsView:
        """Raises ``OperatorInput``."""
        moving.end(self._till, delivery_no, state, signed_by, note)
        return self.parcels()

    def print_parcel(self, delivery_no: str) -> ParcelsView:
        """Raises ``DeviceTrouble``."""
        print_label(self._till, delivery_no)
        return self.parcels()
