"""Cash that goes back over the counter, with the till bound; ``surface`` hands it out."""

from collections.abc import Callable

from app.domain.access import Act
from app.workflow import counter
from app.workflow.cases import owed
from app.workflow.people import signing
from app.workflow.returns import pay_back
from app.workflow.show import view_of
from app.workflow.till import Till
from app.workflow.views.case import CaseView


class CashDesk:
    """One at a time, as everything that works on a visit."""

    _till: Till
    _pin_matches: Callable[[str, str], bool]

    def pay_back(self, case_id: int, login: str, pin: str) -> CaseView:
        """Cash of a self-pay sale goes back, under four eyes. Raises ``OperatorInput``."""
        with self._till.turn:
            second = signing.second(self._till, login, pin, Act.REFUND, self._pin_matches)
            case = counter.at_hand(self._till, case_id)
            return view_of(self._till, pay_back.pay_back(self._till, case, second))

    def cash_given(self, case_id: int) -> CaseView:
        """What waited for its customer is in their hand. Raises ``OperatorInput``."""
        with self._till.turn:
            return view_of(self._till, owed.given(self._till, case_id))
