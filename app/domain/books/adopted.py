"""A settlement that nobody's attempt stands for, taken into our books by named people.

It has no case and no boxes here: what it says is what the platform's statement said, and who
answers for it (reliability 4.1; decision 0019).
"""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.attempt import AttemptState
from app.domain.books.money import Group, OurLine, Sums
from app.domain.credential import PersonNumber
from app.domain.money import Amounts, Fen


@dataclass(frozen=True, slots=True)
class AdoptedLine:
    """One line of a statement, ours from now on. ``day`` is the platform's day of it.

    A refund has negative ``sums``. ``staff_id`` and ``name`` are the manager's who adopted it.
    """

    message_id: str
    settlement_id: str
    visit_id: str
    person_no: PersonNumber
    group: Group
    sums: Sums
    day: date
    at: datetime
    staff_id: int
    name: str
    reason: str

    def booked(self) -> OurLine:
        """As a line of our ledger."""
        refund = self.sums.total < 0
        return OurLine(
            case_id=None,
            message_id=self.message_id,
            attempt_id=self.message_id,
            refund=refund,
            state=AttemptState.REFUNDED if refund else AttemptState.SETTLED,
            booked=True,
            day=self.day,
            group=self.group,
            settlement_id=self.settlement_id,
            visit_id=self.visit_id,
            person_no=self.person_no,
            sums=self.sums,
        )

    def bill(self) -> Amounts:
        """The whole bill as far as the statement tells it: what is left was paid in cash."""
        sums = self.sums
        cash = Fen(sums.total - sums.fund - sums.account)
        return Amounts(sums.total, sums.fund, sums.account, cash)
