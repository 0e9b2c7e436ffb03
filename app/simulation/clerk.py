"""A person at a counter: looks at the page and does the next thing, now and then a wrong one.

Patient, never clever: everything a clerk knows stands on the page or lies on the counter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from app.domain.attempt import AttemptState
from app.domain.audit import Check, Verdict, Weight
from app.domain.case import Phase, Step
from app.domain.credential import CardFacts, CardNumber, CardSerial, IdNumber, PersonName
from app.domain.money import Fen
from app.domain.prescription import RxState
from app.jobs.progress import no_report
from app.simulation.shop import Counter
from app.workflow.doubts.views import Outcome
from app.workflow.views.case import CaseView, DrugLineView
from resources.scenarios import DemoPerson, DemoStore, trace_codes

_TAKEABLE = frozenset({RxState.AVAILABLE, RxState.OURS})
_FOREIGN = (
    "6900000000175",
    "134600000000000001",
    "https://example.invalid/a",
    "00000000000000000000",
)
RETURNS = 0.2
"""How many of those served come back with their boxes."""
PATIENCE = 14
"""So often does a customer see the same step before leaving."""


@dataclass
class Customer:
    """Somebody in front of the counter. ``leaves_at`` is the step at which patience ends early."""

    person: DemoPerson
    medium: str
    leaves_at: Step | None
    waits: int = 0
    step: Step = Step.IDENTIFY


@dataclass
class Clerk:
    """Works at one counter. ``issue`` is the customer's phone; ``street`` sends people in;
    ``stands`` is a look at the platform's own pages: is the record of this case there?"""

    demo: DemoStore
    chance: Random
    issue: Callable[[str], str]
    street: Callable[[], Customer | None]
    stands: Callable[[int], bool]
    customers: dict[int, Customer] = field(default_factory=dict)
    returning: list[int] = field(default_factory=list)
    page: CaseView | None = None
    idle: bool = False
    aside: bool = False
    closing: bool = False

    def act(self, counter: Counter) -> str:
        """One intention; says which, empty where nobody comes any more.

        Raises what a page would show: the trouble of the act.
        """
        view = self._page(counter)
        if view.case_id not in self.customers:
            if not self.closing:
                return self._welcome(counter, view)
            self.customers[view.case_id] = self._stranger()
        customer = self.customers[view.case_id]
        customer.waits = customer.waits + 1 if view.step is customer.step else 0
        customer.step = view.step
        if self._leaves(view, customer):
            return self._leave(counter, view)
        if view.can_park and not self.closing and self.chance.random() < 0.02:
            self.aside = True
            counter.surface.park(view.case_id, "")
            return f"park {view.case_id}"
        return self._serve(counter, view, customer)

    def forget(self) -> None:
        """Everybody who stood here is a stranger to the base that came back."""
        self.customers.clear()
        self.returning.clear()
        self.page, self.idle = None, False

    def _page(self, counter: Counter) -> CaseView:
        """What stands on the screen: read again after every trouble and whatever others did."""
        page, self.page = self.page, None
        ended = page is not None and page.step in (Step.DONE, Step.CLOSED)
        return counter.surface.current() if page is None or ended else page

    def _welcome(self, counter: Counter, view: CaseView) -> str:
        """The next customer, somebody who waits, or somebody who brings a sale back."""
        if self.returning and self.chance.random() < 0.5:
            return self._brought_back(counter, self.returning.pop())
        if self.aside and self.chance.random() < 0.3:
            waiting = self._waiting(counter)
            if waiting:
                return self._next_in_line(counter, self.chance.choice(waiting))
        if view.step is not Step.IDENTIFY or view.phase is not Phase.READY:
            self.customers[view.case_id] = self._stranger()
            return f"found {view.case_id}"
        customer = self.street()
        if customer is None:
            waiting = self._waiting(counter)
            self.idle = not waiting and not self.returning
            return self._next_in_line(counter, waiting[0]) if waiting else ""
        self.customers[view.case_id] = customer
        self.page = view
        return f"customer {view.case_id}"

    def _waiting(self, counter: Counter) -> list[int]:
        """Customers set aside here; an untouched page that was set aside is nobody."""
        if not self.aside:
            return []
        parked = counter.surface.desk().parked
        found = [row.case_id for row in parked if row.case_id in self.customers]
        self.aside = bool(found)
        return found

    def _next_in_line(self, counter: Counter, case_id: int) -> str:
        counter.surface.unpark(case_id)
        return f"unpark {case_id}"

    def _stranger(self) -> Customer:
        """Whoever stood there before the power went: a person is found again on the page."""
        return Customer(self.demo.persons[0], "voucher", None)

    def _brought_back(self, counter: Counter, case_id: int) -> str:
        self.aside = True
        counter.surface.begin_return(case_id)
        self.customers.setdefault(case_id, self._stranger())
        return f"return {case_id}"

    def _leaves(self, view: CaseView, customer: Customer) -> bool:
        if not view.can_abandon or view.step in (Step.HAND_OVER, Step.TAKE_BACK, Step.REVOKE):
            return False
        return self.closing or view.step is customer.leaves_at or customer.waits > PATIENCE

    def _leave(self, counter: Counter, view: CaseView) -> str:
        counter.surface.abandon(view.case_id)
        return f"abandon {view.case_id} at {view.step.value}"

    def _serve(self, counter: Counter, view: CaseView, customer: Customer) -> str:
        doing: Callable[[Counter, CaseView, Customer], CaseView | None]
        match view.step:
            case Step.IDENTIFY | Step.AUTHORISE:
                doing = self._identify
            case Step.DOWNLOAD:
                doing = self._download
            case Step.AUDIT:
                doing = self._audit
            case Step.SCAN:
                doing = self._scan
            case Step.PRESETTLE:
                doing = self._presettle
            case Step.SETTLE:
                doing = self._settle
            case Step.HAND_OVER:
                doing = self._hand_over
            case Step.TAKE_BACK:
                doing = self._take_back
            case Step.REVOKE:
                doing = self._revoke
            case _:
                doing = self._retry
        shown = f" ({view.banner.code})" if view.banner is not None else ""
        done = f"{view.step.value}/{view.phase.value} {view.case_id}{shown}"
        self.page = doing(counter, view, customer)
        return done

    def _retry(self, counter: Counter, view: CaseView, customer: Customer) -> CaseView | None:
        """A record that is refused or unanswered again and again is for a manager to judge."""
        doubtful = view.phase is Phase.UNKNOWN or (
            view.step is Step.RETURN_SALE and view.phase is Phase.REJECTED
        )
        if doubtful and customer.waits > PATIENCE // 2:
            customer.waits = 0
            return self._judge(counter, view)
        return counter.surface.retry(view.case_id)

    def _judge(self, counter: Counter, view: CaseView) -> CaseView | None:
        """What the evidence shows, or what the platform's own pages show to a manager's eyes."""
        shown = counter.surface.examine(view.case_id)
        if not shown.choices:
            return None
        outcome = shown.choices[0].outcome
        if shown.needs_statement:
            outcome = Outcome.STANDS if self.stands(view.case_id) else Outcome.ABSENT
        if all(choice.outcome is not outcome for choice in shown.choices):
            # nobody signs what the platform's pages do not show
            return counter.surface.retry(view.case_id)
        said = "平台页面所示" if shown.needs_statement else ""
        manager = self._superior()
        return counter.surface.decide_doubt(shown, outcome, said, "核对平台记录", manager, "")

    def _identify(self, counter: Counter, view: CaseView, customer: Customer) -> CaseView | None:
        person = customer.person
        if view.phase is Phase.REJECTED and self.chance.random() < 0.3:
            return counter.surface.retry(view.case_id)
        match customer.medium:
            case "card":
                return counter.surface.by_card(view.case_id, card_of(person))
            case "id":
                number, name = person.id_no, person.name
                return counter.surface.by_id_number(view.case_id, number, name, typed=True)
            case _:
                return counter.scan(view, self.issue(person.id_no))

    def _download(self, counter: Counter, view: CaseView, customer: Customer) -> CaseView | None:
        cards = (
            [card for card in view.select.cards if card.state in _TAKEABLE] if view.select else []
        )
        if view.phase is Phase.REJECTED or not cards:
            return self._identify(counter, view, customer)
        return counter.surface.choose(view.case_id, self.chance.choice(cards).rx_number)

    def _audit(self, counter: Counter, view: CaseView, customer: Customer) -> CaseView | None:
        proved = counter.scan(view, self.issue(self.demo.pharmacists[0].id_no))
        if view.phase is Phase.UNKNOWN:
            return self._retry(counter, view, customer)
        if proved.review is None:
            return None
        reds = any(shown.hint.weight is Weight.RED for shown in proved.review.hints)
        refused = reds or (not self.closing and self.chance.random() < 0.04)
        return counter.surface.decide(
            view.case_id,
            Verdict.REFUSED if refused else Verdict.APPROVED,
            "用法用量适宜",
            list(Check),
            [hint.hint_id for hint in proved.review.hints],
        )

    def _scan(self, counter: Counter, view: CaseView, _customer: Customer) -> CaseView | None:
        """One line's boxes in a row; what is amber is accepted, what is complete goes on."""
        lines = view.scan.lines if view.scan is not None else ()
        waiting = [line for line in lines if line.message is not None]
        short = [line for line in lines if line.scanned < line.needed]
        if self.chance.random() < 0.06:
            return self._slip(counter, view, lines)
        if waiting and (not short or self.chance.random() < 0.5):
            line = waiting[0]
            if not line.reasons:
                return counter.surface.abandon(view.case_id)
            return counter.surface.acknowledge(view.case_id, line.index, line.reasons[0])
        if not short:
            return counter.surface.finish(view.case_id)
        boxes = self._boxes(short[0])
        if not boxes:
            return counter.surface.abandon(view.case_id)
        first = 0 if self.chance.random() < 0.6 else self.chance.randrange(len(boxes))
        for code in boxes[first : first + short[0].needed - short[0].scanned]:
            view = counter.scan(view, code)
        return view

    def _slip(
        self, counter: Counter, view: CaseView, lines: Sequence[DrugLineView]
    ) -> CaseView | None:
        """A box twice, a box of another drug, a box put back, a code that is no box."""
        taken = [(line.index, code) for line in lines for code in line.codes]
        lot = self.chance.choice(self.chance.choice(self.demo.items).lots)
        foreign = (*_FOREIGN, trace_codes(lot)[0])
        if not taken or self.chance.random() < 0.5:
            return counter.scan(view, self.chance.choice(foreign))
        index, code = self.chance.choice(taken)
        if self.chance.random() < 0.5:
            return counter.surface.remove(view.case_id, index, code)
        return counter.scan(view, code)

    def _boxes(self, line: DrugLineView) -> list[str]:
        """What lies on the shelf for one line, earliest lot first, minus what is in the sale."""
        return [
            code
            for item in self.demo.items
            if line.name.startswith(item.generic_name) and item.specification == line.specification
            for lot in item.lots
            if lot.lot_no == line.first_lot_no or not line.first_lot_no
            for code in trace_codes(lot)
            if code not in line.codes
        ]

    def _presettle(self, counter: Counter, view: CaseView, customer: Customer) -> CaseView | None:
        if view.settle is not None and view.settle.needs_credential:
            return counter.scan(view, self.issue(customer.person.id_no))
        return counter.surface.retry(view.case_id)

    def _settle(self, counter: Counter, view: CaseView, customer: Customer) -> CaseView | None:
        if view.phase is Phase.UNKNOWN:
            return self._unknown(counter, view)
        if view.settle is not None and view.settle.needs_credential:
            return counter.scan(view, self.issue(customer.person.id_no))
        if view.phase is Phase.REJECTED or view.settle is None or view.settle.amounts is None:
            return counter.surface.retry(view.case_id)
        return counter.surface.settle(view.case_id, Fen(view.settle.amounts.cash))

    def _unknown(self, counter: Counter, view: CaseView) -> CaseView | None:
        """Money in doubt: serve the next one, wait, or let a manager decide by the statement."""
        if view.unknown is not None and view.unknown.attempt is AttemptState.MANUAL:
            return self._judge(counter, view)
        if not self.closing and self.chance.random() < 0.3:
            self.aside = True
            return counter.surface.next_customer(view.case_id)
        return None

    def _superior(self) -> str:
        return next(member.login for member in self.demo.operators if "manager" in member.roles)

    def _hand_over(self, counter: Counter, view: CaseView, _customer: Customer) -> CaseView | None:
        wants = not self.closing and self.chance.random() < 0.03
        if wants and view.hand_over is not None and view.hand_over.may_give_back:
            return counter.surface.begin_return(view.case_id)
        if view.hand_over is not None and view.hand_over.still_to_pay:
            return counter.surface.take_rest(view.case_id, view.hand_over.still_to_pay)
        counter.surface.print_waiting(no_report)
        done = counter.surface.hand_over(view.case_id)
        if not self.closing and self.chance.random() < RETURNS:
            self.returning.append(view.case_id)
        return done

    def _take_back(self, counter: Counter, view: CaseView, _customer: Customer) -> CaseView | None:
        with counter.till.store.reading() as unit:
            case = unit.cases.get(view.case_id)
        sold = [pack.code for line in case.facts.lines for pack in line.packs if pack.code]
        if not self.closing and self.chance.random() < 0.1:
            sold = sold[1:]
        return counter.surface.take_back(view.case_id, sold)

    def _revoke(self, counter: Counter, view: CaseView, _customer: Customer) -> CaseView | None:
        if view.phase is Phase.UNKNOWN:
            return self._unknown(counter, view)
        if self.chance.random() < 0.1:
            return counter.surface.abandon(view.case_id)
        return counter.surface.revoke(view.case_id, self._superior(), "")


def card_of(person: DemoPerson) -> CardFacts:
    """What the social-security card of a demo person tells."""
    return CardFacts(
        card_no=CardNumber(person.card_no),
        card_serial=CardSerial(person.card_serial),
        name=PersonName(person.name),
        id_number=IdNumber(person.id_no),
        spec_version="3.00",
        issuing_area=person.insurances[0].area,
        valid_until=None,
        reset_form="historical",
    )
