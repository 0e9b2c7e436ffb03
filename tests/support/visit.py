"""One visit, step by step, the way a person at the counter does it."""

from dataclasses import dataclass

from app.domain.audit import Check, Verdict
from app.domain.case import Step
from app.domain.credential import CardFacts, CardNumber, CardSerial, IdNumber, PersonName
from app.domain.money import Fen
from app.domain.prescription import RxState
from app.ports.devices import ScanSource
from app.workflow.views.case import CaseView, RxCard
from resources.scenarios import DemoPerson, trace_codes
from tests.support.counter import Bench
from tests.support.reasons import give_reasons
from tests.support.rx_client import RxClient
from tests.support.terminal_library import TerminalLibrary


@dataclass
class Visit:
    """A visit on a bench. Each method returns the view after it."""

    bench: Bench
    person: DemoPerson
    terminal: TerminalLibrary | None = None
    """Where e-vouchers are read by a terminal of its own library."""

    def start(self) -> CaseView:
        return self.bench.surface.current()

    def identify(self, case: CaseView) -> CaseView:
        """Show a fresh e-voucher."""
        return self.show_voucher(case, self.person.id_no)

    def show_voucher(self, case: CaseView, id_no: str) -> CaseView:
        """Whose it is, by text or by the terminal."""
        code = self.bench.voucher(id_no)
        if self.terminal is None:
            return self.bench.scan(case, code).case
        self.terminal.hold_out(code)
        return self.bench.scan(case, "", ScanSource.TERMINAL).case

    def choose(self, case: CaseView) -> CaseView:
        """Take the prescription that ends first."""
        return self.bench.surface.choose(case.case_id, self.takeable(case)[0].rx_number)

    @staticmethod
    def takeable(case: CaseView) -> list[RxCard]:
        assert case.select is not None, case.banner
        return [card for card in case.select.cards if card.state is RxState.AVAILABLE]

    def prove(self, case: CaseView) -> CaseView:
        """The pharmacist shows their own e-voucher."""
        pharmacist = self.bench.demo.pharmacists[0]
        return self.show_voucher(case, pharmacist.id_no)

    def audit(self, case: CaseView, verdict: Verdict = Verdict.APPROVED) -> CaseView:
        assert case.review is not None, case.banner
        acknowledged = [hint.hint_id for hint in case.review.hints]
        return self.bench.surface.decide(
            case.case_id, verdict, "用法用量适宜", list(Check), acknowledged
        )

    def boxes(self, case: CaseView) -> list[str]:
        """Trace codes of the boxes to take, first lot first."""
        assert case.scan is not None, case.banner
        found: list[str] = []
        for line in case.scan.lines:
            item = next(i for i in self.bench.demo.items if self._is(i.generic_name, line.name))
            lot = next(lot for lot in item.lots if lot.lot_no == line.first_lot_no)
            found += trace_codes(lot)[: line.needed]
        return found

    @staticmethod
    def _is(generic: str, shown: str) -> bool:
        return shown.startswith(generic)

    def scan(self, case: CaseView) -> CaseView:
        for code in self.boxes(case):
            case = self.bench.scan(case, code).case
        return give_reasons(self.bench.surface, case)

    def finish(self, case: CaseView) -> CaseView:
        return self.bench.surface.finish(case.case_id)

    def settle(self, case: CaseView) -> CaseView:
        assert case.settle is not None
        assert case.settle.amounts is not None, case.banner
        cash = case.settle.amounts.cash
        return self.bench.surface.settle(case.case_id, Fen(cash))

    def hand_over(self, case: CaseView) -> CaseView:
        self.bench.surface.print_waiting(lambda _progress: None)
        return self.bench.surface.hand_over(case.case_id)

    def until(self, step: Step) -> CaseView:
        """Everything before ``step``, from a fresh case."""
        case = self.start()
        doings = (
            (Step.IDENTIFY, self.identify),
            (Step.DOWNLOAD, self.choose),
            (Step.AUDIT, lambda c: self.audit(self.prove(c))),
            (Step.SCAN, lambda c: self.finish(self.scan(c))),
            (Step.SETTLE, self.settle),
            (Step.HAND_OVER, self.hand_over),
        )
        for at, do in doings:
            if step is at:
                return case
            assert case.step is at, (case.step, case.phase, case.banner)
            case = do(case)
        return case

    def hospital_is_told(self, operation: str, case: CaseView) -> dict[str, object]:
        """What the hospital's own query says about the prescription of ``case``."""
        assert case.strip is not None
        number = case.strip.number
        waiting = self.bench.ready["prescriptions"]
        visit = next(rx["mdtrtId"] for rx in waiting if rx["hiRxno"] == number)
        with RxClient(self.bench.ready, "hospital") as hospital:
            asked = {
                "hiRxno": number,
                "mdtrtId": visit,
                "fixmedinsCode": hospital.code,
                "psnName": self.person.name,
                "psnCertType": "01",
                "certno": self.person.id_no,
            }
            return dict(hospital.ask(operation, asked))


def card_of(
    person: DemoPerson, *, serial: CardSerial | None = None, number: CardNumber | None = None
) -> CardFacts:
    """What the social-security card of a demo person tells."""
    return CardFacts(
        card_no=number or CardNumber(person.card_no),
        card_serial=serial or CardSerial(person.card_serial),
        name=PersonName(person.name),
        id_number=IdNumber(person.id_no),
        spec_version="3.00",
        issuing_area="350100",
        valid_until=None,
        reset_form="historical",
    )


def a_visit(bench: Bench, terminal: TerminalLibrary | None = None) -> Visit:
    """A visit of the first demo person who has a prescription to take."""
    keys = [rx.person for rx in bench.demo.prescriptions if rx.state == "valid"]
    person = next(p for p in bench.demo.persons if p.key == keys[0])
    return Visit(bench, person, terminal)
