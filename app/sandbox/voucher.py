"""E-vouchers: the code on the phone, its one decoding, and the token that comes out of it.

Follows identity-and-devices 2.1, 2.4, 2.6 and 2.12. A code lives for the region's time, is decoded
once, and showing a fresh one ends the earlier ones after a moment of grace.
"""

import json
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.crypto.derive import rx_content_key
from app.crypto.errors import CryptoRefused
from app.crypto.sm4 import decrypt_ecb
from app.sandbox.router import Fault, Handler, Reply, Request, json_reply
from app.sandbox.rx.wire.canonical import NotAnObject, read
from app.sandbox.rx.wire.parties import Parties, Side
from app.sandbox.rx.wire.refusals import sentences
from app.sandbox.site import Site
from app.sandbox.state import Connection

SCHEMA = """
CREATE TABLE IF NOT EXISTS voucher_code (
    code TEXT PRIMARY KEY, id_no TEXT NOT NULL, expires_at TEXT NOT NULL,
    decoded INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS voucher_code_person ON voucher_code (id_no, decoded);
CREATE TABLE IF NOT EXISTS voucher_token (
    token TEXT PRIMARY KEY, id_no TEXT NOT NULL, institution TEXT NOT NULL,
    expires_at TEXT NOT NULL, downloads INTEGER NOT NULL DEFAULT 0);
"""
_ISSUER = "424"
_EXTENSION = "0000"
_GRACE = timedelta(seconds=5)
_TOKEN_LETTERS = string.digits + string.ascii_lowercase
_TOKEN_LENGTH = 30
_HOSPITAL_BUSINESS = "01"
_NEEDED_FOR_ALL = ("orgId", "operatorId", "operatorName", "officeId", "officeName")
_NEEDED = ("businessType", *_NEEDED_FOR_ALL)


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """A person with an e-voucher: insured persons and pharmacists alike."""

    name: str
    id_no: str
    area: str


class VoucherRefused(Exception):
    """The decoding service says no; ``word`` stands in the table of refusals."""

    def __init__(self, word: str, **gaps: str) -> None:
        super().__init__(word)
        sentence = sentences().voucher[word]
        self.code = sentence.code
        self.text = sentence.text.format(**gaps)


@dataclass(frozen=True, slots=True, repr=False)
class Decoded:
    """Who showed a code, and the token that stands for them from now on."""

    holder: Holder
    token: str


Answer = Callable[[Connection], Decoded]


class Vouchers:
    """Codes and tokens of everybody known here, by identity number."""

    def __init__(self, site: Site, holders: Mapping[str, Holder]) -> None:
        self._site = site
        self._holders = holders
        self._code_lives = timedelta(seconds=site.profile.voucher.ec_qr_ttl_s)
        self._token_lives = timedelta(seconds=site.profile.rxcentre.epc_token_ttl_s)
        site.state.create(SCHEMA)

    def issue(self, id_no: str) -> str:
        """A fresh code, 28 digits, as the phone shows it. Raises ``VoucherRefused``."""
        holder = self._holders.get(id_no)
        if holder is None:
            raise VoucherRefused("person")
        drawn = "".join(self._site.chance.choices(string.digits, k=19))
        code = f"{_ISSUER}{drawn}{holder.area[:2]}{_EXTENSION}"
        now = self._site.clock.now()
        with self._site.state.writing() as db:
            db.execute(
                "UPDATE voucher_code SET expires_at=min(expires_at, ?)"
                " WHERE id_no=? AND NOT decoded",
                (_text(now + _GRACE), id_no),
            )
            db.execute(
                "INSERT INTO voucher_code (code, id_no, expires_at) VALUES (?,?,?)",
                (code, id_no, _text(now + self._code_lives)),
            )
        return code

    def decode(self, db: Connection, code: str, institution: str) -> Decoded:
        """Burn ``code`` and give its token. Raises ``VoucherRefused``."""
        now = self._site.clock.now()
        row = db.execute("SELECT * FROM voucher_code WHERE code=?", (code,)).fetchone()
        if row is None:
            raise VoucherRefused("not_a_voucher")
        if row["decoded"]:
            raise VoucherRefused("used")
        if row["expires_at"] <= _text(now):
            raise VoucherRefused("expired")
        db.execute("UPDATE voucher_code SET decoded=1 WHERE code=?", (code,))
        return self._token(db, self._holders[row["id_no"]], institution)

    def _token(self, db: Connection, holder: Holder, institution: str) -> Decoded:
        drawn = "".join(self._site.chance.choices(_TOKEN_LETTERS, k=_TOKEN_LENGTH))
        token = f"{holder.area}ec{drawn}"
        db.execute(
            "INSERT INTO voucher_token (token, id_no, institution, expires_at) VALUES (?,?,?,?)",
            (token, holder.id_no, institution, _text(self._site.clock.now() + self._token_lives)),
        )
        return Decoded(holder, token)

    def vouch(self, db: Connection, id_no: str, password: str, institution: str) -> Decoded:
        """A token for whoever knows the password. Raises ``VoucherRefused``."""
        holder = self._holders.get(id_no)
        if holder is None:
            raise VoucherRefused("person")
        if password != password_of(id_no):
            raise VoucherRefused("password")
        return self._token(db, holder, institution)

    def holder(self, voucher_token: str, institution: str = "") -> str | None:
        """Identity number behind a live token, None when unknown or expired.

        Where a code's text itself stands for the person (2.3, B3), the first ``institution`` that
        shows it makes it the token.
        """
        if institution and self._site.profile.voucher.ec_decode_channel == "B3":
            self._take_for_token(voucher_token, institution)
        with self._site.state.reading() as db:
            row = db.execute(
                "SELECT id_no FROM voucher_token WHERE token=? AND expires_at>?",
                (voucher_token, _text(self._site.clock.now())),
            ).fetchone()
        return None if row is None else str(row["id_no"])

    def _take_for_token(self, code: str, institution: str) -> None:
        until = _text(self._site.clock.now() + self._token_lives)
        with self._site.state.writing() as db:
            row = db.execute(
                "UPDATE voucher_code SET decoded=1 WHERE code=? AND NOT decoded AND expires_at>?"
                " RETURNING id_no",
                (code, _text(self._site.clock.now())),
            ).fetchone()
            if row is not None:
                db.execute(
                    "INSERT INTO voucher_token (token, id_no, institution, expires_at)"
                    " VALUES (?,?,?,?)",
                    (code, row["id_no"], institution, until),
                )

    def shown_at(self, voucher_token: str) -> str:
        """The institution a token was decoded for; empty for an unknown one."""
        with self._site.state.reading() as db:
            row = db.execute(
                "SELECT institution FROM voucher_token WHERE token=?", (voucher_token,)
            ).fetchone()
        return "" if row is None else str(row["institution"])

    def spent(self, db: Connection, voucher_token: str, allowed: int) -> bool:
        """Whether the identity read behind a token has had its downloads."""
        row = db.execute(
            "SELECT downloads FROM voucher_token WHERE token=?", (voucher_token,)
        ).fetchone()
        return row is not None and int(row["downloads"]) >= allowed

    def spend(self, db: Connection, voucher_token: str) -> None:
        """Count one download against the identity read behind a token."""
        db.execute("UPDATE voucher_token SET downloads=downloads+1 WHERE token=?", (voucher_token,))


def password_of(id_no: str) -> str:
    """What a synthetic person types: the last six digits of the number, an X read as 0. Ours."""
    return id_no[-6:].upper().replace("X", "0")


def _text(moment: datetime) -> str:
    return moment.isoformat(" ", "milliseconds")


def decode_handler(site: Site, vouchers: Vouchers, parties: Parties) -> Handler:
    """The flat request of B1 and B2, or the same fields below ``data``, as libraries ask (2.4)."""

    def decode_request(request: Request) -> Reply:
        try:
            if request.fault is Fault.REJECT:
                raise VoucherRefused("internal")
            asked = _fields(request.body)
            answer_of = _asked_of(site, vouchers, parties, asked)
            with site.state.writing() as db:
                db.execute("SAVEPOINT effect")
                found = answer_of(db)
                if request.fault is Fault.NO_EFFECT:
                    db.execute("ROLLBACK TO effect")
                db.execute("RELEASE effect")
        except VoucherRefused as no:
            return json_reply({"code": no.code, "success": False, "message": no.text})
        answer = _answer(site, found, asked)
        if request.fault is Fault.STRING_NUMBERS:
            answer["code"] = str(answer["code"])
            answer["data"] = json.dumps(answer["data"], ensure_ascii=False)
        return json_reply(answer)

    return decode_request


def _fields(body: bytes) -> dict[str, str]:
    try:
        message = read(body)
    except NotAnObject as wrong:
        raise VoucherRefused("not_a_voucher") from wrong
    below = message.get("data")
    rows = {**message, **below} if isinstance(below, dict) else message
    return {name: value for name, value in rows.items() if isinstance(value, str)}


def _require(site: Site, parties: Parties, asked: Mapping[str, str]) -> None:
    city = ("ecQrChannel",) if site.profile.voucher.ec_decode_channel == "B2" else ()
    for name in (*_NEEDED, "ecQrCode", *city):
        if not asked.get(name):
            raise VoucherRefused("field", field=name)
    try:
        app = parties.of(asked["orgId"])
    except KeyError as unknown:
        raise VoucherRefused("institution") from unknown
    rules = site.profile.voucher
    business = asked["businessType"]
    if app.side is Side.HOSPITAL:
        allowed = business.startswith(_HOSPITAL_BUSINESS)
    else:
        allowed = business in (rules.ec_business_type_rx, rules.ec_business_type_sale)
    if not allowed:
        raise VoucherRefused("business")


def _answer(site: Site, found: Decoded, asked: Mapping[str, str]) -> dict[str, object]:
    # answers that come by a library tell the code it read (2.6)
    told = {"ecQrCode": asked["ecQrCode"]} if site.profile.reads_by_terminal else {}
    return {
        "code": 0,
        "type": "success",
        "success": True,
        "message": "成功",
        "orgId": asked["orgId"],
        "data": {
            **told,
            "userName": found.holder.name,
            "idNo": found.holder.id_no,
            "idType": "01",
            "ecToken": found.token,
            "insuOrg": found.holder.area,
            "ecIndexNo": f"{site.chance.getrandbits(128):032x}",
            "gender": None,
            "birthday": None,
            "nationality": None,
            "email": None,
        },
    }


def _asked_of(site: Site, vouchers: Vouchers, parties: Parties, asked: Mapping[str, str]) -> Answer:
    """Which of its questions the service was asked. Raises ``VoucherRefused``."""
    by_password = site.profile.voucher.password_trans_type
    if by_password and asked.get("transType") == by_password:
        return _vouched(site, vouchers, parties, asked)
    _require(site, parties, asked)
    return lambda db: vouchers.decode(db, asked["ecQrCode"].strip(), asked["orgId"])


def _vouched(site: Site, vouchers: Vouchers, parties: Parties, asked: Mapping[str, str]) -> Answer:
    """A card's holder proves who they are; name and shape of this question are ours (2.8 [P])."""
    for name in (*_NEEDED_FOR_ALL, "idNo", "encPassword"):
        if not asked.get(name):
            raise VoucherRefused("field", field=name)
    password = _opened(site, parties, asked)
    return lambda db: vouchers.vouch(db, asked["idNo"], password, asked["orgId"])


def _opened(site: Site, parties: Parties, asked: Mapping[str, str]) -> str:
    """The password behind the store's own key. Raises ``VoucherRefused``."""
    try:
        app = parties.of(asked["orgId"])
    except KeyError as unknown:
        raise VoucherRefused("institution") from unknown
    key = rx_content_key(app.app_id, app.app_secret, site.profile.rxcentre.epc_key_derivation)
    try:
        plain = read(decrypt_ecb(key, bytes.fromhex(asked["encPassword"])))
    except (ValueError, CryptoRefused, NotAnObject) as wrong:
        raise VoucherRefused("password") from wrong
    return str(plain.get("password", ""))


def issue_handler(vouchers: Vouchers) -> Handler:
    """The phone's side: a fresh code for the person named by ``id_no``."""

    def issue_request(request: Request) -> Reply:
        try:
            asked = read(request.body)
            return json_reply({"evoucher": vouchers.issue(str(asked.get("id_no", "")))})
        except NotAnObject:
            return json_reply({"ok": False, "message": "not an object"}, 400)
        except VoucherRefused as no:
            return json_reply({"ok": False, "message": no.text}, 404)

    return issue_request
