"""Sample views of 选择处方 and 审方. All people and codes are synthetic."""

from dataclasses import replace

from app.domain.audit import FOUR_LOOKS, Hint, Weight, hint_id
from app.domain.case import Step
from app.domain.prescription import DocumentKind, RxScheme, RxState
from app.workflow.views.case import (
    BannerView,
    CaseView,
    HintView,
    MatchRow,
    PharmacistView,
    ReviewView,
    RxCard,
    RxLineView,
    SelectView,
    Whereabouts,
)
from tests.support.views import RX_NUMBER, a_case, a_strip, after, before, light, stops

_OURS, _THEIRS = Whereabouts.OURS, Whereabouts.THEIRS


def an_rx_card(choice: int | None, **parts: object) -> RxCard:
    base = RxCard(
        rx_number=f"3501000218620473951120000004{10 + (choice or 0)}",
        choice=choice,
        state=RxState.AVAILABLE,
        state_text="",
        hospital="榕城第一医院",
        department="内分泌科",
        doctor="王立新",
        diagnosis="2 型糖尿病；高血压 2 级；高脂血症",
        scheme=RxScheme.OUTPATIENT_POOL,
        issued_at=before(hours=2, minutes=25),
        valid_until=after(hours=5, minutes=25),
        total_validity_s=24 * 3600,
        drugs=("瑞格列奈片 ×3", "缬沙坦氨氯地平片 ×1", "阿托伐他汀钙片 ×1", "二甲双胍缓释片 ×2"),
        held_since=None,
        tail="0417",
    )
    return replace(base, **parts)  # type: ignore[arg-type]  # fields are named by the callers


def sent_case() -> CaseView:
    """A region where people send prescriptions from a phone: the first one was sent here."""
    case = select_case()
    assert case.select is not None
    first, *others = case.select.cards
    cards = (replace(first, sent_here=True), *others)
    return replace(case, select=replace(case.select, cards=cards, may_ask_sent=True))


def select_case() -> CaseView:
    """Three to choose from, two that cannot be taken."""
    eye = {"department": "眼科", "doctor": "何慧敏", "diagnosis": "干眼症"}
    cards = (
        an_rx_card(1, rx_number=RX_NUMBER),
        an_rx_card(
            2,
            **eye,
            scheme=RxScheme.OTHER,
            drugs=("玻璃酸钠滴眼液 ×2",),
            issued_at=before(hours=1, minutes=32),
            valid_until=after(hours=13, minutes=25),
            tail="0432",
        ),
        an_rx_card(
            3,
            hospital="鼓山社区卫生服务中心",
            department="全科",
            doctor="李国华",
            diagnosis="高血压 2 级",
            scheme=RxScheme.DUAL_CHANNEL,
            drugs=("硝苯地平控释片 ×2", "单硝酸异山梨酯缓释片 ×1"),
            issued_at=before(hours=19),
            valid_until=after(hours=37),
            total_validity_s=3 * 24 * 3600,
            tail="0388",
        ),
        an_rx_card(
            None,
            rx_number="350100021862047395112000000409",
            state=RxState.HELD_ELSEWHERE,
            hospital="榕城第二医院",
            department="心内科",
            doctor="周伟",
            drugs=("阿司匹林肠溶片 ×2",),
            scheme=RxScheme.OTHER,
            held_since=before(hours=1, minutes=35),
            tail="0409",
        ),
        an_rx_card(
            None,
            rx_number="350100021862047395112000000351",
            state=RxState.EXPIRED,
            drugs=("瑞格列奈片 ×3",),
            scheme=RxScheme.OTHER,
            issued_at=before(days=3, hours=2),
            valid_until=before(days=2, hours=10),
            tail="0351",
        ),
    )
    match = (
        MatchRow("credential", "郑建国", "3501****2316", True),
        MatchRow("platform", "郑建国", "3501****2316", True),
        MatchRow("prescription", "郑建国", "3501****2316", True),
    )
    return a_case(
        Step.DOWNLOAD,
        select=SelectView(before(seconds=12), cards, match),
        stops=stops(Step.AUTHORISE),
    )


def review_lines() -> tuple[RxLineView, ...]:
    rows = (
        ("瑞格列奈片", "1mg×30 片", "每日 3 次 一次 1 片", "3 盒", "30 天", 41),
        ("缬沙坦氨氯地平片(Ⅰ)", "80mg/5mg×28 片", "每日 1 次 一次 1 片", "1 盒", "28 天", 6),
        ("阿托伐他汀钙片", "20mg×28 片", "每晚 1 次 一次 1 片", "1 盒", "28 天", 23),
        ("盐酸二甲双胍缓释片", "0.5g×60 片", "每日 2 次 一次 2 片", "2 盒", "30 天", 2),
    )
    return tuple(
        RxLineView(index, name, usage, amount, days, True, on_hand, False, strength)
        for index, (name, strength, usage, amount, days, on_hand) in enumerate(rows, 1)
    )


def review_hints() -> tuple[HintView, ...]:
    found = (
        Hint(
            "audit.interaction",
            Weight.AMBER,
            (
                ("first", "瑞格列奈片"),
                ("second", "盐酸二甲双胍缓释片"),
                ("text", "合用可能低血糖，请交代随身带糖。"),
            ),
        ),
        Hint("audit.allergy.no_match", Weight.NOTE, (("allergy", "青霉素"),)),
    )
    return tuple(HintView(hint, hint_id(hint), False) for hint in found)


def a_pharmacist(*, proved: bool = True) -> PharmacistView:
    at = before(seconds=25) if proved else None
    return PharmacistView(
        7, "陈思远", "3512****0186", at, True, after(seconds=95) if proved else None
    )


def review_case(*, proved: bool = True, banner: BannerView | None = None) -> CaseView:
    """The verified document beside its lines, nothing ticked yet."""
    review = ReviewView(
        document=DocumentKind.PDF,
        document_size=88_064,
        digest="9f3c6a40d1b2e57708aa4bb0c34d2e1f9f3c6a40d1b2e57708aa4bb0c34de21a",
        signer="福建省医疗保障局",
        verified_at=before(seconds=60),
        lines=review_lines(),
        hints=review_hints(),
        pharmacist=a_pharmacist(proved=proved) if proved else None,
        needs_proof=not proved,
        checks=FOUR_LOOKS,
        prefilled="审核合格。已交代低血糖识别与处理，餐前 15 分钟服瑞格列奈。",
    )
    return a_case(
        Step.AUDIT,
        review=review,
        strip=a_strip(),
        prescription=light(_THEIRS, "light.rx.downloaded"),
        codes=light(_OURS, "light.codes.scanned", scanned=0, needed=7),
        money=light(_OURS, "light.money.none"),
        banner=banner,
    )
