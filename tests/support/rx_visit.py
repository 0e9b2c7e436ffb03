"""One visit at a pharmacy, step by step, as messages of a foreign client."""

import base64
from datetime import datetime, timedelta, timezone
from typing import Any

from app.crypto.digests import sm3
from resources.scenarios import DemoPerson, DemoPharmacist
from tests.support.core_bill import demo
from tests.support.rx_client import RxClient

OPINION = "审核通过，准予调配"


def platform_now() -> str:
    return f"{datetime.now(timezone(timedelta(hours=8))):%Y-%m-%d %H:%M:%S}"


def scenario_number(ready: Any, key: str) -> dict[str, str]:
    """The minted prescription of a scenario key: oldest first, as the ready line lists them."""
    ordered = sorted(demo().prescriptions, key=lambda rx: -rx.issued_hours_ago)
    place = [rx.key for rx in ordered].index(key)
    found: dict[str, str] = ready["prescriptions"][place]
    return found


class Visit:
    """Who stands at the counter, and what the centre has answered so far."""

    def __init__(self, client: RxClient, person: DemoPerson) -> None:
        self.client = client
        self.person = person
        self.listed: list[dict[str, Any]] = []
        self.rx_token = ""

    def institution(self) -> dict[str, object]:
        return {"fixmedinsCode": self.client.code, "fixmedinsName": self.client.name}

    def credential(self, voucher: str = "") -> dict[str, object]:
        """A fresh e-voucher, or the given token."""
        token = voucher or self.client.token(self.person.id_no)
        return {"mdtrtCertType": "01", "mdtrtCertNo": token, "psnName": self.person.name}

    def authorise(self, **shown: object) -> None:
        asked = {**(shown or self.credential()), **self.institution()}
        found = self.client.ask("authorise", asked)
        self.listed, self.rx_token = found.get("rxList", []), found["epcToken"]

    def row(self, hi_rxno: str) -> dict[str, Any]:
        return next(row for row in self.listed if row["hiRxno"] == hi_rxno)

    def named(self, hi_rxno: str, **more: object) -> dict[str, object]:
        return {
            "hiRxno": hi_rxno,
            "epcToken": self.rx_token,
            "fixmedinsCode": self.client.code,
            **more,
        }

    def download(self, hi_rxno: str) -> dict[str, Any]:
        return self.client.ask("download", self.named(hi_rxno))

    def verify(self, downloaded: dict[str, Any]) -> dict[str, Any]:
        file = base64.b64decode(downloaded["rxFile"])
        asked = self.named(downloaded["hiRxno"], signDigest=sm3(file).hex())
        return self.client.ask("verify", asked)

    def audit_content(
        self, hi_rxno: str, serial: str, verdict: str = "1", **changes: object
    ) -> dict[str, object]:
        pharmacist: DemoPharmacist = demo().pharmacists[0]
        return {
            **self.named(hi_rxno),
            **self.institution(),
            "ecToken": self.client.token(pharmacist.id_no),
            "pharCertType": "01",
            "pharCertno": pharmacist.id_no,
            "pharCode": pharmacist.code,
            "pharName": pharmacist.name,
            "rxChkOpnn": OPINION,
            "rxChkTime": platform_now(),
            "rxChkStasCodg": verdict,
            "rxSignVerifySn": serial,
            **changes,
        }

    def audited(self, hi_rxno: str, verdict: str = "1") -> str:
        """The whole way up to the audit; its serial."""
        self.authorise()
        serial = self.verify(self.download(hi_rxno))["rxSignVerifySn"]
        content = self.audit_content(hi_rxno, serial, verdict)
        return str(self.client.ask("audit", content)["rxChkBizSn"])
