"""Which neighbour takes a waiting record, and what its arrival tells the case."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.domain.counter_case import CounterCase
from app.domain.errors import Bug
from app.ports import circulation as c
from app.ports import requests as q
from app.ports import stock as g
from app.ports.messages import Answer, Committed
from app.ports.replies import AuditAccepted
from app.ports.store import OutboxItem, Unit
from app.profile.operations import Service
from app.workflow.cases.lines import sold_lines
from app.workflow.cases.sale_book import at_centre, sale_book
from app.workflow.exchange import Composer
from app.workflow.till import Till


@dataclass(frozen=True, slots=True)
class Carrier:
    """The door that composes a record and the call that sends it."""

    door: Composer
    send: Callable[[Committed[Any]], Answer[Any]]


def carrier_of(till: Till, request: object) -> Carrier:
    """Raises ``Bug`` for a request that may not wait (money, questions, sign-in), or that is
    unreadable."""
    core = till.platform.core
    match request:
        case q.UploadRxSale():
            centre = till.platform.rxcentre
            return Carrier(centre, centre.upload_sale)
        case q.UndoRxSale():
            centre = till.platform.rxcentre
            return Carrier(centre, centre.return_sale)
        case q.UploadSale():
            book = sale_book(till, request.prescriber.rx_number)
            return Carrier(book, book.upload_sale)
        case q.ReturnSale():
            book = sale_book(till, request.rx_number)
            return Carrier(book, book.return_sale)
        case q.UploadAudit():
            centre = till.platform.rxcentre
            return Carrier(centre, centre.upload_audit)
        case c.SyncDelivery():
            centre = till.platform.rxcentre
            return Carrier(centre, centre.sync_delivery)
        case c.ConfirmDelivery():
            centre = till.platform.rxcentre
            return Carrier(centre, centre.confirm_delivery)
        case g.CountStock() | g.ChangeStock() | g.Receive() | g.ReturnToSupplier():
            return Carrier(core, core.tell_stock)
        case g.EraseUpload():
            goods = till.platform.goods
            return Carrier(goods, goods.erase_upload)
        case _:
            raise Bug(what=f"{type(request).__name__} may not wait")


def neighbour_of(till: Till, item: OutboxItem) -> Service:
    """Whose line a record needs: one that cannot be reached says nothing about another."""
    request = item.request
    if isinstance(request, q.UploadSale) and at_centre(till, request.prescriber.rx_number):
        return Service.RX_CENTRE
    if isinstance(request, q.ReturnSale) and at_centre(till, request.rx_number):
        return Service.RX_CENTRE
    return till.profile.operation(item.operation).service


def arrived(till: Till, unit: Unit, item: OutboxItem, answer: object = None) -> None:
    """A delivered record is on file: its case learns it in the commit of the delivery."""
    if item.case_id is None or isinstance(item.request, q.UploadRxSale | q.UndoRxSale):
        # what the second neighbour has is no part of our books; its row says that it arrived
        return
    case = unit.cases.get(item.case_id)
    if isinstance(item.request, q.UploadSale):
        _sold(till, unit, case, item.request.line.index)
    elif isinstance(item.request, q.ReturnSale):
        _returned(till, unit, case, item.request.line.index)
    elif isinstance(item.request, q.UploadAudit):
        _audited(till, unit, case, answer)


def _audited(till: Till, unit: Unit, case: CounterCase, answer: object) -> None:
    """The decision was on its way while boxes were scanned; now the centre has it."""
    record = case.facts.audit
    if record is None or record.confirmed_at is not None:
        return
    serial = answer.audit_serial if isinstance(answer, AuditAccepted) else ""
    kept = replace(record, audit_serial=serial, confirmed_at=till.clock.now())
    unit.cases.save(replace(case, facts=replace(case.facts, audit=kept)))


def _sold(till: Till, unit: Unit, case: CounterCase, index: int) -> None:
    sale = case.facts.sale
    if sale is None or index in sale.accepted_lines:
        return
    sale = replace(sale, accepted_lines=sale.accepted_lines | {index})
    if _whole(unit, case, sale.accepted_lines):
        sale = replace(sale, uploaded_at=till.clock.now())
    unit.cases.save(replace(case, facts=replace(case.facts, sale=sale)))


def _returned(till: Till, unit: Unit, case: CounterCase, index: int) -> None:
    """This line of a sale stands at the platform no more."""
    sale = case.facts.sale
    if sale is None or index not in sale.accepted_lines:
        return
    left = sale.accepted_lines - {index}
    sale = replace(sale, accepted_lines=left)
    if not left:
        sale = replace(sale, returned_at=till.clock.now())
    unit.cases.save(replace(case, facts=replace(case.facts, sale=sale)))


def _whole(unit: Unit, case: CounterCase, accepted: frozenset[int]) -> bool:
    return {line.index for line in sold_lines(unit, case)} <= accepted
