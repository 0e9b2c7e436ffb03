"""Sample views of 扫码, 结算, 结算不明 and 交付. All people and codes are synthetic."""

from dataclasses import replace
from datetime import date

from app.domain.case import Phase, Step
from app.domain.money import Amounts, Fen, Price, line_amount, packs
from app.domain.settlement import AttemptState
from app.workflow.views.advice import AdviceRow, AdviceView
from app.workflow.views.case import (
    BannerKind,
    BannerView,
    CaseView,
    ConditionRow,
    DrugLineView,
    HandOverView,
    PartView,
    PrintRow,
    Say,
    ScanLogRow,
    ScanView,
    SettleView,
    SlotState,
    SplitOffer,
    SplitView,
    StopState,
    TimelineRow,
    UnknownView,
    Whereabouts,
    WhereRow,
)
from tests.support.views import a_case, a_strip, after, before, light, stops

_OURS, _THEIRS = Whereabouts.OURS, Whereabouts.THEIRS


def drug_line(index: int, **parts: object) -> DrugLineView:
    base = DrugLineView(
        index=index,
        name="瑞格列奈片",
        specification="1mg × 30 片",
        maker="榕药制药",
        lot_no="",
        expires_on=None,
        first_lot_no="C260811",
        first_lot_expires=date(2028, 7, 31),
        needed=3,
        scanned=0,
        codes=(),
        state=SlotState.WAITING,
        message=None,
        price=Price(21_400_000),
        amount=Fen(6420),
        pay_class="甲类",
    )
    made = replace(base, **parts)  # type: ignore[arg-type]  # fields are named by the callers
    return replace(made, amount=line_amount(made.price, packs(made.needed)))


NEAR_EXPIRY = BannerView(
    BannerKind.ATTENTION, 1208, (("expiry", "2027-04-30"), ("days", 161)), offers=("acknowledge",)
)
SOLD_BEFORE = BannerView(
    BannerKind.STOP,
    1204,
    (("when", "2026-11-12T16:08+08:00"), ("counter", 1), ("receipt", "0112-000317")),
)


def scan_lines(*, complete: bool = False) -> tuple[DrugLineView, ...]:
    second = {"specification": "80mg/5mg × 28 片", "maker": "闽江药业", "needed": 1}
    third = {"specification": "20mg × 28 片", "maker": "东海制药", "needed": 1}
    fourth = {"specification": "0.5g × 60 片", "needed": 2, "price": Price(15_900_000)}
    lines = (
        drug_line(
            1,
            lot_no="C260811",
            expires_on=date(2028, 7, 31),
            scanned=3,
            codes=("83412900512873640915", "83412900512873641172", "83412900512873641308"),
            state=SlotState.COMPLETE,
        ),
        drug_line(
            2,
            name="缬沙坦氨氯地平片(Ⅰ)",
            **second,
            lot_no="2505017",
            expires_on=date(2027, 4, 30),
            scanned=1,
            codes=("81234570398114206657",),
            state=SlotState.AMBER,
            message=NEAR_EXPIRY,
            reasons=("customer_told", "used_up_in_time"),
            price=Price(41_160_000),
            pay_class="乙类",
        ),
        drug_line(
            3,
            name="阿托伐他汀钙片",
            **third,
            first_lot_no="A26033",
            first_lot_expires=date(2028, 2, 29),
            state=SlotState.RED,
            message=SOLD_BEFORE,
            price=Price(26_880_000),
            pay_class="乙类",
        ),
        drug_line(
            4,
            name="盐酸二甲双胍缓释片",
            **fourth,
            first_lot_no="M260502",
            first_lot_expires=date(2028, 4, 30),
        ),
    )
    return tuple(_completed(line) for line in lines) if complete else lines


def _completed(line: DrugLineView) -> DrugLineView:
    codes = line.codes or tuple(f"8390616{line.index:03}441958{n:04}" for n in range(line.needed))
    return replace(
        line,
        lot_no=line.lot_no or line.first_lot_no,
        expires_on=line.expires_on or line.first_lot_expires,
        scanned=line.needed,
        codes=codes,
        state=SlotState.COMPLETE,
        message=None,
    )


def scan_log() -> tuple[ScanLogRow, ...]:
    rows = (
        (2, "阿托伐他汀钙片", Say("error.1204"), "stop"),
        (14, "缬沙坦氨氯地平片", Say("scanlog.amber"), "attention"),
        (21, "瑞格列奈片", Say("error.1202"), "attention"),
        (22, "瑞格列奈片", Say("scanlog.taken"), "ok"),
        (24, "瑞格列奈片", Say("scanlog.taken"), "ok"),
        (27, "瑞格列奈片", Say("scanlog.taken"), "ok"),
        (31, "商品码 69…", Say("error.1201"), "other"),
    )
    return tuple(ScanLogRow(before(seconds=s), what, said, mark) for s, what, said, mark in rows)


def scan_case(*, complete: bool = False) -> CaseView:
    """Four lines: complete, amber, red, waiting; or all seven boxes in."""
    lines = scan_lines(complete=complete)
    scanned = sum(line.scanned for line in lines)
    needed = sum(line.needed for line in lines)
    total = Fen(sum(line.amount for line in lines))
    return a_case(
        Step.SCAN,
        version=9 if complete else 6,
        strip=a_strip(),
        scan=ScanView(lines, scanned, needed, scan_log(), False, total),
        money=light(_OURS, "light.money.none"),
        prescription=light(_THEIRS, "light.rx.audited"),
        codes=light(_OURS, "light.codes.scanned", scanned=scanned, needed=needed),
    )


def split_case() -> CaseView:
    """Nobody prescribed it: some pieces of an opened box, and a drug from the fridge."""
    box, cold = "89901610000000000001", "89902020000000000001"
    sealed = "89903030000000000001"
    parts = (PartView(box, 20, 50),)
    split = SplitView(30, 20, "片", 100, parts, "89901610000000000007", "C1895", 40)
    lines = (
        drug_line(1, name="碳酸钙D3片", needed=2, scanned=1, codes=(box,), split=split),
        drug_line(2, name="示例注射液", needed=1, scanned=1, codes=(cold,), cold=True),
        drug_line(
            3,
            name="示例片",
            needed=1,
            scanned=1,
            codes=(sealed,),
            opens=SplitOffer(9, 10, "片", Price(1_000_000)),
        ),
    )
    total = Fen(sum(line.amount for line in lines))
    made = a_case(
        Step.SCAN,
        version=6,
        scan=ScanView(lines, 3, 4, scan_log(), False, total),
        money=light(_OURS, "light.money.none"),
        codes=light(_OURS, "light.codes.scanned", scanned=3, needed=4),
    )
    return replace(made, route="self_pay")


AMOUNTS = Amounts(total=Fen(16404), fund=Fen(11007), account=Fen(4327), cash=Fen(1070))


def conditions(*, met: bool = True) -> tuple[ConditionRow, ...]:
    return (
        ConditionRow("identity", True, Say("condition.identity")),
        ConditionRow("audit", True, Say("condition.audit", (("name", "陈思远"),))),
        ConditionRow("boxes", True, Say("condition.boxes", (("count", 7),))),
        ConditionRow("upload", met, Say("condition.upload")),
        ConditionRow("estimate", True, Say("condition.estimate")),
        ConditionRow("free", True, Say("condition.free")),
    )


def settle_case(*, ready: bool = True, phase: Phase = Phase.READY) -> CaseView:
    """Pre-settled, everything in place, cash still to collect."""
    lines = scan_lines(complete=True)
    view = SettleView(
        lines=lines,
        amounts=AMOUNTS,
        estimated=Fen(16404),
        balance_after=Fen(0),
        deductible=Fen(0),
        pool_ratio="70%",
        conditions=conditions(met=ready),
        ready=ready,
        needs_credential=False,
        advice=AdviceView(offered=True),
    )
    return a_case(
        Step.SETTLE,
        phase,
        version=12,
        strip=a_strip(),
        settle=view,
        money=light(_OURS, "light.money.none"),
        prescription=light(_THEIRS, "light.rx.audited"),
        codes=light(_THEIRS, "light.codes.uploaded", count=7),
        where=where_rows(Whereabouts.OURS),
        can_abandon=phase is Phase.READY,
    )


def advised_case() -> CaseView:
    """Asked ahead: somebody has no benefit here, and a rule of the bureau has something to say."""
    case = settle_case()
    assert case.settle is not None
    rows = (
        AdviceRow(False, Say("advice.not_entitled"), "参保人欠费，暂停享受门诊统筹待遇"),
        AdviceRow(False, Say("advice.concern"), "本次用药天数与上次处方重叠 12 天，请核对"),
    )
    return replace(case, settle=replace(case.settle, advice=AdviceView(rows, offered=True)))


def elsewhere_case() -> CaseView:
    """Another product settles: its number and parts are still to be written down."""
    case = settle_case()
    assert case.settle is not None
    kept = tuple(row for row in case.settle.conditions if row.key in ("audit", "boxes", "upload"))
    view = replace(case.settle, amounts=None, conditions=kept, elsewhere=True)
    return replace(case, settle=view)


def pay_case() -> CaseView:
    """自费 without a line: cash to take, and how much may still be sold."""
    lines = scan_lines(complete=True)[:2]
    due = Fen(sum(line.amount for line in lines))
    left = (("sales", 49), ("cash", "1990.00"), ("until", "11-21 10:37"))
    view = SettleView(
        lines=lines,
        amounts=Amounts(total=due, fund=Fen(0), account=Fen(0), cash=due),
        estimated=due,
        balance_after=None,
        deductible=None,
        pool_ratio="",
        conditions=(
            ConditionRow("boxes", True, Say("condition.boxes", (("count", 3),))),
            ConditionRow("line", True, Say("condition.offline", left)),
        ),
        ready=True,
        needs_credential=False,
        self_pay=True,
    )
    return a_case(Step.HAND_OVER, version=4, route="self_pay", patient=None, settle=view)


def where_rows(money: Whereabouts) -> tuple[WhereRow, ...]:
    doubt = Say("light.money.unknown", (("total", "164.04"), ("cash", "10.70")))
    word = {Whereabouts.UNKNOWN: doubt, Whereabouts.THEIRS: Say("light.money.settled")}
    return (
        WhereRow("money", money, word.get(money, Say("light.money.none"))),
        WhereRow("prescription", _THEIRS, Say("light.rx.audited")),
        WhereRow("codes", _THEIRS, Say("light.codes.uploaded", (("count", 7),))),
        WhereRow("goods", _OURS, Say("light.goods.held")),
    )


def unknown_case() -> CaseView:
    """The settlement left and no answer came."""
    steps = ("sending", "unknown", "reversing", "reversed_unconfirmed", "reversed")
    timeline = tuple(
        TimelineRow(
            at=before(seconds=66) if at == 0 else after(seconds=54) if at == 2 else None,
            state="done" if at == 0 else "now" if at == 1 else "next",
            what=Say(f"timeline.{name}"),
            proves=Say(f"timeline.proves.{name}"),
            until=after(seconds=54) if at == 1 else None,
        )
        for at, name in enumerate(steps)
    )
    unknown = UnknownView(
        attempt=AttemptState.UNKNOWN,
        message_id="P35010200487202611201036370042",
        sent_at=before(seconds=66),
        next_at=after(seconds=54),
        timeline=timeline,
        wire=(
            ("person_no", Say("wire.person", (("tail", "****2316"),))),
            ("message", Say("wire.message", (("tail", "36370042"),))),
            ("reason", Say("wire.reason", (("code", "5001"),))),
            ("tries", Say("wire.no_tries")),
        ),
        say_to_customer=Say("unknown.say_to_customer"),
    )
    return a_case(
        Step.SETTLE,
        Phase.UNKNOWN,
        version=14,
        stops=stops(Step.SETTLE, StopState.UNKNOWN),
        strip=a_strip(),
        unknown=unknown,
        money=light(Whereabouts.UNKNOWN, "light.money.unknown", total="164.04", cash="10.70"),
        prescription=light(_THEIRS, "light.rx.audited"),
        codes=light(_THEIRS, "light.codes.uploaded", count=7),
        where=where_rows(Whereabouts.UNKNOWN),
        banner=BannerView(BannerKind.UNKNOWN, 5003, offers=("next_customer", "print_waiting_slip")),
        can_abandon=False,
    )


def hand_over_case(
    *, handed_over: bool = False, may_give_back: bool = False, bags: int = 0
) -> CaseView:
    """Settled: papers printed, change to give."""
    view = HandOverView(
        amounts=AMOUNTS,
        settlement_id="S35010020261120000042",
        receipt_no="0202-000118",
        cash_received=Fen(2000),
        change=Fen(930),
        settled_at=before(seconds=4),
        papers=(
            PrintRow("receipt", 1, before(seconds=3), False),
            PrintRow("prescription", 0, None, True),
        ),
        balance_after=Fen(0),
        handed_over=handed_over,
        may_give_back=may_give_back,
        bags=bags,
    )
    return a_case(
        Step.DONE if handed_over else Step.HAND_OVER,
        version=16,
        strip=a_strip(),
        hand_over=view,
        scan=scan_case(complete=True).scan,
        money=light(_THEIRS, "light.money.settled"),
        prescription=light(_THEIRS, "light.rx.audited"),
        codes=light(_THEIRS, "light.codes.uploaded", count=7),
        where=where_rows(_THEIRS),
        can_abandon=False,
    )


def unpaid_case() -> CaseView:
    """The cash share came out at 29.56 where 10.70 was agreed and 20.00 were taken."""
    case = hand_over_case()
    assert case.hand_over is not None
    receipt, *others = case.hand_over.papers
    view = replace(
        case.hand_over,
        amounts=replace(case.hand_over.amounts, account=Fen(2441), cash=Fen(2956)),
        change=None,
        still_to_pay=Fen(956),
        agreed=Fen(1070),
        papers=(replace(receipt, copies=0, printed_at=None, waiting=True), *others),
    )
    return replace(case, hand_over=view)
