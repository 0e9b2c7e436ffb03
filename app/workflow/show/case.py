"""One case as the counter shows it."""

from app.domain.case import KIND, Kind, Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.credential import Person, birth_date_of
from app.domain.money import decimal_text
from app.domain.settlement import Attempt
from app.ports.store import PrintKind, Unit
from app.workflow.calendar import today
from app.workflow.cases import owed
from app.workflow.cases.counter_rules import can_abandon
from app.workflow.people.credentials import needs_password
from app.workflow.show import lights, money, rail, review, sale
from app.workflow.show.banner import banner_of, recovery_banner
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping
from app.workflow.views.case import (
    BannerView,
    CaseView,
    PatientView,
    PrintRow,
    RxStrip,
    Say,
    SettleView,
    UnknownView,
)


def view_of(till: Till, case: CounterCase) -> CaseView:
    """Everything the counter shows about ``case``, read in one snapshot."""
    with till.store.reading() as unit:
        case = unit.cases.get(case.case_id)
        return _view(till, unit, case)


def _view(till: Till, unit: Unit, case: CounterCase) -> CaseView:
    attempt = unit.attempts.of_case(case.case_id)
    position = case.position
    at_settle = position.step in (Step.UPLOAD_SALE, Step.PRESETTLE, Step.SETTLE)
    unknown = attempt is not None and attempt.open and position.phase is Phase.UNKNOWN
    return CaseView(
        case_id=case.case_id,
        version=case.version,
        route=case.route,
        step=position.step,
        phase=position.phase,
        stops=rail.stops_of(till, case, attempt),
        patient=_patient(till, case),
        strip=_strip(case),
        money=lights.money(case, attempt),
        prescription=lights.prescription(case),
        codes=lights.codes(case),
        where=lights.where(case, attempt),
        banner=_banner(till, unit, case, attempt),
        select=review.select_view(till, case) if _choosing(case) else None,
        review=review.review_view(till, unit, case) if position.step is Step.AUDIT else None,
        scan=sale.scan_view(till, unit, case) if position.step is Step.SCAN else None,
        settle=_settle(till, unit, case, at_settle=at_settle and not unknown),
        unknown=_unknown(till, unit, case, attempt) if attempt and unknown else None,
        hand_over=_hand_over(unit, case),
        returning=sale.return_view(unit, case) if _giving_back(case) else None,
        refunded=_refunded(unit, case, attempt),
        cash_due=owed.due(unit, case, attempt),
        slip=_slip(unit, case),
        can_abandon=can_abandon(till, case, attempt),
        needs_password=needs_password(till, case),
        can_park=position.phase is not Phase.SENT and KIND[position.step] is not Kind.END,
    )


def _unknown(till: Till, unit: Unit, case: CounterCase, attempt: Attempt) -> UnknownView:
    clock = timekeeping.waits_for(timekeeping.refusal(till, unit))
    return money.unknown_view(till, case, attempt, clock)


def _banner(
    till: Till, unit: Unit, case: CounterCase, attempt: Attempt | None
) -> BannerView | None:
    """While base or clock are not believed nothing is louder than that."""
    refused = recovering.refusal(unit) or timekeeping.refusal(till, unit)
    if refused is not None:
        return recovery_banner(refused)
    return banner_of(till, case, attempt)


def _choosing(case: CounterCase) -> bool:
    return case.position.step is Step.DOWNLOAD


def _refunded(unit: Unit, case: CounterCase, attempt: Attempt | None) -> Say | None:
    """The money is back where it came from, or was never settled; what of it is cash goes over the
    counter now, unless somebody said that it went."""
    taken = owed.of_nothing_settled(case, attempt)
    cash = taken or owed.of_refund(case, attempt)
    if cash is None or not (taken or lights.money_is_back(case, attempt)):
        return None
    amount = (("amount", decimal_text(cash, 2)),)
    if owed.handed_at(unit, case) is not None:
        return Say("refunded.handed", amount)
    stands = _stands(case)
    if taken:
        return Say(f"refunded.unsettled.{stands}", amount)
    return Say(f"refunded.{stands}", amount) if cash else Say(f"refunded.no_cash.{stands}")


def _stands(case: CounterCase) -> str:
    """How far the record of the sale has come on its way back."""
    sale = case.facts.sale
    if sale is not None and sale.untold:
        return "untold"
    if case.position.step is not Step.CLOSED:
        return "returning"
    return "closed" if sale is None or sale.returned_at is not None else "queued"


def _giving_back(case: CounterCase) -> bool:
    step, phase = case.position.step, case.position.phase
    refunding = step is Step.REVOKE and phase is not Phase.UNKNOWN
    paid = case.facts.settled is not None or case.facts.handed_over_at is not None
    return paid and (step is Step.TAKE_BACK or refunding)


def _slip(unit: Unit, case: CounterCase) -> PrintRow | None:
    """The paper of a sale for cash that was given back."""
    if case.facts.cash_back is None:
        return None
    return next(
        (row for row in money.print_rows(unit, case) if row.kind == PrintKind.GIVEN_BACK), None
    )


def _settle(till: Till, unit: Unit, case: CounterCase, *, at_settle: bool) -> SettleView | None:
    if at_settle:
        elsewhere = till.route(case.route).elsewhere
        view = money.elsewhere_view if elsewhere else money.settle_view
        return view(till, unit, case)
    cash_only = not till.route(case.route).settles
    if cash_only and case.position.step is Step.HAND_OVER:
        return money.pay_view(till, unit, case)
    return None


def _hand_over(unit: Unit, case: CounterCase) -> money.HandOverView | None:
    paid = case.facts.settled is not None or case.facts.handed_over_at is not None
    if not paid or case.position.step not in (Step.HAND_OVER, Step.DONE):
        return None
    return money.hand_over_view(unit, case)


def _patient(till: Till, case: CounterCase) -> PatientView | None:
    person = case.facts.person
    if person is None:
        return None
    row = person.insurances[case.facts.insurance or 0]
    kinds = till.profile.tables.get("insurance_kind", {})
    genders = till.profile.tables.get("gender", {})
    return PatientView(
        name=person.name.reveal(),
        masked_name=person.name.masked(),
        gender=genders.get(person.gender, person.gender),
        age=_age(till, person),
        insurance=kinds.get(row.kind, row.kind),
        id_masked=person.id_number.masked(),
    )


def _age(till: Till, person: Person) -> str:
    born = person.birth_date or birth_date_of(person.id_number)
    if born is None:
        return person.age
    day = today(till)
    return str(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def _strip(case: CounterCase) -> RxStrip | None:
    rx = case.facts.prescription
    if rx is None:
        return None
    return RxStrip(rx.rx_number, rx.hospital, rx.department, rx.doctor, rx.valid_until)
