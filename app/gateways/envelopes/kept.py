"""What of a message may be remembered: everything but the values that open something."""

from collections.abc import Mapping, Sequence

from app.crypto.redact import redact
from app.gateways.envelopes.strict_json import write_json
from app.gateways.fields import plain

_SECRET = frozenset(
    plain(name)
    for name in (
        "ecToken",
        "pw_ecToken",
        "epcToken",
        "ecQrCode",
        "epcQrcd",
        "encPassword",
        "authNo",
        "mdtrt_cert_no",
        "card_sn",
        "cainfo",
        "signData",
        "encData",
    )
)
_BULKY = frozenset(plain(name) for name in ("rxFile", "originalRxFile", "in"))
_TOUCHED = _SECRET | _BULKY
_GARBAGE_KEPT = 2000


def kept(tree: Mapping[str, object]) -> str:
    """JSON text of ``tree`` with tokens, voucher texts and signatures masked and files left out.

    What a masked value was can still be told apart by its length and last two characters.
    """
    return write_json(_masked(tree))


def _masked(value: object, name: str = "") -> object:
    if isinstance(value, str):
        if name in _TOUCHED and value:
            return f"…{value[-2:]} ({len(value)})" if name in _SECRET else f"({len(value)})"
        return value
    # a kind of its own before the kind of which others are: that is answered at once
    if isinstance(value, (dict, Mapping)):
        return {key: _masked(inner, plain(str(key))) for key, inner in value.items()}
    if isinstance(value, (list, Sequence)):
        return [_masked(inner, name) for inner in value]
    return value


def kept_garbage(body: bytes) -> str:
    """The beginning of an answer that could not be read, with whatever looks secret masked."""
    return redact(body[:_GARBAGE_KEPT].decode("utf-8", "replace"))
