"""Prescriptions sent to a pharmacy, codes shown at it, deliveries (prescription-centre 8.3, 8.7).

Nothing but the names of these operations is public; how they work here is ours.
"""

import json
from collections.abc import Callable
from datetime import timedelta

from app.sandbox.router import Handler, Reply, Request, json_reply
from app.sandbox.rx.books.records import Rx, find, written
from app.sandbox.rx.gate import Call, Centre
from app.sandbox.rx.identity import grant
from app.sandbox.rx.wire.canonical import Object
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.rx.wire.wording import list_item, named
from app.sandbox.state import Connection

SCHEMA = """
CREATE TABLE IF NOT EXISTS rx_token_only (token TEXT PRIMARY KEY, hi_rxno TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rx_sent (
    hi_rxno TEXT NOT NULL, institution TEXT NOT NULL, sent_at TEXT NOT NULL,
    PRIMARY KEY (hi_rxno, institution));
CREATE TABLE IF NOT EXISTS rx_code (
    code TEXT PRIMARY KEY, hi_rxno TEXT NOT NULL, until TEXT NOT NULL,
    spent INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS rx_delivery (
    delv_no TEXT NOT NULL, institution TEXT NOT NULL, hi_rxno TEXT NOT NULL, state TEXT NOT NULL,
    serial TEXT NOT NULL, told TEXT NOT NULL, signed_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (delv_no, institution));
"""
_PAGE = 100
_CODE_LASTS = timedelta(minutes=5)
_UNDER_WAY = "under_way"


def query_online(call: Call) -> Object:
    """What insured people sent here, newest first, each with a token for its download."""
    rows = call.db.execute(
        "SELECT hi_rxno FROM rx_sent WHERE institution=? AND sent_at BETWEEN ? AND ?"
        " ORDER BY sent_at DESC, hi_rxno",
        (call.app.institution, call.text("begntime"), call.text("endtime")),
    ).fetchall()
    size = max(1, min(int(call.text("pageSize")), _PAGE))
    page = max(1, int(call.text("pageNum")))
    shown = [_known(call, row["hi_rxno"]) for row in rows[(page - 1) * size : page * size]]
    return {"total": len(rows), "rxList": [_sent(call, rx) for rx in shown]}


def _known(call: Call, hi_rxno: str) -> Rx:
    found = find(call.db, hi_rxno)
    if found is None:
        raise Refused("rx_unknown")
    return found


def _sent(call: Call, rx: Rx) -> Object:
    person = next(p for p in call.centre.site.demo.persons if p.id_no == rx.id_no)
    item = list_item(rx, call.app.institution, call.now)
    return {**item, "patnName": person.name, "epcToken": grant(call, person, "", rx.hi_rxno)}


def decode_code(call: Call) -> Object:
    """Once: whose prescription the code stands for, and a token for its download."""
    row = call.db.execute("SELECT * FROM rx_code WHERE code=?", (call.text("epcQrcd"),)).fetchone()
    if row is None:
        raise Refused("code_unknown")
    if row["spent"] or row["until"] <= written(call.now):
        raise Refused("code_dead")
    call.db.execute("UPDATE rx_code SET spent=1 WHERE code=?", (row["code"],))
    rx = _known(call, row["hi_rxno"])
    person = next(p for p in call.centre.site.demo.persons if p.id_no == rx.id_no)
    return {
        "epcToken": grant(call, person, "", rx.hi_rxno),
        "psnName": person.name,
        "psnCertType": "01",
        "certno": person.id_no,
        "insuPlcNo": person.insurances[0].area,
    }


def sync_delivery(call: Call) -> Object:
    """The way begins, or what the store says of it now. Told twice the same, the same serial."""
    rx, codes = _dispensed(call), call.centre.site.profile.tables["delivery_state"]
    state, told = call.text("delvStasCodg"), json.dumps(call.content, sort_keys=True)
    if state not in codes.values():
        raise Refused("field", text=state)
    known = _delivery(call)
    if known is None:
        number = call.centre.site.state.next_number("rx_delivery_serial")
        serial = f"PS{call.now:%Y%m%d%H%M%S}{number:012d}"
        call.db.execute(
            "INSERT INTO rx_delivery (delv_no, institution, hi_rxno, state, serial, told)"
            " VALUES (?,?,?,?,?,?)",
            (call.text("delvNo"), call.app.institution, rx.hi_rxno, state, serial, told),
        )
        return _answer(call, serial)
    if known["told"] != told:
        _require_open(known["state"], codes[_UNDER_WAY])
        call.db.execute(
            "UPDATE rx_delivery SET state=?, told=? WHERE delv_no=? AND institution=?",
            (state, told, call.text("delvNo"), call.app.institution),
        )
    return _answer(call, known["serial"])


def confirm_delivery(call: Call) -> Object:
    """Somebody signed, or nobody did: the end of a way that was told before."""
    _dispensed(call)
    codes, known = call.centre.site.profile.tables["delivery_state"], _delivery(call)
    state, signer = call.text("delvStasCodg"), call.text("recvSignName")
    if known is None:
        raise Refused("delivery_unknown")
    if state not in codes.values() or state == codes[_UNDER_WAY]:
        raise Refused("field", text=state)
    if state == codes["arrived"] and not signer:
        raise Refused("delivery_unsigned")
    if (known["state"], known["signed_by"]) != (state, signer):
        _require_open(known["state"], codes[_UNDER_WAY])
        call.db.execute(
            "UPDATE rx_delivery SET state=?, signed_by=? WHERE delv_no=? AND institution=?",
            (state, signer, call.text("delvNo"), call.app.institution),
        )
    return _answer(call, known["serial"])


def _require_open(state: str, under_way: str) -> None:
    if state != under_way:
        raise Refused("delivery_over")


def _dispensed(call: Call) -> Rx:
    """A prescription that this pharmacy has sold. Raises ``Refused``."""
    rx = call.rx()
    if rx.audit is None or rx.audit.institution != call.app.institution:
        raise Refused("not_audited")
    if not rx.settlement:
        raise Refused("delivery_unpaid")
    known = _delivery(call)
    if known is not None and known["hi_rxno"] != rx.hi_rxno:
        raise Refused("delivery_other")
    return rx


def _delivery(call: Call) -> dict[str, str] | None:
    row = call.db.execute(
        "SELECT * FROM rx_delivery WHERE delv_no=? AND institution=?",
        (call.text("delvNo"), call.app.institution),
    ).fetchone()
    return None if row is None else dict(row)


def _answer(call: Call, serial: str) -> Object:
    state = call.text("delvStasCodg")
    return {
        "hiRxno": call.text("hiRxno"),
        "delvNo": call.text("delvNo"),
        "delvSn": serial,
        "delvStasName": named("delv_stas_codg", state),
    }


def send_handler(centre: Centre) -> Handler:
    """The control by which an insured person sends a prescription to the pharmacy."""

    def act(db: Connection, rx: Rx) -> dict[str, object]:
        store = centre.site.demo.store.code
        sent_at = written(centre.site.clock.now())
        db.execute("INSERT OR REPLACE INTO rx_sent VALUES (?,?,?)", (rx.hi_rxno, store, sent_at))
        return {"hi_rxno": rx.hi_rxno, "sent_at": sent_at}

    return _control(centre, act)


def show_code_handler(centre: Centre) -> Handler:
    """The control by which a phone shows the code of a prescription: 27 digits, five minutes."""

    def act(db: Connection, rx: Rx) -> dict[str, object]:
        code = "".join(centre.site.chance.choices("0123456789", k=27))
        until = written(centre.site.clock.now() + _CODE_LASTS)
        db.execute(
            "INSERT INTO rx_code (code, hi_rxno, until) VALUES (?,?,?)", (code, rx.hi_rxno, until)
        )
        return {"code": code, "until": until}

    return _control(centre, act)


def _control(centre: Centre, act: Callable[[Connection, Rx], dict[str, object]]) -> Handler:
    def control(request: Request) -> Reply:
        try:
            number = str(json.loads(request.body)["hi_rxno"])
        except (ValueError, TypeError, KeyError):
            return json_reply({"error": "hi_rxno"}, 400)
        with centre.site.state.writing() as db:
            rx = find(db, number)
            if rx is None:
                return json_reply({"error": "unknown"}, 404)
            return json_reply(act(db, rx))

    return control


def deliveries(db: Connection) -> dict[str, str]:
    """State by delivery number, for the state page."""
    rows = db.execute("SELECT delv_no, state FROM rx_delivery ORDER BY delv_no").fetchall()
    return {row["delv_no"]: row["state"] for row in rows}
