"""Any scan, in whatever field, on whatever page: what it was, and where it went.

One grammar judges the text (``domain.goods.codes``); the step of the case decides where it lands.
What it was is always said, and never with a dialog.
"""

import re
from dataclasses import replace

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.credential import VoucherCode
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.goods.codes import DrugTraceCode, Scan, ScanKind, ScanReason, classify
from app.domain.goods.gs1 import Gs1Pack
from app.domain.goods.judging import Judgement, Light
from app.domain.goods.selling import SaleLine
from app.ports.devices import ScannedText, ScanSource
from app.profile.operations import Operation
from app.workflow import counter
from app.workflow.cases.lines import codes_of
from app.workflow.cases.required import required
from app.workflow.people.credentials import needs_code_again
from app.workflow.returns import take_back
from app.workflow.scans.trace_codes import box_of
from app.workflow.show import view_of
from app.workflow.steps import audit, identify, scan, split, uncoded
from app.workflow.till import Till
from app.workflow.views.case import Params, Say, ScanOutcome, Spoken

_IDENTIFIABLE = frozenset({Step.IDENTIFY, Step.AUTHORISE})
_BY_LOT = Say("scan.mended.by_lot")
_TONES = {
    Light.TAKEN: "good",
    Light.AMBER: "attention",
    Light.IGNORED: "attention",
    Light.RED: "stop",
}
_REFUSED_KINDS = {
    ScanKind.PRODUCT_BARCODE: Code.SCAN_NOT_TRACE_CODE,
    ScanKind.PAYMENT: Code.SCAN_PAYMENT_CODE,
    ScanKind.CONTROL: Code.SCAN_CONTROL_CHARACTERS,
    ScanKind.WEB_ADDRESS: Code.SCAN_FOREIGN_QR,
    ScanKind.UDI: Code.SCAN_DEVICE_CODE,
    ScanKind.OPEN_PLATFORM: Code.SCAN_FOREIGN_QR,
    ScanKind.UNKNOWN: Code.SCAN_UNKNOWN,
    ScanKind.PRESCRIPTION: Code.SCAN_PRESCRIPTION_CODE,
}


def accept(till: Till, case: CounterCase, scanned: ScannedText) -> ScanOutcome:
    """Judge one scan and let it land where it belongs. Refusals are spoken, never raised."""
    found, asked = _judged(till, case, scanned), case.case_id
    try:
        case, spoken = _land(till, case, found, scanned)
    except OperatorInput as refused:
        params = tuple(refused.params.items())
        if refused.code in _NAMES_AWAITED:
            params = (*params, ("awaited", _awaited(till, case)))
        spoken = _spoken(found, Say(f"error.{int(refused.code)}", params), "stop")
        case = counter.get(till, case.case_id)
    except (PlatformRejected, NotSent, OutcomeUnknown) as unanswered:
        spoken = _spoken(found, Say(f"error.{int(unanswered.code)}"), "stop")
        case = _shown_on(till, counter.get(till, case.case_id), unanswered)
    return ScanOutcome(spoken, view_of(till, case), switched=case.case_id != asked)


_NAMES_AWAITED = frozenset({Code.SCAN_UNKNOWN, Code.SCAN_NOT_TRACE_CODE})


def _awaited(till: Till, case: CounterCase) -> str:
    """What this step waits for, by the key of its words (``shell.awaited``)."""
    step = case.position.step
    if _chooses(case):
        return "choice"
    if _wants_identity(case):
        return "identity"
    if step is Step.AUDIT and audit.needs_voucher(till):
        return "pharmacist" if audit.proof_of(till, case) is None else "nothing"
    if step is Step.SCAN:
        return "box"
    if step is Step.TAKE_BACK:
        return "sold_box"
    return "again" if _wants_code_again(case) and needs_code_again(till, case) else "nothing"


def _judged(till: Till, case: CounterCase, scanned: ScannedText) -> Scan:
    if scanned.source is ScanSource.TERMINAL:
        return Scan("", ScanKind.VOUCHER, ScanReason.VOUCHER_FORM)
    return _told_apart(till, case, classify(scanned.text, till.grammar))


def _require_channel(till: Till, source: ScanSource) -> None:
    """Where an e-voucher may be read is the region's word (identity-and-devices 2.3).

    Raises ``OperatorInput`` ``VOUCHER_BY_TERMINAL`` or ``NO_TERMINAL``.
    """
    if source is ScanSource.TERMINAL:
        if not till.profile.reads_by_terminal:
            raise OperatorInput(Code.NO_TERMINAL)
        return
    read = till.profile.voucher.ec_code_text_sources
    typed = source is ScanSource.TYPED and bool(read)
    if not typed and source.value not in read:
        raise OperatorInput(Code.VOUCHER_BY_TERMINAL)


def _told_apart(till: Till, case: CounterCase, found: Scan) -> Scan:
    """The code on a prescription's paper has the form of a trace code (prescription-centre 9.1)."""
    if found.kind not in (ScanKind.DRUG_TRACE, ScanKind.UNKNOWN):
        return found
    if found.kind is ScanKind.UNKNOWN and _is_rx_code(till, found.text):
        return replace(found, kind=ScanKind.PRESCRIPTION, reason=ScanReason.ON_PRESCRIPTION)
    with till.store.reading() as unit:
        waiting = unit.cases.unfinished(till.counter_no)
    ours = any(found.text in _codes_on_paper(known) for known in (case, *waiting))
    if not ours:
        return found
    return replace(found, kind=ScanKind.PRESCRIPTION, reason=ScanReason.ON_PRESCRIPTION)


def _is_rx_code(till: Till, text: str) -> bool:
    """The code a phone shows for a prescription, where this region can ask whose it is (8.3)."""
    operation = till.profile.operations.get(Operation.DECODE_RX_CODE)
    known = operation is not None and operation.enabled
    return known and bool(re.fullmatch(till.profile.rxcentre.epc_code_pattern, text))


def _codes_on_paper(case: CounterCase) -> tuple[str, ...]:
    rx = case.facts.prescription
    listed = tuple(str(summary.rx_number) for summary in case.facts.listed)
    return listed if rx is None else (str(rx.rx_trace_code), str(rx.rx_number), *listed)


def _shown_on(till: Till, case: CounterCase, trouble: Trouble) -> CounterCase:
    """A refused or unknown step keeps saying its own reason; a waiting one says this."""
    waiting = case.position.phase is Phase.READY
    return counter.keep_refusal(till, case, trouble) if waiting else case


def _land(
    till: Till, case: CounterCase, found: Scan, scanned: ScannedText
) -> tuple[CounterCase, Spoken]:
    match found.kind:
        case ScanKind.VOUCHER:
            _require_channel(till, scanned.source)
            return _voucher(till, case, found)
        case ScanKind.DRUG_TRACE | ScanKind.GS1:
            return _box(till, case, found, scanned)
        case ScanKind.ID_NUMBER if case.position.step in _IDENTIFIABLE:
            case = identify.by_id_number(till, case, found.text, "", typed=False)
            return _identified(till, case, found)
        case ScanKind.PRESCRIPTION if _wants_identity(case) and _is_rx_code(till, found.text):
            return _identified(till, identify.by_rx_code(till, case, found.text), found)
        case _:
            code = _REFUSED_KINDS.get(found.kind, Code.SCAN_NOT_NOW)
            raise OperatorInput(code)


def _voucher(till: Till, case: CounterCase, found: Scan) -> tuple[CounterCase, Spoken]:
    step, code = case.position.step, VoucherCode(found.text)
    if case.position.phase is Phase.SENT:
        raise OperatorInput(Code.SCAN_NOT_NOW)
    if _chooses(case):
        return _while_choosing(till, case, code, found)
    if _wants_identity(case):
        return _identified(till, identify.by_voucher(till, case, code), found)
    if step is Step.AUDIT and audit.needs_voucher(till):
        return _proved(till, case, code, found)
    if _wants_code_again(case):
        case = counter.proceed(till, identify.renew(till, case, code))
        return case, _spoken(found, Say("scan.voucher.renewed"), "good")
    raise OperatorInput(Code.SCAN_NOT_NOW)


def _wants_identity(case: CounterCase) -> bool:
    step = case.position.step
    return step in _IDENTIFIABLE or (step is Step.DOWNLOAD and case.facts.prescription is None)


def _chooses(case: CounterCase) -> bool:
    """Whether a customer stands before the list of their prescriptions."""
    at_list = case.position.step is Step.DOWNLOAD and case.position.phase is Phase.READY
    return at_list and case.facts.person is not None and case.facts.prescription is None


def _while_choosing(
    till: Till, case: CounterCase, code: VoucherCode, found: Scan
) -> tuple[CounterCase, Spoken]:
    """The same patient's list is fetched anew; somebody else gets a case of their own, and the
    one here waits (decision 0026). A code nobody knows leaves the list as it was.
    """
    decoded, other = identify.whose(till, case, code)
    here, before = counter.next_customer(till, case) if other else case, case.facts.person
    after, spoken = _identified(till, identify.by_decoded(till, here, decoded), found)
    if not other or before is None:
        return after, spoken
    told: Params = (("scanned", decoded.name.masked()), ("wanted", before.name.masked()))
    return after, _spoken(found, Say(f"error.{int(Code.CUSTOMER_CHANGED)}", told), "attention")


def _wants_code_again(case: CounterCase) -> bool:
    return case.position.step in (Step.PRESETTLE, Step.SETTLE) and (
        case.position.phase is not Phase.UNKNOWN
    )


def _identified(till: Till, case: CounterCase, found: Scan) -> tuple[CounterCase, Spoken]:
    if case.facts.refusal is None:
        case = counter.proceed(till, case)
    if case.facts.person is None:
        refusal = case.facts.refusal
        code, told = (refusal.code, refusal.params) if refusal else (int(Code.SCAN_UNKNOWN), ())
        return case, _spoken(found, Say(f"error.{code}", told), "stop")
    name: Params = (("name", case.facts.person.name.masked()),)
    return case, _spoken(found, Say("scan.voucher.identified", name), "good")


def _proved(
    till: Till, case: CounterCase, code: VoucherCode, found: Scan
) -> tuple[CounterCase, Spoken]:
    case = audit.prove(till, case, code)
    proof = case.facts.pharmacist_proof
    name = audit.pharmacist_of(till, proof).name.masked() if proof else ""
    return case, _spoken(found, Say("scan.voucher.pharmacist", (("name", name),)), "good")


def _box(
    till: Till, case: CounterCase, found: Scan, scanned: ScannedText
) -> tuple[CounterCase, Spoken]:
    if case.position.step is Step.TAKE_BACK:
        with till.store.reading() as unit:
            box = box_of(unit, till.profile, found)
        return _back_again(till, case, box.code, found)
    case, verdict, box = scan.take(till, case, found, scanned.source.value)
    spoken = _spoken(found, _box_says(case, verdict), _TONES[verdict.light])
    return case, replace(spoken, mended=_BY_LOT) if box.by_lot else spoken


def _back_again(
    till: Till, case: CounterCase, code: DrugTraceCode, found: Scan
) -> tuple[CounterCase, Spoken]:
    case = take_back.box(till, case, code)
    counts: Params = (("back", len(case.facts.back)), ("sold", len(codes_of(case))))
    return case, _spoken(found, Say("scan.box.back", counts), "good")


def _box_says(case: CounterCase, verdict: Judgement) -> Say:
    if verdict.light is Light.TAKEN:
        line = next(line for line in case.facts.lines if line.index == verdict.line)
        if verdict.part:
            return _part_says(line)
        params: Params = (
            ("drug", line.name),
            ("scanned", len(line.packs)),
            ("needed", line.needed),
        )
        return Say("scan.box.taken", params)
    code = required(verdict.code, "refused without a code")
    return Say(f"error.{int(code)}", verdict.params)


def _part_says(line: SaleLine) -> Say:
    part, unit = line.parts[-1], line.splitting.unit
    params: Params = (("drug", line.name), ("pieces", part.pieces), ("unit", unit))
    if line.missing_pieces > 0:
        return Say("scan.part.more", (*params, ("missing", line.missing_pieces)))
    return Say("scan.part.taken", params)


def _spoken(found: Scan, verdict: Say, tone: str) -> Spoken:
    return Spoken(found.kind, _shown(found), verdict, tone, _mended(found), _reason(found))


def _mended(found: Scan) -> Say | None:
    match found.mends:
        case ():
            return None
        case (only,):
            return Say(f"scan.mended.{only.value}")
        case _:
            return Say("scan.mended.several")


def _reason(found: Scan) -> Say:
    """Why it is of its kind; said where it is not what the step waits for."""
    params: Params = (("count", len(found.text)),)
    return Say(f"scan.reason.{found.reason.value}", params)


def _shown(found: Scan) -> str:
    """What may be read by bystanders: codes of goods in full, everything else masked."""
    if found.kind is ScanKind.DRUG_TRACE:
        return DrugTraceCode(found.text).spoken()
    if isinstance(found.gs1, Gs1Pack):
        return DrugTraceCode(found.gs1.identity).spoken()
    if found.kind is ScanKind.PRODUCT_BARCODE or not found.text:
        return found.text
    return VoucherCode(found.text).masked()


def remove(till: Till, case: CounterCase, line: int, code: str) -> CounterCase:
    """Take a scanned box out of the sale again."""
    return scan.remove(till, case, line, code)


def acknowledge(till: Till, case: CounterCase, line: int, reason: str) -> CounterCase:
    """Say why the first amber of one line goes on."""
    return scan.acknowledge(till, case, line, reason)


def split_box(till: Till, case: CounterCase, line: int, pieces: int) -> CounterCase:
    """So many pieces of the box scanned last, in place of the whole of it."""
    return split.split(till, case, line, pieces)


def take_without_code(till: Till, case: CounterCase, line: int, reason: str) -> CounterCase:
    """A box whose code cannot be scanned goes into a line, with the reason."""
    return uncoded.take(till, case, line, reason)
