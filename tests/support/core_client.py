"""A plain foreign client of the training platform's core side, built from the documents alone."""

import hashlib
import http.client
import itertools
import json
import threading
import time
import urllib.parse
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Self

_BEIJING = timezone(timedelta(hours=8))
_SERIALS = itertools.count(1)
_LOCK = threading.Lock()


class CoreClient:
    """One counter on one kept connection. ``ready`` is the ready line."""

    def __init__(self, ready: Mapping[str, Any], operator: str = "1001", hospital: bool = False):
        self.ready = ready
        self.institution = "H35010000001" if hospital else "P35010000001"
        self.operator = operator
        self.sign_no = ""
        self.area = "350199"
        self.timeout_s = 10.0
        host = urllib.parse.urlsplit(str(ready["url"])).netloc
        self._connection = http.client.HTTPConnection(host, timeout=self.timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *why: object) -> None:
        self._connection.close()

    def new_msgid(self) -> str:
        """Institution, time, sequence (core-platform 2.1); the nineties are for what is planted."""
        with _LOCK:
            till, sequence = divmod(next(_SERIALS) % 9_000, 90)
        return f"{self.institution}{datetime.now(_BEIJING):%Y%m%d%H%M%S}{till:02d}{sequence:02d}"

    def envelope(self, operation: str, content: object, **changes: object) -> dict[str, object]:
        number = urllib.parse.urlsplit(self.address(operation)).path.rpartition("/")[2]
        return {
            "infno": number,
            "msgid": self.new_msgid(),
            "mdtrtarea_admvs": "350100",
            "insuplc_admdvs": self.area,
            "recer_sys_code": "YBXT",
            "dev_no": "",
            "dev_safe_info": "",
            "cainfo": "",
            "signtype": "",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": self.operator,
            "opter_name": "收银一",
            "inf_time": f"{datetime.now(_BEIJING):%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": self.institution,
            "fixmedins_name": "示例",
            "sign_no": self.sign_no,
            "input": content,
        } | changes

    def address(self, operation: str) -> str:
        return str(self.ready["endpoints"][operation])

    def headers(self) -> dict[str, str]:
        """x-tif signature of core-platform 1.4."""
        gateway = self.ready["gateway"]
        stamp = str(int(time.time()))
        with _LOCK:
            nonce = f"n{next(_SERIALS)}"
        text = stamp + gateway["secret"] + nonce + stamp
        return {
            "Content-Type": "application/json",
            "x-tif-paasid": gateway["paasid"],
            "x-tif-timestamp": stamp,
            "x-tif-nonce": nonce,
            "x-tif-signature": hashlib.sha256(text.encode()).hexdigest(),
        }

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        path = urllib.parse.urlsplit(url).path
        sent = self.headers() if headers is None else dict(headers)
        try:
            self._connection.request("POST", path, body, sent)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise

    def frame(self, operation: str, content: object, **changes: object) -> dict[str, Any]:
        """Send one message and read the answering frame, decimals exact."""
        return self.send(operation, self.envelope(operation, content, **changes))

    def send(self, operation: str, envelope: Mapping[str, object]) -> dict[str, Any]:
        body = json.dumps(envelope, ensure_ascii=False).encode()
        status, answer = self.post(self.address(operation), body)
        if status != 200:
            raise AssertionError((status, answer))
        found: dict[str, Any] = json.loads(answer, parse_float=Decimal)
        return found

    def output(self, operation: str, content: object, **changes: object) -> dict[str, Any]:
        """The ``output`` of a message that must succeed."""
        frame = self.frame(operation, content, **changes)
        if frame["infcode"] != 0:
            raise AssertionError(frame["err_msg"])
        found: dict[str, Any] = frame["output"]
        return found

    def sign_in(self) -> None:
        node = {"opter_no": self.operator, "mac": "00-00-00-00-00-01", "ip": "192.0.2.10"}
        self.sign_no = self.output("open_day", {"signIn": node})["signinoutb"]["sign_no"]

    def impatient(self, seconds: float) -> None:
        """Give up on answers after this long."""
        self._connection.timeout = seconds
        self._connection.close()

    def control(self, name: str, content: object) -> dict[str, Any]:
        _, answer = self.post(self.address(name), json.dumps(content).encode(), {})
        found: dict[str, Any] = json.loads(answer)
        return found
