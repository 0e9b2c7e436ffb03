"""What of a region this program can follow. A switch it cannot follow refuses to load, by name.

Transport, decode channel and prescription channel are no part of this: a region may be shown and
compared before its library is at hand, and ``gateways.assemble`` refuses to open it.
"""

from collections.abc import Callable, Mapping

from app.domain.case import Step
from app.profile.model import Profile
from app.profile.operations import AT_THE_CENTRE, Operation

FOLLOWED: Mapping[str, tuple[object, ...]] = {
    "rxcentre.epc_generation": ("2022_http", "2024_fsi", "hybrid"),
    "rxcentre.epc_token_scope": ("list", "prescription"),
    "rxcentre.epc_dise_shape": ("array",),
    "voucher.token_reuse": ("per_sale",),
    "voucher.password_mode": ("none", "token_after_password", "cainfo_rsa", "pw_ectoken"),
    "settle.mode": ("own", "external"),
    "rules.sale_upload_order": ("before_settlement", "after_settlement", "both"),
    "rules.sale_channel": ("core", "centre", "both"),
    "scanning.scan_gap_ms": (50,),
    "scanning.scan_min_len": (6,),
    "scanning.scan_idle_ms": (80,),
    "scanning.camera_decoders": (("zxing", "pyzbar"),),
}
"""Every switch with a value nobody has built yet, and the values that are built."""

_WITH_A_PATH = (
    Operation.UPLOAD_SALE,
    Operation.RETURN_SALE,
    Operation.PRESETTLE,
    Operation.SETTLE,
    Operation.REVOKE_SETTLEMENT,
    Operation.REVERSE,
)
_SPEECH = {
    "2022_http": ("http", "camel"),
    "2024_fsi": ("fsi", "snake"),
    "hybrid": ("hybrid", "camel"),
}


def check_built(profile: Profile) -> str:
    """An empty text, or the first switch that this program would not follow."""
    for key, followed in FOLLOWED.items():
        part, _, name = key.partition(".")
        value = getattr(getattr(profile, part), name)
        if value not in followed:
            return f"{key}: {value} is not built"
    return next((found for rule in _TOGETHER if (found := rule(profile))), "")


def _order(profile: Profile) -> str:
    """The order of sale and settlement is said twice, as a switch and as a route."""
    rules = profile.rules
    if rules.sale_upload_order == "both" and rules.sale_channel != "both":
        return "rules.sale_upload_order: both neighbours, one before and one after; sale_channel"
    before = rules.sale_upload_order == "before_settlement"
    for name, steps in profile.routes.items():
        if Step.SETTLE in steps and (Step.UPLOAD_SALE in steps) is not before:
            return f"routes.{name}: not the order of rules.sale_upload_order"
    return ""


def _channel(profile: Profile) -> str:
    """Who is told of a sale can be told, and one rule says what an unknown fate means."""
    if profile.rules.sale_channel == "core":
        return ""
    if profile.rules.sale_channel == "both":
        return _both_channels(profile)
    for general, own in AT_THE_CENTRE.items():
        part, rule = profile.operations.get(own), profile.operations.get(general)
        if part is None or not part.enabled:
            return f"operations.{own}: rules.sale_channel needs it"
        if rule is None or rule.on_unknown != part.on_unknown:
            return f"operations.{own}.on_unknown: not that of {general}"
        if part.on_unknown.startswith("query:"):
            return f"operations.{own}.on_unknown: the centre has no trail"
    return ""


def _both_channels(profile: Profile) -> str:
    """The centre is told ahead of the pre-settlement, and each record has a rule of its own."""
    for own in AT_THE_CENTRE.values():
        part = profile.operations.get(own)
        if part is None or not part.enabled:
            return f"operations.{own}: rules.sale_channel needs it"
    if profile.settle.mode == "external":
        return "rules.sale_channel: both is not built where another product settles"
    return ""


def _centre(profile: Profile) -> str:
    """A generation of the centre is a channel and a spelling; half of one is a slip."""
    rules = profile.rxcentre
    if (rules.epc_channel, rules.epc_field_case) != _SPEECH[rules.epc_generation]:
        return "rxcentre.epc_generation: not the one of epc_channel and epc_field_case"
    return ""


def _paths(profile: Profile) -> str:
    """Where every service has a path of its own, whatever moves money has one."""
    if profile.core.path_mode != "per_service":
        return ""
    for operation in _WITH_A_PATH:
        part = profile.operations.get(operation)
        if part is not None and part.enabled and not part.path:
            return f"operations.{operation}.path: core.path_mode needs it"
    return ""


def _password(profile: Profile) -> str:
    """A question for the voucher service has a name."""
    asks = profile.voucher.password_mode in ("token_after_password", "pw_ectoken")
    nameless = asks and not profile.voucher.password_trans_type
    return "voucher.password_trans_type: empty" if nameless else ""


_TOGETHER: tuple[Callable[[Profile], str], ...] = (
    _order,
    _channel,
    _centre,
    _password,
    _paths,
)
