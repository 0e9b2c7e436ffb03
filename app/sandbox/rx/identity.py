"""Who is asking for prescriptions: the credential shown, and the one download it allows."""

import string
from datetime import timedelta

from app.sandbox.rx.books.records import written
from app.sandbox.rx.gate import Call
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.state import Row
from resources.scenarios import DemoPerson

_LETTERS = string.ascii_uppercase + string.digits
_LENGTH = 64
_VOUCHER, _ID_CARD, _SOCIAL_CARD = "voucher", "id_card", "social_card"


def person_shown(call: Call) -> tuple[DemoPerson, str]:
    """The insured person behind the credential, and the e-voucher token used, if any.

    Raises ``Refused`` for a dead or foreign credential and where the other fields name somebody
    else.
    """
    kinds = call.centre.site.profile.tables["credential_kind"]
    kind, number = call.text("mdtrtCertType"), call.text("mdtrtCertNo")
    voucher = number if kind == kinds[_VOUCHER] else call.text("ecToken")
    persons = call.centre.site.demo.persons
    if kind == kinds[_VOUCHER]:
        holder = call.centre.vouchers.holder(voucher)
        if holder is None or call.centre.vouchers.shown_at(voucher) != call.app.institution:
            raise Refused("voucher_dead")
        found = [person for person in persons if person.id_no == holder]
    elif kind == kinds[_SOCIAL_CARD]:
        found = [
            person
            for person in persons
            if (person.card_no, person.card_serial) == (number, call.text("cardSn"))
        ]
    else:
        found = [person for person in persons if person.id_no == number]
    if not found:
        raise Refused("person_unknown")
    _compare(call, found[0], voucher)
    wanted = call.centre.site.profile.voucher.password_mode == "token_after_password"  # noqa: S105
    if wanted and (not voucher or call.centre.vouchers.shown_at(voucher) != call.app.institution):
        raise Refused("password_missing")
    return found[0], voucher


def _compare(call: Call, person: DemoPerson, voucher: str) -> None:
    for name, known in (("certno", person.id_no), ("psnName", person.name)):
        if call.text(name) and call.text(name) != known:
            raise Refused("person_differs")
    if voucher and call.centre.vouchers.holder(voucher) != person.id_no:
        raise Refused("voucher_dead")


def grant(call: Call, person: DemoPerson, voucher: str, only: str = "") -> str:
    """A prescription token for this person at this institution, good for one download.

    ``only`` names the one prescription it is good for, where that is so.
    """
    rules = call.centre.site.profile.rxcentre
    allowed = rules.epc_downloads_per_identity
    if voucher and call.centre.vouchers.spent(call.db, voucher, allowed):
        raise Refused("voucher_spent")
    token = "".join(call.centre.site.chance.choices(_LETTERS, k=_LENGTH))
    call.db.execute(
        "INSERT INTO rx_token (token, id_no, institution, expires_at, voucher) VALUES (?,?,?,?,?)",
        (
            token,
            person.id_no,
            call.app.institution,
            written(call.now + timedelta(seconds=rules.epc_token_ttl_s)),
            voucher,
        ),
    )
    if only:
        call.db.execute("INSERT INTO rx_token_only VALUES (?,?)", (token, only))
    return token


def live_token(call: Call) -> Row:
    """The token of the message, alive and of this institution. Raises ``Refused``."""
    row: Row | None = call.db.execute(
        "SELECT * FROM rx_token WHERE token=?", (call.text("epcToken"),)
    ).fetchone()
    if row is None or row["expires_at"] <= written(call.now):
        raise Refused("token_dead")
    if row["institution"] != call.app.institution:
        raise Refused("token_foreign")
    return row


def spend(call: Call, token: Row, hi_rxno: str) -> None:
    """Bind a token to its one prescription, and the identity read to its one download.

    Raises ``Refused`` where either has been used.
    """
    allowed = call.centre.site.profile.rxcentre.epc_downloads_per_identity
    only = call.db.execute(
        "SELECT hi_rxno FROM rx_token_only WHERE token=?", (token["token"],)
    ).fetchone()
    if only is not None and only["hi_rxno"] != hi_rxno:
        raise Refused("token_foreign")
    if token["hi_rxno"]:
        raise Refused("token_dead")
    if token["voucher"] and call.centre.vouchers.spent(call.db, token["voucher"], allowed):
        raise Refused("voucher_spent")
    call.db.execute("UPDATE rx_token SET hi_rxno=? WHERE token=?", (hi_rxno, token["token"]))
    call.centre.vouchers.spend(call.db, token["voucher"])


def require_bound(call: Call, hi_rxno: str) -> Row:
    """The live token that downloaded this very prescription. Raises ``Refused``."""
    token = live_token(call)
    if token["hi_rxno"] != hi_rxno:
        raise Refused("token_foreign")
    return token
