"""Regional rules in the shape the domain asks for."""

import re
from datetime import timedelta
from functools import lru_cache

from app.domain.goods.codes import ScanGrammar
from app.domain.goods.selling import ScanRules
from app.domain.settlement import SettleRules
from app.profile.model import Profile
from app.profile.operations import Operation


@lru_cache(maxsize=8)
def _grammar(voucher: str, lenient: str, trace: str) -> ScanGrammar:
    return ScanGrammar(re.compile(voucher), re.compile(lenient), re.compile(trace))


def grammar_of(profile: Profile) -> ScanGrammar:
    """Patterns for judging scans."""
    return _grammar(
        profile.voucher.ec_qr_pattern,
        profile.voucher.ec_qr_lenient,
        profile.rules.trace_pattern_20,
    )


def scan_rules_of(profile: Profile) -> ScanRules:
    """Near-expiry days and what an unseen code means."""
    return ScanRules(
        profile.rules.near_expiry_days,
        profile.rules.near_expiry_red_days,
        profile.rules.unseen_code_action == "stop",
    )


def settle_rules_of(profile: Profile) -> SettleRules:
    """Capabilities and times of a settlement attempt."""
    part = profile.settle
    return SettleRules(
        quiescence=timedelta(seconds=part.quiescence_s),
        reversible=Operation.SETTLE in part.reversible,
        refund_reversible=Operation.REVOKE_SETTLEMENT in part.reversible,
        status_query=part.status_query,
        can_confirm="statement" in part.confirm,
        backoff=tuple(timedelta(seconds=s) for s in part.backoff_s),
        max_reversals=part.max_reversals,
    )
