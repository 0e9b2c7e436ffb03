"""One prepared case for every page of a visit, by the name of what it shows."""

from dataclasses import replace

from app.domain.case import Step
from app.workflow.views.case import CaseView
from tests.support.doubt_views import (
    cash_refund_case,
    manual_case,
    paid_back_case,
    refund_case,
    return_case,
)
from tests.support.rx_views import review_case, select_case, sent_case
from tests.support.sale_views import (
    advised_case,
    elsewhere_case,
    hand_over_case,
    pay_case,
    scan_case,
    settle_case,
    split_case,
    unknown_case,
    unpaid_case,
)
from tests.support.views import a_case, closed_case, identify_case

CASES: dict[str, CaseView] = {
    "identify": identify_case(),
    "select": select_case(),
    "select_sent": sent_case(),
    "audit": review_case(),
    "audit_unproved": review_case(proved=False),
    "scan": scan_case(),
    "scan_complete": scan_case(complete=True),
    "scan_split": split_case(),
    "settle": settle_case(),
    "settle_not_ready": settle_case(ready=False),
    "settle_advised": advised_case(),
    "settle_unknown": unknown_case(),
    "settle_password": replace(settle_case(), needs_password=True),
    "settle_elsewhere": elsewhere_case(),
    "self_pay": pay_case(),
    "hand_over": hand_over_case(),
    "password": replace(a_case(Step.AUTHORISE), needs_password=True),
    "still_to_pay": unpaid_case(),
    "handed_over": hand_over_case(handed_over=True),
    "give_back": return_case(),
    "give_back_whole": return_case(whole=True),
    "refund": refund_case(),
    "refund_elsewhere": refund_case(elsewhere=True),
    "cash_refund": cash_refund_case(),
    "paid_back": paid_back_case(),
    "manual": manual_case(unknown_case()),
    "closed": closed_case(),
}
