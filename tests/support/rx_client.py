"""A plain foreign client of the prescription centre, built from the documents alone."""

import base64
import http.client
import json
import time
import urllib.parse
from collections.abc import Mapping
from typing import Any, Self

from app.crypto import sm2
from app.crypto.derive import rx_content_key
from app.crypto.keys import read_private, read_public
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb


def canonical(content: object) -> str:
    """Sorted, compact, Chinese as it is; callers send texts only and no empties."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class RxClient:
    """One institution of the ready line (``pharmacy`` or ``hospital``) on one connection."""

    def __init__(self, ready: Mapping[str, Any], side: str) -> None:
        self.ready = ready
        self.code = str(ready[side]["code"])
        self.name = str(ready[side]["name"])
        self.keys = ready[side]["keys"]
        self._pair = read_private(self.keys["privateKey"])
        self._platform = read_public(self.keys["platformPublicKey"])
        self._key = rx_content_key(self.keys["appId"], self.keys["appSecret"])
        host = urllib.parse.urlsplit(str(ready["url"])).netloc
        self._connection = http.client.HTTPConnection(host, timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self._connection.close()

    def message(self, content: Mapping[str, object]) -> dict[str, object]:
        """Signed and encrypted (prescription-centre 2.1, 3, 4)."""
        head: dict[str, object] = {
            "appId": self.keys["appId"],
            "encType": "SM4",
            "signType": "SM2",
            "timestamp": str(int(time.time() * 1000)),
            "version": "1.0.0",
        }
        data = canonical(content)
        text = self._signed_text({**head, "data": data})
        head["encData"] = encrypt_ecb(self._key, data.encode()).hex().upper()
        head["signData"] = base64.b64encode(sm2.sign(self._pair, text)).decode()
        return head

    def _signed_text(self, fields: Mapping[str, object]) -> bytes:
        joined = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
        return f"{joined}&key={self.keys['appSecret']}".encode()

    def post(self, operation: str, body: bytes) -> tuple[int, bytes]:
        path = urllib.parse.urlsplit(str(self.ready["endpoints"][operation])).path
        self._connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def exchange(self, operation: str, message: Mapping[str, object]) -> dict[str, Any]:
        """Send a finished message; the answer as it came, its signature not yet judged."""
        status, body = self.post(operation, json.dumps(message, ensure_ascii=False).encode())
        if status != 200:
            raise AssertionError((status, body))
        reply: dict[str, Any] = json.loads(body)
        return reply

    def signature_holds(self, reply: Mapping[str, Any]) -> bool:
        """Whether the platform signed exactly this answer."""
        fields = {k: v for k, v in reply.items() if k not in ("signData", "encData")}
        if reply.get("encData"):
            fields["data"] = canonical(self.opened(reply))
        signature = base64.b64decode(reply["signData"])
        return sm2.verify(self._platform, self._signed_text(fields), signature)

    def opened(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(decrypt_ecb(self._key, bytes.fromhex(reply["encData"])))
        return found

    def ask(self, operation: str, content: Mapping[str, object]) -> dict[str, Any]:
        """The business object of an answer that must be a signed yes."""
        reply = self.exchange(operation, self.message(content))
        if reply["code"] != 0:
            raise AssertionError((reply["code"], reply["message"]))
        if not self.signature_holds(reply):
            raise AssertionError("signature")
        return self.opened(reply)

    def refusal(self, operation: str, content: Mapping[str, object]) -> int:
        """The code of an answer that must be a signed no."""
        reply = self.exchange(operation, self.message(content))
        if not self.signature_holds(reply) or "encData" in reply:
            raise AssertionError(reply)
        return int(reply["code"])

    def decode(self, evoucher: str, business: str) -> dict[str, Any]:
        """The whole answer of the e-voucher service."""
        asked = {
            "orgId": self.code,
            "businessType": business,
            "operatorId": "1001",
            "operatorName": "收银一",
            "officeId": "01",
            "officeName": "收银台",
            "ecQrCode": evoucher,
        }
        _, body = self.post("decode_voucher", json.dumps(asked).encode())
        answer: dict[str, Any] = json.loads(body)
        return answer

    def token(self, id_no: str, business: str = "02122") -> str:
        """A live e-voucher token of a person who just showed the phone."""
        _, body = self.post("issue_evoucher", json.dumps({"id_no": id_no}).encode())
        return str(self.decode(json.loads(body)["evoucher"], business)["data"]["ecToken"])
