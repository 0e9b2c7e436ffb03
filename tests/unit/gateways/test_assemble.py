"""Access out of a ready line, one region opened, and what this program cannot speak."""

import base64
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.crypto.ca import Signer, issue, new_root
from app.crypto.signed_pdf import seal
from app.crypto.sm2 import new_key_pair
from app.domain.credential import CardNumber, CardSerial, CredentialKind, IdNumber, Medium
from app.domain.errors import Bug, Code, LocalTrouble, OperatorInput, PlatformRejected
from app.gateways.access import access_from_ready, endpoints_for
from app.gateways.assemble import open_platform
from app.gateways.seal import SealGateway
from app.gateways.transport.library import LibraryAccess
from app.gateways.wording.identity import credential
from app.profile.loader import load
from app.profile.model import Transport
from app.profile.operations import Operation
from tests.support import platform_parts as parts


def _ready() -> dict[str, object]:
    public = b"\x04" + parts.PLATFORM_KEYS.public
    return {
        "endpoints": {
            "settle": "http://127.0.0.1:1/core",
            "issue_evoucher": "http://127.0.0.1:1/e",
        },
        "gateway": {"paasid": "paas", "secret": "tif-secret"},
        "pharmacy": {
            "code": "P35020300001",
            "keys": {
                "appId": parts.APP_ID,
                "appSecret": parts.APP_SECRET,
                "privateKey": base64.b64encode(parts.STORE_KEYS.private).decode(),
                "platformPublicKey": base64.b64encode(public).decode(),
            },
            "sealRoots": [base64.b64encode(b"root").decode()],
        },
    }


def test_access_out_of_a_ready_line():
    found = access_from_ready(_ready())
    assert found.endpoints == {Operation.SETTLE: "http://127.0.0.1:1/core"}
    assert found.keys == parts.STORE_KEYS
    assert found.platform_public == parts.PLATFORM_KEYS.public
    assert found.seal_roots == (b"root",)
    shown = repr(found)
    assert "tif-secret" not in shown
    assert parts.APP_SECRET not in shown
    assert parts.STORE_KEYS.private.hex() not in shown


@pytest.mark.parametrize("missing", ["endpoints", "gateway", "pharmacy"])
def test_a_ready_line_without_a_part_names_it(missing):
    ready = _ready()
    del ready[missing]
    with pytest.raises(LocalTrouble) as raised:
        access_from_ready(ready)
    assert raised.value.params["what"] == missing


def refused_key(**keys: object) -> LocalTrouble:
    ready = _ready()
    ready["pharmacy"]["keys"].update(keys)
    with pytest.raises(LocalTrouble) as raised:
        access_from_ready(ready)
    return raised.value


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


PRIVATE, PUBLIC = parts.STORE_KEYS.private, parts.STORE_KEYS.public
LEADING = b"\x80" + PRIVATE[1:]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("privateKey", "AAAA", Code.KEY_LENGTH),
        ("privateKey", b64(LEADING[:20]), Code.KEY_LENGTH),
        ("privateKey", b64(b"\x01" + LEADING), Code.KEY_VALUE),
        ("privateKey", b64(bytes(32)), Code.KEY_VALUE),
        ("privateKey", b64(PUBLIC), Code.KEY_OTHER_HALF),
        ("privateKey", b64(b"\x04" + PUBLIC), Code.KEY_OTHER_HALF),
        ("privateKey", PUBLIC.hex(), Code.KEY_OTHER_HALF),
        ("privateKey", "not a key…", Code.KEY_NOT_TEXT),
        ("privateKey", b64(PRIVATE)[:-1], Code.KEY_NOT_TEXT),
        ("privateKey", b64(b"\x30\x81" + bytes(120)), Code.KEY_CONTAINER),
        ("privateKey", "-----BEGIN " + "PRIVATE KEY-----", Code.KEY_CONTAINER),
        ("platformPublicKey", "AAAA", Code.KEY_LENGTH),
        ("platformPublicKey", b64(PRIVATE), Code.KEY_OTHER_HALF),
        ("platformPublicKey", b64(b"\0" + LEADING), Code.KEY_OTHER_HALF),
        ("platformPublicKey", PRIVATE.hex(), Code.KEY_OTHER_HALF),
        ("platformPublicKey", b64(PUBLIC[:-1] + b"\x01"), Code.KEY_VALUE),
        ("platformPublicKey", b64(b"\x05" + PUBLIC), Code.KEY_VALUE),
        ("platformPublicKey", b64(PUBLIC), Code.KEY_OF_OURS),
        ("publicKey", b64(parts.PLATFORM_KEYS.public), Code.KEYS_NO_PAIR),
        ("publicKey", b64(PRIVATE), Code.KEY_OTHER_HALF),
        ("appSecret", "", Code.KEY_MISSING),
        ("appId", None, Code.KEY_MISSING),
        ("privateKey", "", Code.KEY_MISSING),
    ],
)
def test_what_is_wrong_with_a_key_is_named(name, value, code):
    trouble = refused_key(**{name: value})
    assert trouble.code is code
    if code is not Code.KEYS_NO_PAIR:
        assert trouble.params["what"] == name
    assert not isinstance(value, str) or len(value) < 9 or value not in repr(trouble.params)


def test_the_size_of_a_wrong_key_is_told():
    assert refused_key(privateKey=b64(LEADING[:20])).params["count"] == 20


@pytest.mark.parametrize(
    "written",
    [
        b64(PRIVATE),
        b64(PRIVATE[1:]),
        b64(b"\0" + PRIVATE),
        PRIVATE.hex(),
        PRIVATE.hex().upper(),
        (b"\0" + PRIVATE).hex(),
        b64(PRIVATE)[:20] + "\n" + b64(PRIVATE)[20:],
    ],
)
def test_a_private_key_may_be_written_in_many_ways(written):
    ready = _ready()
    ready["pharmacy"]["keys"] |= {"privateKey": written, "publicKey": PUBLIC.hex()}
    assert access_from_ready(ready).keys == parts.STORE_KEYS


@pytest.mark.parametrize(
    ("mode", "path"),
    [
        ("single", "/fsi/api/rsfComIfsService/callService"),
        ("suffix", "/fsi/api/rsfComIfsService/callService/1101"),
        ("per_service", "/fsi/api/rsfComIfsService/callService/fsiPsnInfoService/queryPsnInfo"),
    ],
)
def test_addresses_by_path_mode(mode, path):
    region = parts.with_part(parts.training(), "core", path_mode=mode)
    found = endpoints_for(region, "http://core/", "http://rx/epc/api", "http://ec")
    assert found[Operation.QUERY_PERSON] == "http://core" + path
    assert found[Operation.DOWNLOAD] == "http://rx/epc/api/fixmedins/rxDownload"
    assert found[Operation.DECODE_VOUCHER] == "http://ec" + region.voucher.path


def test_a_region_with_a_library_says_that_nobody_named_its_place():
    with pytest.raises(LocalTrouble) as raised:
        open_platform(
            load("fujian+library", "training").profile,
            parts.access("http://127.0.0.1:1"),
            parts.SteadyClock(),
        )
    assert raised.value.code is Code.LIBRARY_NOT_NAMED
    assert raised.value.params["what"] == "chs_fjs_standard.dll"


def test_a_region_opens_with_its_own_library_and_sends_nothing(tmp_path):
    named = replace(parts.access("http://127.0.0.1:1"), library=LibraryAccess(tmp_path))
    opened = open_platform(load("fujian").profile, named, parts.SteadyClock())
    assert opened.transport.waited_ms == 0
    opened.close()


def test_a_code_cannot_be_decoded_by_a_library_that_is_not_there():
    region = parts.with_part(parts.training(), "voucher", ec_decode_channel="B4")
    with pytest.raises(LocalTrouble) as raised:
        open_platform(region, parts.access("http://127.0.0.1:1"), parts.SteadyClock())
    assert raised.value.params["what"] == "ec_decode_channel=B4"


def test_what_nobody_speaks_is_refused_by_name():
    region = parts.with_part(parts.training(), "core", transport=Transport.IN_PROCESS)
    with pytest.raises(LocalTrouble) as raised:
        open_platform(region, parts.access("http://127.0.0.1:1"), parts.SteadyClock())
    assert raised.value.code is Code.CHANNEL_NOT_BUILT
    assert raised.value.params["what"] == "transport=in_process"


def test_a_terminal_nobody_named_is_named():
    region = parts.with_part(parts.training(), "voucher", ec_decode_channel="A")
    with pytest.raises(LocalTrouble) as raised:
        open_platform(region, parts.access("http://127.0.0.1:1"), parts.SteadyClock())
    assert raised.value.code is Code.TERMINAL_NOT_NAMED


def test_a_refusal_table_with_an_unknown_word_refuses_to_open():
    region = parts.training()
    for word in ("NO_SUCH_CODE", "BUG"):
        tables = {**region.tables, "refusal_codes": {"-1": word}}
        with pytest.raises(LocalTrouble) as raised:
            open_platform(
                parts.with_tables(region, tables), parts.access("http://x"), parts.SteadyClock()
            )
        assert raised.value.code is Code.PROFILE_INVALID


def test_requests_of_one_neighbour_are_bugs_at_another(counter):
    with pytest.raises(Bug):
        counter.core(parts.verify())
    with pytest.raises(Bug):
        counter.centre(parts.settle())
    with pytest.raises(Bug):
        counter.voucher(parts.settle())


def _shown(kind: CredentialKind, **facts: object) -> parts.q.Credential:
    base = parts.identity()
    return parts.q.Credential(replace(base, kind=kind, medium=Medium.TYPED, **facts), None)


def test_credentials_on_the_wire():
    region = parts.training()
    card = _shown(
        CredentialKind.SOCIAL_CARD,
        card_no=CardNumber("A00000001"),
        card_serial=CardSerial("0" * 32),
    )
    assert credential(region, card) == {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": "A00000001",
        "card_sn": "0" * 32,
    }
    typed = _shown(CredentialKind.ID_CARD, id_number=IdNumber("000000190001010000"))
    assert credential(region, typed) == {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": "000000190001010000",
        "card_sn": "",
    }


@pytest.mark.parametrize(
    "shown",
    [
        _shown(CredentialKind.VOUCHER),
        _shown(CredentialKind.ID_CARD),
        _shown(CredentialKind.SOCIAL_CARD, card_no=CardNumber("A00000001")),
        _shown(CredentialKind.SOCIAL_CARD, card_serial=CardSerial("0" * 32)),
    ],
)
def test_a_credential_that_is_gone_is_asked_for_again(counter, shown):
    with pytest.raises(OperatorInput) as raised:
        counter.core(parts.q.QueryPerson(shown))
    assert raised.value.code is Code.IDENTITY_NEEDED_AGAIN


_AT = datetime(2025, 6, 1, tzinfo=UTC)


def _sealed_pdf() -> tuple[bytes, bytes]:
    """A sealed page and the DER root of its seal."""
    held = io.BytesIO()
    page = Canvas(held, invariant=1)
    page.drawString(72, 720, "Rx")
    page.save()
    pair, root = new_key_pair(), new_root("root", _AT)
    signer = Signer(pair, issue(root, "Example Hospital", pair, _AT), ())
    return seal(held.getvalue(), signer, _AT, "prescription"), root.certificate.der


def test_a_seal_that_holds_names_its_holder():
    document, root = _sealed_pdf()
    facts = SealGateway((root,)).inspect(document)
    assert facts.signer == "Example Hospital"
    assert facts.signed_at == _AT
    assert facts.certificate_serial


def test_seals_that_do_not_hold():
    document, root = _sealed_pdf()
    changed = document.replace(b"/Title", b"/Titel", 1)
    assert changed != document
    cases = (
        (root, document + b"%%EOF\n", Code.DOCUMENT_CHANGED),
        (root, changed, Code.DOCUMENT_CHANGED),
        (new_root("other", _AT).certificate.der, document, Code.SIGNATURE_INVALID),
        (root, document[: document.index(b"%%EOF") + 6], Code.SIGNATURE_INVALID),
        (root, b"PK\x03\x04", Code.DOCUMENT_UNREADABLE),
        (root, b"", Code.DOCUMENT_UNREADABLE),
    )
    for believed, content, code in cases:
        with pytest.raises(PlatformRejected) as raised:
            SealGateway((believed,)).inspect(content)
        assert raised.value.code is code
        assert raised.value.params["reason"]


def test_digest_is_sm3_in_lower_case_hex():
    assert SealGateway(()).digest(b"abc") == parts.DIGEST


@pytest.mark.parametrize("roots", ["text", ["%%%"], [5]])
def test_roots_that_cannot_be_roots_are_refused(roots):
    ready = _ready()
    ready["pharmacy"]["sealRoots"] = roots
    with pytest.raises(LocalTrouble) as raised:
        access_from_ready(ready)
    assert raised.value.params["what"] == "sealRoots"
