"""The training authority: its root, and the certificate each hospital seals with (9.2, 13)."""

import base64
from datetime import timedelta

from app.crypto.ca import Signer, Usage, issue, new_root, read_certificate
from app.crypto.cms import sign_detached
from app.crypto.digests import sm3
from app.crypto.signed_pdf import seal
from app.crypto.sm2 import key_pair
from app.sandbox.rx.books.changes import Sealed
from app.sandbox.rx.books.records import PLATFORM_ZONE
from app.sandbox.rx.wire.parties import App
from app.sandbox.site import Site

ROOT_NAME = "训练平台电子处方签章根证书"
_REASON = "医保电子签名"
_BACKDATED = timedelta(days=400)


class Authority:
    """Signs for hospitals. Its keys lie in the state file, so old seals keep holding."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._signers: dict[str, Signer] = {}
        self._root = self._kept("root") or self._new_root()

    @property
    def roots(self) -> list[str]:
        """Base64 of the DER roots a client has to trust."""
        return [base64.b64encode(self._root.certificate.der).decode()]

    def sign(self, app: App, original: bytes, document: bytes) -> Sealed:
        """Seal the values and the file in the name of a hospital. ``document`` is a PDF."""
        signer = self._signer(app)
        local = self._site.clock.now()
        at = local.replace(tzinfo=PLATFORM_ZONE)
        sealed = seal(document, signer, at, _REASON)
        return Sealed(
            original=original,
            document=sealed,
            digest=sm3(sealed).hex(),
            sign_digest=base64.b64encode(sign_detached(original, signer, at)).decode(),
            cert_sn=signer.certificate.serial,
            cert_dn=f"C=CN,CN={signer.certificate.subject}",
            signed_at=local,
        )

    def digest(self, document: bytes) -> str:
        """SM3 of a file, lower-case hex."""
        return sm3(document).hex()

    def _signer(self, app: App) -> Signer:
        name = f"seal {app.institution}"
        if name not in self._signers:
            self._signers[name] = self._kept(name) or self._new_signer(name, app)
        return self._signers[name]

    def _new_root(self) -> Signer:
        at = self._site.clock.now().replace(tzinfo=PLATFORM_ZONE) - _BACKDATED
        root = new_root(ROOT_NAME, at)
        self._keep("root", root)
        return root

    def _new_signer(self, name: str, app: App) -> Signer:
        at = self._site.clock.now().replace(tzinfo=PLATFORM_ZONE) - _BACKDATED
        certificate = issue(self._root, app.name, app.pair, at, Usage.SEAL)
        signer = Signer(app.pair, certificate)
        self._keep(name, signer)
        return signer

    def _keep(self, name: str, signer: Signer) -> None:
        with self._site.state.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO rx_setting VALUES (?,?), (?,?)",
                (f"{name} key", signer.pair.private, f"{name} cert", signer.certificate.der),
            )

    def _kept(self, name: str) -> Signer | None:
        with self._site.state.reading() as db:
            rows = db.execute(
                "SELECT name, value FROM rx_setting WHERE name IN (?,?)",
                (f"{name} key", f"{name} cert"),
            ).fetchall()
        found = {row["name"]: bytes(row["value"]) for row in rows}
        if not found:
            return None
        certificate = read_certificate(found[f"{name} cert"])
        return Signer(key_pair(found[f"{name} key"]), certificate)
