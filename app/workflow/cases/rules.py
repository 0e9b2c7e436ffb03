"""Regional rules in the shape the domain asks for."""

import re
import tomllib
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files

from app.domain.goods.codes import ListedForms, ScanGrammar
from app.domain.goods.judging import ScanRules
from app.domain.settlement import SettleRules
from app.profile.model import Profile
from app.profile.operations import Operation
from app.workflow.scans import gs1


@lru_cache(maxsize=8)
def _grammar(voucher: str, lenient: str, trace: str) -> ScanGrammar:
    patterns = re.compile(voucher), re.compile(lenient), re.compile(trace)
    return ScanGrammar(*patterns, listed_forms(), gs1.read)


@lru_cache(maxsize=1)
def listed_forms() -> ListedForms:
    """``resources/tables/trace_codes.toml``. Raises ``ValueError`` where it is malformed."""
    path = files("resources").joinpath("tables/trace_codes.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return ListedForms(
        tuple(re.compile(rule["form"]) for rule in table["address"]),
        tuple(re.compile(rule["form"]) for rule in table["producer"]),
        tuple(table["separators"]),
    )


def grammar_of(profile: Profile) -> ScanGrammar:
    """Patterns for judging scans."""
    return _grammar(
        profile.voucher.ec_qr_pattern,
        profile.voucher.ec_qr_lenient,
        profile.rules.trace_pattern_20,
    )


def scan_rules_of(profile: Profile) -> ScanRules:
    """Near-expiry days, what an unseen code means, and whether a case code is sold as one pack."""
    return ScanRules(
        profile.rules.near_expiry_days,
        profile.rules.near_expiry_red_days,
        profile.rules.unseen_code_action == "stop",
        profile.rules.trace_levels_at_sale == "any",
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
