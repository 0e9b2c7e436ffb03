"""An institution that speaks to the stand-in over its own wire, from inside the same process.

The hospital mints prescriptions with it: every frame, signature and field check is the one a
foreign client meets; only the socket is missing.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.crypto import sm2
from app.crypto.derive import rx_content_key
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb
from app.profile.operations import Operation
from app.sandbox.core.frame.desk import Desk
from app.sandbox.core.frame.envelope import GatewayGuard
from app.sandbox.core.frame.proof import Proof
from app.sandbox.core.install import credentials
from app.sandbox.router import Registry, Request
from app.sandbox.rx.wire.canonical import Object, compact, normal, read, signed_text
from app.sandbox.rx.wire.parties import App
from app.sandbox.site import Site


class PartnerRefused(Exception):
    """The stand-in said no to its own hospital: the scenario contradicts its rules."""


@dataclass(slots=True)
class Partner:
    """One institution with its application keys; signs in once a day."""

    site: Site
    registry: Registry
    app: App
    operator: str
    _signed_in: tuple[str, str] = ("", "")

    def core(self, operation: Operation, content: Mapping[str, object]) -> Object:
        """One core-platform exchange, signed in for the day. Raises ``PartnerRefused``."""
        return self._core(operation, content, self._sign_no())

    def rx(self, operation: Operation, content: Mapping[str, object]) -> Object:
        """One prescription-centre exchange. Raises ``PartnerRefused``.

        The answer's signature is not judged: nobody stands between two rooms of one process.
        """
        key = rx_content_key(
            self.app.app_id,
            self.app.app_secret,
            self.site.profile.rxcentre.epc_key_derivation,
        )
        reply = read(self._send(operation, self._rx_message(content, key), {}))
        if reply.get("code") != "0":
            raise PartnerRefused(f"{operation}: {reply.get('code')} {reply.get('message')}")
        return read(decrypt_ecb(key, bytes.fromhex(str(reply["encData"]))))

    def _rx_message(self, content: Mapping[str, object], key: bytes) -> bytes:
        data = normal(content) or {}
        message: Object = {
            "appId": self.app.app_id,
            "encType": "SM4",
            "signType": "SM2",
            "timestamp": str(int(self.site.clock.real().timestamp() * 1000)),
            "version": "1.0.0",
        }
        signature = sm2.sign(self.app.pair, signed_text(message, data, self.app.app_secret))
        message["encData"] = encrypt_ecb(key, compact(data).encode()).hex().upper()
        message["signData"] = base64.b64encode(signature).decode()
        return json.dumps(message).encode()

    def _sign_no(self) -> str:
        day, number = self._signed_in
        today = self.site.clock.now().date().isoformat()
        if day != today:
            asked = {"opter_no": self.operator, "mac": "00-00-00-00-00-00", "ip": "127.0.0.1"}
            output = self._core(Operation.OPEN_DAY, {"signIn": asked}, "")
            number = str(output["signinoutb"]["sign_no"])
            self._signed_in = (today, number)
        return number

    def _core(self, operation: Operation, content: Mapping[str, object], sign_no: str) -> Object:
        core, now = self.site.profile.core, self.site.clock.now()
        serial = self.site.state.next_number("partner_message") % 10_000
        frame = {
            "infno": self.site.profile.address(operation),
            "msgid": f"{self.app.institution}{now:%Y%m%d%H%M%S}{serial:04d}",
            "mdtrtarea_admvs": self.site.demo.hospital.area,
            "insuplc_admdvs": self.site.demo.hospital.area,
            "recer_sys_code": core.recer_sys_code,
            "infver": core.infver,
            "opter_type": core.opter_type,
            "opter": self.operator,
            "opter_name": self.operator,
            "inf_time": f"{now:%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": self.app.institution,
            "fixmedins_name": self.app.name,
            "sign_no": sign_no,
            "input": content,
        }
        encoding = self.site.profile.encoding(operation)
        proof = Proof(self.site)
        signed = proof.sign(self._as_text(frame), self.app)
        body = json.dumps(signed, ensure_ascii=False).encode(encoding)
        answer = self._send(operation, body, self._gateway_headers())
        reply = proof.reveal(json.loads(answer.decode(encoding)))
        if reply.get("infcode") != 0:
            raise PartnerRefused(f"{operation}: {reply.get('err_msg', reply)}")
        output: Any = reply["output"] or {}
        return dict(output)

    def _as_text(self, frame: Mapping[str, object]) -> dict[str, object]:
        """The input as a text where this region wants one."""
        if not self.site.profile.core.input_as_string:
            return dict(frame)
        return {**frame, "input": json.dumps(frame["input"], ensure_ascii=False)}

    def _gateway_headers(self) -> dict[str, str]:
        account, secret = credentials(self.site.seed)
        stamp = str(int(self.site.clock.real().timestamp()))
        nonce = secrets.token_hex(16)
        guard = GatewayGuard(self.site.profile.core, account, secret)
        return {
            "x-tif-paasid": account,
            "x-tif-timestamp": stamp,
            "x-tif-nonce": nonce,
            "x-tif-signature": guard.signature(stamp, nonce),
            "authorization": f"Bearer {Desk(self.site).token()}",
        }

    def _send(self, operation: Operation, body: bytes, headers: Mapping[str, str]) -> bytes:
        path = self.registry.endpoints("")[operation]
        entry = self.registry.find(path, body)
        if entry is None:
            raise PartnerRefused(f"{operation}: nobody answers")
        return entry.handler(Request("POST", path, headers, body)).body
