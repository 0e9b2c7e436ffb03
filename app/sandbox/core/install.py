"""Moves the core platform in: tables, seed, one handler per operation of the region."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import partial

from app.profile.model import Signing
from app.profile.operations import Operation, Service
from app.sandbox.core import people, visits
from app.sandbox.core.files import download_file, upload_file
from app.sandbox.core.frame import session
from app.sandbox.core.frame.desk import Desk, client_of
from app.sandbox.core.frame.envelope import GatewayGuard
from app.sandbox.core.frame.gate import Act, Gate
from app.sandbox.core.frame.password import Passwords
from app.sandbox.core.goods import queries as stock_queries
from app.sandbox.core.goods import switches
from app.sandbox.core.goods.catalogues import (
    FILES,
    PAGES,
    by_page,
    by_version,
    query_dictionary,
)
from app.sandbox.core.goods.records import ON_FILE, on_file
from app.sandbox.core.goods.rows import ROWS, together
from app.sandbox.core.goods.stock import erase_upload, movement, seed_stock, stock_shown
from app.sandbox.core.money import settlement, statement, undo
from app.sandbox.core.money.queries import query_fees, query_settlement
from app.sandbox.core.schema import SCHEMA
from app.sandbox.router import Registry
from app.sandbox.site import Site

_MOVEMENTS = (
    Operation.COUNT_STOCK,
    Operation.CHANGE_STOCK,
    Operation.RECEIVE,
    Operation.RETURN_TO_SUPPLIER,
    Operation.UPLOAD_SALE,
    Operation.RETURN_SALE,
)
ACTS: Mapping[Operation, Act] = {
    Operation.OPEN_DAY: session.open_day,
    Operation.CLOSE_DAY: session.close_day,
    Operation.QUERY_PERSON: people.query_person,
    Operation.CHECK_ENTITLEMENT: people.check_entitlement,
    Operation.PRESETTLE: settlement.presettle,
    Operation.SETTLE: settlement.settle,
    Operation.REVOKE_SETTLEMENT: undo.revoke_settlement,
    Operation.REVERSE: undo.reverse,
    Operation.QUERY_SETTLEMENT: query_settlement,
    Operation.QUERY_FEES: query_fees,
    Operation.RECONCILE_TOTALS: statement.reconcile_totals,
    Operation.RECONCILE_LINES: statement.reconcile_lines,
    Operation.UPLOAD_FILE: upload_file,
    Operation.DOWNLOAD_FILE: download_file,
    **{operation: movement(operation) for operation in _MOVEMENTS},
    **{operation: together(operation) for operation in ROWS},
    Operation.ERASE_UPLOAD: erase_upload,
    Operation.QUERY_STOCK: stock_queries.query_stock,
    Operation.QUERY_STOCK_TRAIL: stock_queries.query_stock_trail,
    **{operation: on_file(operation) for operation in ON_FILE},
    **{operation: by_version(operation) for operation in FILES},
    **{operation: by_page(operation) for operation in PAGES},
    Operation.QUERY_DICTIONARY: query_dictionary,
    Operation.PREAUDIT: visits.preaudit,
    Operation.REGISTER_VISIT: visits.register_visit,
    Operation.UPLOAD_VISIT: visits.upload_visit,
}
"""What each operation of the core platform does."""
BASE = "/core"


def install(registry: Registry, site: Site) -> Mapping[str, object]:
    """Register every core operation this region numbers; the ``gateway`` and ``stock`` to show."""
    site.state.create(SCHEMA, switches.SCHEMA)
    people.seed_accounts(site)
    seed_stock(site)
    account, secret = credentials(site.seed)
    passwords = Passwords(site)
    gate = Gate(site, guard_of(site), passwords)
    for operation, part in site.profile.operations.items():
        act = ACTS.get(operation)
        if part.service is not Service.CORE or act is None:
            continue
        aliases = [f"{site.profile.core.path}/{part.address}"]
        if part.path:
            aliases.append(f"/fsi/api/{part.path}")
        path = f"{BASE}/{part.address}"
        registry.add(operation, path, gate.handler(operation, act), *_once(aliases, registry))
    by_number = partial(_by_number, site.profile.core.encoding)
    registry.add_switch(site.profile.core.path, by_number)
    registry.add_switch(BASE, by_number)
    gateway: dict[str, object] = {"paasid": account, "secret": secret}
    if site.profile.core.security.oauth or site.profile.core.signing is Signing.SM2_SEALED:
        registry.add("oauth_token", site.profile.oauth.path, Desk(site).token_request)
        gateway["oauth"] = client_of(site.seed).shown()
    if passwords.public:
        gateway["passwordKey"] = base64.b64encode(passwords.public).decode()
    return {"gateway": gateway, "stock": stock_shown(site)}


def _once(addresses: list[str], registry: Registry) -> list[str]:
    """Two operations of a region may share one service path; its number then tells them apart."""
    return [address for address in addresses if registry.find(address) is None]


def guard_of(site: Site) -> GatewayGuard:
    """The gateway in front of this stand-in."""
    return GatewayGuard(site.profile.core, *credentials(site.seed), Desk(site).good)


def credentials(seed: int) -> tuple[str, str]:
    """Synthetic account and secret of the gateway, the same for the same seed."""
    digest = hashlib.sha256(f"training gateway {seed}".encode()).hexdigest()
    return f"training-{seed}", digest[:32]


def _by_number(encoding: str, body: bytes) -> str | None:
    """One address for all: the transaction number stands in the body (core-platform 1.3)."""
    for attempt in ("utf-8", encoding):
        try:
            return f"{BASE}/{json.loads(body.decode(attempt)).get('infno')}"
        except UnicodeDecodeError:
            continue
        except (ValueError, AttributeError, RecursionError):
            return None
    return None


def counts(site: Site) -> Mapping[str, object]:
    """What was committed, for the state page: settlements by state, uploads by business key."""
    with site.state.reading() as db:
        settlements = db.execute("SELECT state, COUNT(*) FROM settlement GROUP BY state").fetchall()
        active = db.execute(
            "SELECT msgid, setl_id, mdtrt_id, psn_no, total_fen FROM settlement"
            " WHERE state='active'"
        ).fetchall()
        uploads = db.execute(
            "SELECT kind, COUNT(*), COUNT(DISTINCT document || '/' || item || '/' || lot)"
            " FROM stock_event WHERE msgid<>'' AND NOT erased GROUP BY kind"
        ).fetchall()
        codes = db.execute("SELECT code FROM stock_code WHERE sold=1 ORDER BY code").fetchall()
        messages = db.execute(
            "SELECT operation, SUM(infcode=0), COUNT(*) FROM message GROUP BY operation"
        ).fetchall()
        noted = db.execute("SELECT msgid, notes FROM message WHERE notes<>'[]'").fetchall()
    return {
        "settlements": {row[0]: row[1] for row in settlements},
        "active_settlements": [dict(row) for row in active],
        "uploads": {row[0]: {"rows": row[1], "business_keys": row[2]} for row in uploads},
        "sold_codes": [row[0] for row in codes],
        "messages": {row[0]: {"accepted": row[1], "all": row[2]} for row in messages},
        "normalised": {row[0]: json.loads(row[1]) for row in noted},
    }
