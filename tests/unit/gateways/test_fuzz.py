"""Whatever a platform writes into its fields, only the declared refusals come out of a reader."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import PlatformRejected
from app.gateways import files
from app.gateways.envelopes.core import Closing, read_envelope
from app.gateways.envelopes.epc import RxKeys, read_message
from app.gateways.envelopes.hybrid import read_hybrid
from app.gateways.envelopes.signing import SealedInput
from app.gateways.envelopes.strict_json import Unreadable, read_json
from app.gateways.envelopes.verdict import Forged, InnerNo
from app.gateways.fields import Fields
from app.gateways.wording import identity, prescription, rx_record, sale, settlement
from tests.support import platform_parts as parts

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"
_PROFILE = parts.training()
_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=12),
    st.sampled_from(
        ["0000-00-00", "9999-12-31 23:59:59", "0001-01-01 00:00:00", "1e9", "-0", "１"]
    ),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["rows", "x"]), st.none() | st.integers(), max_size=1),
)
_READERS: dict[str, Callable[[Fields], object]] = {
    "open_day": lambda found: identity.day_opened(found.node("output")),
    "query_person": lambda found: identity.person(found, parts.query_person()),
    "upload_sale": sale.inner_refusal,
    "presettle": lambda found: settlement.presettled(
        found, parts.q.Presettle(parts.bill()), "", parts.NOW
    ),
    "settle": lambda found: settlement.settled(found, parts.settle(), parts.MESSAGE_ID),
    "revoke_settlement": lambda found: settlement.revoked(found, parts.revoke(), parts.MESSAGE_ID),
    "authorise": lambda found: rx_record.authorised(_PROFILE, found, "P35020300001"),
    "download": lambda found: rx_record.downloaded(_PROFILE, found, parts.download()),
    "verify": lambda found: prescription.verified(found, parts.verify(), parts.NOW),
    "audit": lambda found: prescription.audit_accepted(found, parts.upload_audit()),
    "decode_voucher": lambda found: identity.decoded(found.node("data"), parts.decode_voucher()),
}


def _leaves(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    rows = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = [path] if path else []
    for key, value in rows:
        if isinstance(value, dict | list) and value:
            found += _leaves(value, (*path, key))
        else:
            found.append((*path, key))
    return found


def _spoiled(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(tree))
    node = copy
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return copy


@pytest.mark.parametrize("operation", sorted(_READERS))
@settings(max_examples=60)
@given(choice=st.data())
def test_a_spoiled_field_is_read_or_refused(operation, choice):
    tree = json.loads((_GOLDEN / operation / "response.json").read_text("utf-8"))
    path = choice.draw(st.sampled_from(_leaves(tree)))
    spoiled = read_json(json.dumps(_spoiled(tree, path, choice.draw(_ODD))))
    assert isinstance(spoiled, dict)
    with suppress(Unreadable, Forged, InnerNo, PlatformRejected):
        _READERS[operation](Fields(spoiled))


@pytest.mark.parametrize("operation", sorted(_READERS))
def test_the_unspoiled_answer_is_read(operation):
    tree = json.loads((_GOLDEN / operation / "response.json").read_text("utf-8"))
    found = read_json(json.dumps(tree))
    assert isinstance(found, dict)
    _READERS[operation](Fields(found))


@given(st.binary(max_size=120))
def test_no_bytes_break_an_envelope(body):
    keys = RxKeys(
        parts.APP_ID,
        parts.Secret(parts.APP_SECRET),
        parts.STORE_KEYS,
        parts.PLATFORM_KEYS.public,
    )
    for candidate in (body, b'{"infcode":' + body + b"}", b'{"code":0,"encData":"' + body + b'"}'):
        with suppress(Unreadable, Forged):
            read_envelope(_PROFILE, candidate)
        with suppress(Unreadable, Forged):
            read_message(_PROFILE.rxcentre, keys, candidate)


_HEAD = ("infcode", "output", "OUTPUT", "err_msg", "cainfo", "signtype", "enc_type")
_INSIDE = ("appId", "code", "encData", "signData", "timestamp")


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(_HEAD), _ODD),
    st.none() | st.dictionaries(st.sampled_from(_INSIDE), _ODD),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_no_answer_breaks_a_sealed_or_a_double_envelope(head, inside, encoding):
    access = parts.access("http://x")
    keys = RxKeys(parts.APP_ID, access.app_secret, access.keys, access.platform_public)
    sealed = SealedInput(parts.APP_ID, access.keys, access.platform_public)
    tree = head if inside is None else {**head, "output": inside}
    body = json.dumps(tree, ensure_ascii=False).encode(encoding)
    with suppress(Unreadable, Forged):
        read_envelope(_PROFILE, body, Closing(sealed))
    with suppress(Unreadable, Forged):
        read_hybrid(_PROFILE, keys, body)


@given(st.dictionaries(st.sampled_from(["stmtinfo", "fileinfo", "file_qury_no"]), _ODD))
def test_no_record_breaks_a_file_reader(tree):
    found = read_json(json.dumps(tree))
    assert isinstance(found, dict)
    for reader in (files.file_stored, files.totals_compared):
        with suppress(Unreadable):
            reader(Fields(found))
