"""Every parser that reads what somebody else wrote, ready to be fuzzed."""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from app.crypto import ca, sm2
from app.crypto.certificate import read_certificate
from app.crypto.cms import sign_detached, verify_detached
from app.crypto.errors import CryptoRefused
from app.crypto.key_form import private_fault, public_fault
from app.crypto.signed_pdf import inspect, seal
from app.domain.credential import IdNumber, PersonName
from app.domain.errors import (
    DeviceTrouble,
    LocalTrouble,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
)
from app.domain.goods.codes import classify, guess
from app.gateways import files
from app.gateways.envelopes.core import Closing, read_envelope
from app.gateways.envelopes.epc import RxKeys, read_message
from app.gateways.envelopes.hybrid import read_hybrid
from app.gateways.envelopes.signing import SealedInput
from app.gateways.envelopes.strict_json import Unreadable, read_json, read_object
from app.gateways.envelopes.verdict import Forged, InnerNo
from app.gateways.fields import Fields
from app.gateways.goods.listing import rows
from app.gateways.transport import cage
from app.gateways.wording import identity, prescription, rx_record, settlement
from app.ports.catalogue import Listing
from app.ports.devices import IdCardFacts
from app.profile.loader import load, profile_folder
from app.workflow.cases.rules import grammar_of
from app.workflow.scans import gs1
from devices.card.social_card import read_social_card
from devices.card.virtual import CardFaults, VirtualCard, bank_card, social_card
from devices.idcard import sdt
from devices.idcard.virtual import text_block
from devices.sheets import SheetFiles
from tests.support import platform_parts as parts
from tests.support.fuzzing import Target

GOLDEN = Path(__file__).parents[1] / "golden" / "training"
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
UNREAD = (Unreadable, Forged)
ANSWERS: Mapping[str, Callable[[Fields], object]] = {
    "open_day": lambda found: identity.day_opened(found.node("output")),
    "query_person": lambda found: identity.person(found, parts.query_person()),
    "presettle": lambda found: settlement.presettled(
        found, parts.q.Presettle(parts.bill()), "", parts.NOW
    ),
    "settle": lambda found: settlement.settled(found, parts.settle(), parts.MESSAGE_ID),
    "revoke_settlement": lambda found: settlement.revoked(found, parts.revoke(), parts.MESSAGE_ID),
    "authorise": lambda found: rx_record.authorised(parts.training(), found, "P35020300001"),
    "download": lambda found: rx_record.downloaded(parts.training(), found, parts.download()),
    "verify": lambda found: prescription.verified(found, parts.verify(), parts.NOW),
    "audit": lambda found: prescription.audit_accepted(found, parts.upload_audit()),
    "decode_voucher": lambda found: identity.decoded(found.node("data"), parts.decode_voucher()),
}


def golden(*operations: str) -> list[bytes]:
    """Whole answers as the training platform writes them."""
    return [(GOLDEN / name / "response.json").read_bytes() for name in operations]


def strict_json() -> Target:
    def feed(content: bytes) -> None:
        read_object(content, "gb18030" if content[:1] == b" " else "utf-8")

    return Target("strict_json", feed, golden(*ANSWERS), (Unreadable,))


def core_envelope() -> Target:
    profile = parts.training()
    corpus = golden("open_day", "query_person", "settle", "audit", "query_stock")
    feed = _first_refused(lambda body: read_envelope(profile, body), *corpus)
    return Target("core_envelope", feed, corpus, UNREAD)


def _keys() -> RxKeys:
    access = parts.access("http://x")
    return RxKeys(parts.APP_ID, access.app_secret, access.keys, access.platform_public)


def epc_envelope() -> Target:
    profile, keys = parts.training(), _keys()

    def feed(body: bytes) -> None:
        read_message(profile.rxcentre, keys, body)

    made = b'{"appId":"x","code":0,"encData":"00","signData":"AA==","timestamp":"1","data":{}}'
    corpus = [made, *golden("audit")]
    return Target("epc_envelope", _first_refused(feed, *corpus), corpus, UNREAD)


def hybrid_envelope() -> Target:
    profile, keys = parts.training(), _keys()
    corpus = golden("open_day", "settle")
    feed = _first_refused(lambda body: read_hybrid(profile, keys, body), *corpus)
    return Target("hybrid_envelope", feed, corpus, UNREAD)


def sealed_envelope() -> Target:
    profile, access = parts.training(), parts.access("http://x")
    closing = Closing(SealedInput(parts.APP_ID, access.keys, access.platform_public))
    corpus = golden("open_day", "settle")
    feed = _first_refused(lambda body: read_envelope(profile, body, closing), *corpus)
    return Target("sealed_envelope", feed, corpus, UNREAD)


def _first_refused(feed: Callable[[bytes], object], *whole: bytes) -> Callable[[bytes], object]:
    """What only stands as a beginning need not be taken itself."""

    def fed(content: bytes) -> object:
        return None if content in whole else feed(content)

    return fed


def answers() -> Target:
    """A spoiled answer to each call, read to the end by its reader."""
    tagged = [name.encode() + b"\0" + golden(name)[0] for name in ANSWERS]

    def feed(content: bytes) -> None:
        name, _, body = content.partition(b"\0")
        reader = ANSWERS.get(name.decode("ascii", "replace"))
        tree = read_json(body.decode("utf-8", "replace"))
        if reader is not None and isinstance(tree, dict):
            reader(Fields(tree))

    return Target("answers", feed, tagged, (*UNREAD, InnerNo, PlatformRejected))


def scans() -> Target:
    """Trace codes, product codes, vouchers, prescriptions' codes, addresses."""
    grammar = grammar_of(parts.training())
    corpus = [
        b"81234560000000000001",
        b"6900000000014",
        b"010690000000001417271031101138\x1d21ABC",
        b"(01)06900000000014(17)271031(10)A1138(21)1",
        b"https://example.invalid/a?c=81234560000000000001",
        b"134600000000000001",
        b"350100ABCDEF0123456789ABCDEF0123",
        "码上放心81234560000000000001".encode(),
    ]

    def feed(content: bytes) -> None:
        text = content.decode("utf-8", "surrogateescape")
        classify(text, grammar)
        guess(text, grammar)

    return Target("scans", feed, corpus, ())


def gs1_texts() -> Target:
    corpus = [
        b"010690000000001417271031101138\x1d21ABC",
        b"(01)06900000000014(17)271031(10)A1138(21)1",
        b"]d2010690000000001421A\x1d10B\x1d17261130",
    ]
    return Target("gs1", lambda b: gs1.read(b.decode("utf-8", "surrogateescape")), corpus, ())


def statements() -> Target:
    """The file of a comparison: text, and packed."""
    line = (
        "35020000000000000001\t300000009\t400000009\tP35020300001202506011140000012"
        "\t000101\t0\tnull\t12.00\t0\t12.00\n"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("result.txt", line)
    corpus = [line.encode(), packed.getvalue(), b""]
    return Target("statements", files.read_statement, corpus, (OutcomeUnknown,))


def listings() -> Target:
    """A catalogue as it is fetched: an archive with one text."""
    rules = load("fujian", "training").profile.catalogue
    kind = next(iter(Listing))
    row = "\t".join(f"c{at}" for at in range(rules.least_columns[kind.value])) + "\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.txt", row * 3)

    def feed(body: bytes) -> None:
        for _ in rows(rules, kind, body):
            pass

    corpus = [packed.getvalue()]
    return Target("listings", _first_refused(feed, *corpus), corpus, (OutcomeUnknown,))


def sheets() -> Target:
    """Delivery notes as xlsx."""
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["药品编码", "批号", "数量", "有效期至"])
    book.active.append(["SP0001", "A1138", 3, datetime(2027, 10, 31)])  # noqa: DTZ001
    made = io.BytesIO()
    book.save(made)
    content, reader = made.getvalue(), SheetFiles()
    place = Path(tempfile.mkdtemp()) / "note.xlsx"

    def feed(body: bytes) -> None:
        place.write_bytes(body)
        for _ in reader.rows(place):
            pass

    return Target("sheets", feed, [content], (OperatorInput,))


def profiles() -> Target:
    """A region's file; what it extends is whole."""
    folder = Path(tempfile.mkdtemp())
    for file in profile_folder().glob("*.toml"):
        (folder / file.name).write_bytes(file.read_bytes())
    whole = (folder / "fujian.toml").read_bytes()

    def feed(body: bytes) -> None:
        (folder / "fujian.toml").write_bytes(body)
        load("fujian", folder=folder)

    return Target("profiles", feed, [whole], (LocalTrouble,))


def social_cards() -> Target:
    """Answers of a card, as many as it is asked for, then the same again."""
    whole = VirtualCard(social_card(), CardFaults())
    heard: list[bytes] = []

    class Ear:
        def transmit(self, command: bytes) -> tuple[bytes, int]:
            body, status = whole.transmit(command)
            heard.append(bytes([len(body)]) + body + status.to_bytes(2, "big"))
            return body, status

    read_social_card(Ear(), whole.reset_answer)

    class Spoken:
        def __init__(self, content: bytes) -> None:
            self._content, self._at = content or b"\0\x90\0", 0

        def transmit(self, command: bytes) -> tuple[bytes, int]:
            turn = (self._content[self._at :] or self._content)[:260]
            size = turn[0]
            self._at = (self._at + size + 3) % len(self._content)
            return turn[1 : 1 + size], int.from_bytes(turn[1 + size : 3 + size] or b"\x90\0", "big")

    corpus = [b"".join(heard), bank_card().__repr__().encode()[:40]]
    feed = _first_refused(
        lambda body: read_social_card(Spoken(body), body[:20] or b"\x3b"), corpus[1]
    )
    return Target("social_cards", feed, corpus, (DeviceTrouble,))


def id_cards() -> Target:
    """Frames of the resident-ID reader, and the text inside them."""
    facts = IdCardFacts(
        PersonName("测试员甲"), IdNumber("530100199003070013"), "1", NOW.date(), None
    )
    block = bytes.fromhex("01000400") + text_block(facts) + bytes(1024)

    def feed(content: bytes) -> None:
        reply = sdt.reply_of(content)
        sdt.facts_of(content if reply is None else reply.body)

    return Target("id_cards", feed, [block], (DeviceTrouble,))


def _authority() -> tuple[ca.Signer, list[bytes]]:
    root = ca.new_root("Training Root", NOW)
    pair = sm2.new_key_pair()
    return ca.Signer(pair, ca.issue(root, "测试医院", pair, NOW)), [root.certificate.der]


def documents() -> Target:
    """A signed prescription."""
    from reportlab.pdfgen.canvas import Canvas

    made = io.BytesIO()
    canvas = Canvas(made, invariant=1)
    canvas.drawString(72, 720, "Prescription (specimen)")
    canvas.showPage()
    canvas.save()
    signer, roots = _authority()
    sealed = seal(made.getvalue(), signer, NOW, "电子处方")
    return Target("documents", lambda body: inspect(body, roots), [sealed], (CryptoRefused,))


def seals() -> Target:
    """A signature beside its content, and the certificate inside."""
    signer, roots = _authority()
    content = "处方".encode()
    whole = sign_detached(content, signer, NOW)
    feed: Callable[[bytes], object] = lambda der: verify_detached(content, der, roots)  # noqa: E731
    return Target("seals", feed, [whole], (CryptoRefused,))


def certificates() -> Target:
    _signer, roots = _authority()
    return Target("certificates", read_certificate, roots, (CryptoRefused,))


def keys() -> Target:
    """Keys as people paste them."""

    def feed(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        private_fault(text)
        public_fault(text)

    kind = b"PRIVATE KEY"
    pasted = b"-----BEGIN %b-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END %b-----" % (kind, kind)
    return Target("keys", feed, [pasted, b"04" + b"ab" * 64, b"AAAA" * 30], ())


def pictures() -> Target:
    """Pictures with codes, as a person drops them."""
    import cv2
    import numpy as np

    from devices.code.decoder import decode
    from devices.code.frames import grey_of, quiet_opencv, read_picture

    quiet_opencv()
    blank = np.full((40, 60, 3), 255, dtype=np.uint8)
    blank[5:35, 5:55:4] = 0
    corpus = [bytes(cv2.imencode(kind, blank)[1]) for kind in (".png", ".jpg", ".bmp")]
    place = Path(tempfile.mkdtemp()) / "code.png"

    def feed(content: bytes) -> None:
        place.write_bytes(content)
        found = read_picture(place)
        if found is not None and found.size < 4_000_000:
            decode(grey_of(found))

    return Target("pictures", feed, corpus, (OSError, OperatorInput))


def library_lines() -> Target:
    """What the child with a vendor's library says."""
    line = {"state": "returned", "value": 0, "answer": "e30=", "error": "", "kept_within": True}
    corpus = [json.dumps(line).encode(), json.dumps({**line, "value": -2}).encode()]

    def feed(content: bytes) -> None:
        said = cage.said_in(content)
        if said is not None:
            cage.returned(said)

    return Target("library_lines", feed, corpus, ())


_ALL: tuple[Callable[[], Target], ...] = (
    strict_json,
    core_envelope,
    epc_envelope,
    hybrid_envelope,
    sealed_envelope,
    answers,
    scans,
    gs1_texts,
    statements,
    listings,
    sheets,
    profiles,
    social_cards,
    id_cards,
    documents,
    seals,
    certificates,
    keys,
    pictures,
    library_lines,
)
TARGETS: Mapping[str, Callable[[], Target]] = {made.__name__: made for made in _ALL}
