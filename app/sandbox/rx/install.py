"""Moves the prescription centre, the voucher service and the hospital in."""

from collections.abc import Mapping
from dataclasses import replace

from app.crypto.sm2 import prepare
from app.profile.operations import Operation
from app.sandbox.core.frame.gate import Gate as FrameGate
from app.sandbox.core.install import BASE as FRAMED
from app.sandbox.core.install import guard_of
from app.sandbox.hospital import slip
from app.sandbox.hospital.mint import mint
from app.sandbox.router import Handler, Registry, Reply, Request
from app.sandbox.rx import circulation, enquiries, hospital_side, pharmacy, sales
from app.sandbox.rx.books.authority import Authority
from app.sandbox.rx.books.records import SCHEMA
from app.sandbox.rx.books.settling import SettledPrescriptions
from app.sandbox.rx.framed import CentreBehindFrame
from app.sandbox.rx.gate import Act, Centre, Gate
from app.sandbox.rx.wire.envelope import Envelopes
from app.sandbox.rx.wire.parties import Parties, Side, known_parties
from app.sandbox.site import Site
from app.sandbox.voucher import (
    Holder,
    Vouchers,
    decode_handler,
    issue_handler,
    password_of,
)
from resources.scenarios import DemoStore

_PHARMACY, _HOSPITAL = (Side.PHARMACY,), (Side.HOSPITAL,)
ACTS: Mapping[Operation, tuple[Act, tuple[Side, ...]]] = {
    Operation.AUTHORISE: (pharmacy.authorise, _PHARMACY),
    Operation.DOWNLOAD: (pharmacy.download, _PHARMACY),
    Operation.VERIFY: (pharmacy.verify, _PHARMACY),
    Operation.AUDIT: (pharmacy.audit, _PHARMACY),
    Operation.UPLOAD_RX_SALE: (sales.upload, _PHARMACY),
    Operation.UNDO_RX_SALE: (sales.undo, _PHARMACY),
    Operation.QUERY_CATALOGUE: (enquiries.catalogue, _PHARMACY + _HOSPITAL),
    Operation.QUERY_ONLINE_RX: (circulation.query_online, _PHARMACY),
    Operation.DECODE_RX_CODE: (circulation.decode_code, _PHARMACY),
    Operation.SYNC_DELIVERY: (circulation.sync_delivery, _PHARMACY),
    Operation.CONFIRM_DELIVERY: (circulation.confirm_delivery, _PHARMACY),
    Operation.PRECHECK_RX: (hospital_side.precheck, _HOSPITAL),
    Operation.SIGN_RX: (hospital_side.sign, _HOSPITAL),
    Operation.UPLOAD_RX: (hospital_side.upload, _HOSPITAL),
    Operation.UNDO_RX: (hospital_side.undo, _HOSPITAL),
    Operation.QUERY_RX: (enquiries.query, _HOSPITAL),
    Operation.QUERY_AUDIT: (enquiries.query_audit, _HOSPITAL),
    Operation.QUERY_DISPENSING: (enquiries.query_dispensing, _HOSPITAL),
}
"""What each operation of the centre does, and which side may call it."""
_BASE = "/rx"


def install(registry: Registry, site: Site) -> Mapping[str, object]:
    """Register all addresses, mint what waits, and give back this room's part of the ready line."""
    site.state.create(SCHEMA, circulation.SCHEMA, slip.SCHEMA, sales.SCHEMA)
    demo = site.demo
    parties = known_parties(
        site.seed,
        (Side.PHARMACY, demo.store.code, demo.store.name),
        (Side.PHARMACY, demo.neighbour.code, demo.neighbour.name),
        (Side.HOSPITAL, demo.hospital.code, demo.hospital.name),
    )
    # everything minted below is verified with these, and so is every sale of this store
    for code in (demo.hospital.code, demo.store.code):
        prepare(parties.of(code).pair.public)
    vouchers = Vouchers(site, _holders(demo))
    authority = Authority(site)
    envelopes = Envelopes(parties, site.profile.rxcentre.epc_key_derivation)
    centre = Centre(site, parties, vouchers, authority, envelopes)
    _register(registry, centre)
    site.prescriptions = SettledPrescriptions(site)
    site.identities = vouchers
    waiting = mint(registry, centre)
    return {
        "pharmacy": {**_institution(parties, demo.store.code), "sealRoots": authority.roots},
        "hospital": _institution(parties, demo.hospital.code),
        "persons": _persons(demo, vouchers),
        "pharmacists": _pharmacists(demo, vouchers),
        "prescriptions": waiting,
    }


def _register(registry: Registry, centre: Centre) -> None:
    gate = Gate(centre)
    profile = centre.site.profile
    behind_frame = _behind_frame(centre) if profile.rxcentre.epc_channel != "http" else None
    for operation, (act, sides) in ACTS.items():
        part = profile.operations.get(operation)
        if part is None:
            continue
        aliases = [part.path] if part.path else []
        if behind_frame is not None and Side.PHARMACY in sides:
            framed = behind_frame.handler(operation, act, *sides)
            by_number = f"{profile.core.path}/{part.address}"
            by_service = f"/fsi/api/{part.path.strip('/')}"
            registry.add(operation, f"{FRAMED}/{part.address}", framed, by_number, by_service)
        registry.add(
            operation, f"{_BASE}/{part.address}", gate.handler(operation, act, *sides), *aliases
        )
    decode = decode_handler(centre.site, centre.vouchers, centre.parties)
    if profile.voucher.ec_decode_channel == "B4":
        decode = _in_characters(decode, profile.core.encoding)
    registry.add(Operation.DECODE_VOUCHER, "/voucher", decode, profile.voucher.path)
    registry.add("issue_evoucher", "/sandbox/issue_evoucher", issue_handler(centre.vouchers))
    slips = slip.slip_handler(centre.site.state)
    registry.add("purchase_slip", "/sandbox/purchase_slip", slips)
    registry.add("send_rx", "/sandbox/send_rx", circulation.send_handler(centre))
    registry.add("show_rx_code", "/sandbox/show_rx_code", circulation.show_code_handler(centre))


def _in_characters(handler: Handler, encoding: str) -> Handler:
    """What a library hands on comes in its characters and goes back in them."""

    def recoded(request: Request) -> Reply:
        body = request.body.decode(encoding, "replace").encode()
        reply = handler(replace(request, body=body))
        return replace(reply, body=reply.body.decode().encode(encoding))

    return recoded


def _behind_frame(centre: Centre) -> CentreBehindFrame:
    return CentreBehindFrame(centre, FrameGate(centre.site, guard_of(centre.site)))


def _holders(demo: DemoStore) -> Mapping[str, Holder]:
    insured = [Holder(p.name, p.id_no, p.insurances[0].area) for p in demo.persons]
    staff = [Holder(p.name, p.id_no, demo.store.area) for p in demo.pharmacists]
    return {holder.id_no: holder for holder in (*insured, *staff)}


def _institution(parties: Parties, code: str) -> dict[str, object]:
    app = parties.of(code)
    return {"code": code, "name": app.name, "keys": parties.keys(app)}


def _persons(demo: DemoStore, vouchers: Vouchers) -> list[dict[str, str]]:
    return [
        {
            "name": person.name,
            "id_no": person.id_no,
            "psn_no": person.person_no,
            "evoucher": vouchers.issue(person.id_no),
            "card_no": person.card_no,
            "card_serial": person.card_serial,
            "password": password_of(person.id_no),
        }
        for person in demo.persons
    ]


def _pharmacists(demo: DemoStore, vouchers: Vouchers) -> list[dict[str, str]]:
    return [
        {
            "name": pharmacist.name,
            "id_no": pharmacist.id_no,
            "code": pharmacist.code,
            "evoucher": vouchers.issue(pharmacist.id_no),
        }
        for pharmacist in demo.pharmacists
    ]


def counts(site: Site) -> Mapping[str, object]:
    """What was committed, for the state page: audits, holds and payments, calls by outcome."""
    with site.state.reading() as db:
        calls = db.execute(
            "SELECT operation, SUM(code=0), COUNT(*) FROM rx_call GROUP BY operation"
        ).fetchall()
        rows = db.execute(
            "SELECT hi_rxno, stage, held_by, audit<>'' AS audited, settlement FROM rx"
        ).fetchall()
        audits = db.execute(
            "SELECT hi_rxno, COUNT(*) FROM rx_call WHERE operation=? AND code=0 GROUP BY hi_rxno",
            (Operation.AUDIT,),
        ).fetchall()
        ways = circulation.deliveries(db)
        sold = sales.sold(db)
    return {
        "deliveries": ways,
        "rx_sold": sold,
        "rx_calls": {row[0]: {"accepted": row[1], "all": row[2]} for row in calls},
        "rx_audits": {row[0]: row[1] for row in audits},
        "prescriptions": {
            row["hi_rxno"]: {
                "stage": row["stage"],
                "held_by": row["held_by"],
                "audited": bool(row["audited"]),
                "settlement": row["settlement"],
            }
            for row in rows
        },
    }
