"""What a counter page is shown: frozen snapshots, sentences as keys with parameters.

Pages render these and hold no logic; every boolean on screen stands here.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.audit import Check, Hint
from app.domain.case import Phase, Step
from app.domain.goods.codes import ScanKind
from app.domain.money import ZERO, Amounts, Fen, Price
from app.domain.prescription import DocumentKind, RxScheme, RxState
from app.domain.settlement import AttemptState
from app.workflow.saying import Params as Params
from app.workflow.saying import Say as Say
from app.workflow.views.advice import AdviceView
from app.workflow.views.lines import PartView as PartView
from app.workflow.views.lines import ReturnLine as ReturnLine
from app.workflow.views.lines import ReturnView as ReturnView
from app.workflow.views.lines import SplitOffer as SplitOffer
from app.workflow.views.lines import SplitView as SplitView
from app.workflow.views.states import BannerKind as BannerKind
from app.workflow.views.states import StopState as StopState
from app.workflow.views.states import Whereabouts as Whereabouts


@dataclass(frozen=True, slots=True)
class LightView:
    """One light of the strip. ``detail`` is the small line above the word.

    Not ``needed``: this visit has no such thing, and none of the four words is said of it.
    """

    where: Whereabouts
    detail: Say
    since: datetime | None = None
    needed: bool = True


@dataclass(frozen=True, slots=True)
class WhereRow:
    """One line of 各在哪里: ``topic`` is money, prescription, codes or goods."""

    topic: str
    where: Whereabouts
    detail: Say
    needed: bool = True


@dataclass(frozen=True, slots=True)
class RailStop:
    """One stop of the rail: numbered for people's steps, small for those that run by themselves."""

    step: Step
    number: int | None
    state: StopState
    result: Say | None


@dataclass(frozen=True, slots=True)
class BannerView:
    """``code`` finds what happened and what to do in ``resources/errors``."""

    kind: BannerKind
    code: int
    params: Params = ()
    platform_text: str = ""
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientView:
    name: str
    masked_name: str
    gender: str
    age: str
    insurance: str
    id_masked: str


@dataclass(frozen=True, slots=True)
class RxStrip:
    number: str
    hospital: str
    department: str
    doctor: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One row of 是本人吗: ``source`` is credential, platform or prescription."""

    source: str
    name: str
    id_masked: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class RxCard:
    """One prescription to choose. ``number`` is the n of Alt+n; None where it cannot be taken."""

    rx_number: str
    choice: int | None
    state: RxState
    state_text: str
    hospital: str
    department: str
    doctor: str
    diagnosis: str
    scheme: RxScheme
    issued_at: datetime
    valid_until: datetime
    total_validity_s: int
    drugs: tuple[str, ...]
    held_since: datetime | None
    tail: str
    sent_here: bool = False
    """The patient sent it to this store from a phone."""


@dataclass(frozen=True, slots=True)
class SelectView:
    listed_at: datetime
    cards: tuple[RxCard, ...]
    match: tuple[MatchRow, ...]
    spent: bool = False
    """Only a fresh identity read goes on."""
    may_ask_sent: bool = False
    """Whether this region can be asked what the patient sent here from a phone."""


@dataclass(frozen=True, slots=True)
class RxLineView:
    index: int
    name: str
    usage: str
    amount: str
    days: str
    in_catalogue: bool
    on_hand: int | None
    differs: bool
    specification: str = ""
    """Strength and pack, as the prescription names them."""


@dataclass(frozen=True, slots=True)
class HintView:
    """Assistance; ``hint_id`` is what an acknowledgement names."""

    hint: Hint
    hint_id: str
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class PharmacistView:
    """Who audits. ``proved_at`` None until the own e-voucher was shown (or sign-in suffices)."""

    staff_id: int
    name: str
    licence_masked: str
    proved_at: datetime | None
    by_voucher: bool
    proof_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    document: DocumentKind
    document_size: int
    digest: str
    signer: str
    verified_at: datetime | None
    lines: tuple[RxLineView, ...]
    hints: tuple[HintView, ...]
    pharmacist: PharmacistView | None
    needs_proof: bool
    checks: tuple[tuple[str, tuple[Check, ...]], ...]
    prefilled: str
    proof_by_voucher: bool = True
    """Whether this region wants the pharmacist's own e-voucher; else the sign-in is the proof."""


class SlotState(StrEnum):
    WAITING = "waiting"
    CURRENT = "current"
    PARTLY = "partly"
    COMPLETE = "complete"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class DrugLineView:
    """One line of 扫码. ``message`` is the amber or red that belongs to this line."""

    index: int
    name: str
    specification: str
    maker: str
    lot_no: str
    expires_on: date | None
    first_lot_no: str
    first_lot_expires: date | None
    needed: int
    scanned: int
    codes: tuple[str, ...]
    state: SlotState
    message: BannerView | None
    price: Price
    amount: Fen
    pay_class: str
    reasons: tuple[str, ...] = ()
    """Which reasons answer the reminder in ``message``, in the order of their keys."""
    uncoded: tuple[str, ...] = ()
    """Boxes taken without a code, by what claims them."""
    split: SplitView | None = None
    """Where pieces are sold, what of them and from which boxes; ``needed`` counts boxes."""
    opens: SplitOffer | None = None
    """Where nobody prescribed how much, and the box scanned last may be sold in parts."""
    cold: bool = False
    """2 to 8 degrees: what is taken out is handed over at once."""


@dataclass(frozen=True, slots=True)
class ScanLogRow:
    at: datetime
    what: str
    verdict: Say
    mark: str


@dataclass(frozen=True, slots=True)
class ScanView:
    lines: tuple[DrugLineView, ...]
    scanned: int
    needed: int
    log: tuple[ScanLogRow, ...]
    earlier_lots: bool
    total: Fen


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One row of 结算前核对."""

    key: str
    met: bool
    detail: Say


@dataclass(frozen=True, slots=True)
class SettleView:
    lines: tuple[DrugLineView, ...]
    amounts: Amounts | None
    estimated: Fen
    balance_after: Fen | None
    deductible: Fen | None
    pool_ratio: str
    conditions: tuple[ConditionRow, ...]
    ready: bool
    needs_credential: bool
    self_pay: bool = False
    """Cash only: nothing is settled, and no line is needed."""
    elsewhere: bool = False
    """Another product settles; its number and parts are written down."""
    advice: AdviceView = field(default_factory=AdviceView)
    old: bool = False
    """``amounts`` are true no more: nobody collects by them, they are asked for anew."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One row of 怎么查清; ``state`` is done, now or next.

    ``at`` is when it was done, or when at the earliest it will be tried; ``until`` is when the
    row of now goes on at the earliest. Nothing here says how it will end.
    """

    at: datetime | None
    state: str
    what: Say
    proves: Say | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnknownView:
    """The money of this case is not known."""

    attempt: AttemptState
    message_id: str
    sent_at: datetime
    next_at: datetime | None
    timeline: tuple[TimelineRow, ...]
    wire: tuple[tuple[str, Say], ...]
    say_to_customer: Say
    refund: bool = False
    """Whether it is money that was to go back."""


@dataclass(frozen=True, slots=True)
class PrintRow:
    """A paper of this case."""

    kind: str
    copies: int
    printed_at: datetime | None
    waiting: bool
    of_lost_time: bool = False
    """It waits until a recovery is over, and for no printer."""


@dataclass(frozen=True, slots=True)
class HandOverView:
    amounts: Amounts
    settlement_id: str
    receipt_no: str
    cash_received: Fen | None
    change: Fen | None
    settled_at: datetime | None
    papers: tuple[PrintRow, ...]
    balance_after: Fen | None
    handed_over: bool
    may_give_back: bool = False
    bags: int = 0
    """Parts of boxes in this sale; each goes into a bag with a label of its own."""
    still_to_pay: Fen = ZERO
    """Where the settlement came out dearer than the cash taken for it; change is None then."""
    agreed: Fen | None = None
    """The cash share before it was settled, where that is another one now."""
    goods_out: bool = False
    """Adopted because the goods had been handed out already: they are not given again."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the counter shows about one case."""

    case_id: int
    version: int
    route: str
    step: Step
    phase: Phase
    stops: tuple[RailStop, ...]
    patient: PatientView | None
    strip: RxStrip | None
    money: LightView
    prescription: LightView
    codes: LightView
    where: tuple[WhereRow, ...]
    banner: BannerView | None
    more_banners: int = 0
    select: SelectView | None = None
    review: ReviewView | None = None
    scan: ScanView | None = None
    settle: SettleView | None = None
    unknown: UnknownView | None = None
    hand_over: HandOverView | None = None
    returning: ReturnView | None = None
    refunded: Say | None = None
    cash_due: Fen = ZERO
    """Cash of a customer who was not here when it became due; somebody says when it went."""
    slip: PrintRow | None = None
    """The paper of a sale for cash that was given back."""
    can_abandon: bool = True
    can_park: bool = True
    needs_password: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a scan was and where it went, for the scan field and the ear.

    ``tone`` is good, attention or stop; empty for silence.
    """

    kind: ScanKind
    shown: str
    verdict: Say
    tone: str
    mended: Say | None = None
    reason: Say | None = None


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    spoken: Spoken
    case: CaseView
    switched: bool = False
    """The scan brought another case to the counter; the one before waits."""
