"""The way of one message: gateway, frame, once only, signed in, fields, operation, answer.

The effect of a message and the record of its answer are one transaction, so that a message is
either unknown or answered, and the same msgid with the same body gets the same bytes again
(core-platform 10.1).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.profile.operations import Operation
from app.sandbox.core.frame.envelope import (
    Call,
    FieldsBroken,
    GatewayGuard,
    NotOurs,
    Output,
    Refusal,
    answer,
    check_envelope,
    frame_reply,
    numbers_as_text,
    read_envelope,
    refuse,
)
from app.sandbox.core.frame.normalise import normalise
from app.sandbox.core.frame.password import Passwords
from app.sandbox.core.frame.proof import Proof
from app.sandbox.core.frame.session import check_signed_in
from app.sandbox.fields import violations
from app.sandbox.router import Fault, Handler, Reply, Request, json_reply
from app.sandbox.site import Site
from app.sandbox.state import Connection
from app.sandbox.tables import refusals

Act = Callable[[Call], Output]
Unwrap = Callable[[dict[str, Any]], dict[str, Any]]
"""What an operation sees of a whole frame. Raises ``Refusal``."""

_PERSON_BOUND = frozenset(
    {
        Operation.CHECK_ENTITLEMENT,
        Operation.PRESETTLE,
        Operation.SETTLE,
        Operation.REVOKE_SETTLEMENT,
        Operation.REVERSE,
    }
)
_ARCHIVE = "application/octet-stream"


class InnerRefusal(Refusal):
    """Refused on the second level: ``infcode`` 0, ``retRslt`` 0 (core-platform 6.10)."""


class Gate:
    """Turns an operation into a handler of the registry."""

    def __init__(self, site: Site, guard: GatewayGuard, passwords: Passwords | None = None) -> None:
        self._site = site
        self._guard = guard
        self._proof = Proof(site)
        self._passwords = passwords

    def handler(self, operation: Operation, act: Act, unwrap: Unwrap | None = None) -> Handler:
        """``unwrap`` for operations whose input is not simply the frame's."""

        def core_request(request: Request) -> Reply:
            reply = self._pass(operation, act, request, unwrap)
            return _encoded(reply, self._site.profile.encoding(operation))

        return core_request

    def _pass(
        self, operation: Operation, act: Act, request: Request, unwrap: Unwrap | None
    ) -> Reply:
        received = self._site.clock.now()
        try:
            real = self._site.clock.real().replace(tzinfo=None)
            self._guard.check(request.headers, real)
            encoding = self._site.profile.encoding(operation)
            envelope = read_envelope(request.body, encoding, self._proof.open)
            check_envelope(envelope, self._site.profile.address(operation), self._site)
            if unwrap is not None:
                envelope["input"] = unwrap(envelope)
        except NotOurs as stranger:
            return json_reply({"code": stranger.status, "message": str(stranger)}, stranger.status)
        except Refusal as no:
            return frame_reply(refuse(self._site, received, no.sentence))
        with self._site.state.writing() as db:
            call = _call(self._site, db, received, operation, envelope)
            reply = self._once(call, act, envelope, request)
        spoiled = _spoiled(reply, request.fault)
        bare = spoiled.content_type == _ARCHIVE
        return spoiled if bare else replace(spoiled, body=self._proof.close(spoiled.body))

    def _once(self, call: Call, act: Act, envelope: dict[str, Any], request: Request) -> Reply:
        digest = hashlib.sha256(request.body).hexdigest()
        earlier = call.db.execute(
            "SELECT digest, content_type, reply FROM message WHERE msgid=?", (call.msgid,)
        ).fetchone()
        if earlier is None:
            return self._first(call, act, envelope, request, digest)
        if earlier["digest"] == digest:
            return Reply(bytes(earlier["reply"]), content_type=str(earlier["content_type"]))
        return frame_reply(refuse(call.site, call.now, refusals().sentences["msgid_used"]))

    def _first(
        self, call: Call, act: Act, envelope: dict[str, Any], request: Request, digest: str
    ) -> Reply:
        notes = normalise(call.operation, call.content)
        call.db.execute("SAVEPOINT effect")
        infcode, reply = self._answer(call, act, str(envelope.get("sign_no") or ""), request.fault)
        call.db.execute("RELEASE effect")
        call.db.execute(
            "INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                call.msgid,
                str(call.operation),
                call.institution,
                digest,
                infcode,
                reply.content_type,
                reply.body,
                request.body,
                json.dumps(notes),
                call.now.isoformat(" "),
            ),
        )
        return reply

    def _answer(self, call: Call, act: Act, sign_no: str, fault: Fault | None) -> tuple[int, Reply]:
        try:
            _admit(call, sign_no, fault)
            if self._passwords is not None:
                self._passwords.check(call)
            output = act(call)
        except Refusal as no:
            call.db.execute("ROLLBACK TO effect")
            if isinstance(no, InnerRefusal) and call.site.profile.rules.result_node != "none":
                return 0, _framed(call, Output(inner_result(call, "0", no.sentence)))
            return -1, frame_reply(refuse(call.site, call.now, no.sentence))
        if fault is Fault.NO_EFFECT:
            call.db.execute("ROLLBACK TO effect")
        return 0, _framed(call, output)


def inner_result(call: Call, result: str, message: str) -> dict[str, object]:
    """``retRslt`` and ``msgRslt`` where this region writes them."""
    pair: dict[str, object] = {"retRslt": result, "msgRslt": message[:2000]}
    match call.site.profile.rules.result_node:
        case "flat":
            return pair
        case "result":
            return {"result": pair}
        case _:
            return {}


def _call(
    site: Site, db: Connection, received: datetime, operation: Operation, envelope: dict[str, Any]
) -> Call:
    return Call(
        site=site,
        db=db,
        now=received,
        operation=operation,
        msgid=str(envelope["msgid"]),
        infno=str(envelope["infno"]),
        institution=str(envelope["fixmedins_code"]),
        operator=str(envelope["opter"]),
        insured_area=str(envelope.get("insuplc_admdvs") or ""),
        content=envelope["input"],
        cainfo=str(envelope.get("cainfo") or ""),
        password_token=str(envelope.get("pw_ecToken") or ""),
    )


def _admit(call: Call, sign_no: str, fault: Fault | None) -> None:
    """All that is asked before the operation itself. Raises ``Refusal``."""
    if fault is Fault.REJECT:
        raise Refusal("played")
    if fault is Fault.DAY_NOT_OPEN:
        raise Refusal("day_not_open")
    if call.operation is not Operation.OPEN_DAY:
        check_signed_in(call, sign_no)
    if call.operation in _PERSON_BOUND and not call.insured_area:
        raise Refusal("area_missing")
    broken = violations(
        str(call.operation), "request", call.content, call.site.profile.rules.required_set_35xx
    )
    if broken:
        raise FieldsBroken("；".join(violation.sentence for violation in broken[:3]))


def _framed(call: Call, output: Output) -> Reply:
    if output.raw is not None:
        return Reply(output.raw, content_type=_ARCHIVE)
    return frame_reply(answer(call.site, call.now, output.content, call.warnings))


def _spoiled(reply: Reply, fault: Fault | None) -> Reply:
    """The stored answer as it leaves under a fault; what is stored stays clean."""
    if fault not in (Fault.WRONG_SIGNATURE, Fault.STRING_NUMBERS) or reply.content_type == _ARCHIVE:
        return reply
    frame = read_frame(reply.body)
    if fault is Fault.STRING_NUMBERS:
        return replace(reply, body=frame_reply(_as_object(numbers_as_text(frame))).body)
    return replace(reply, body=frame_reply({**frame, "signtype": "SM2", "cainfo": "00" * 64}).body)


def _encoded(reply: Reply, encoding: str) -> Reply:
    """The answer in the region's characters; what is stored stays UTF-8."""
    if encoding == "utf-8" or reply.content_type == _ARCHIVE:
        return reply
    return replace(reply, body=reply.body.decode().encode(encoding))


def read_frame(body: bytes) -> dict[str, Any]:
    """An answer of ours, decimals exact."""
    return _as_object(json.loads(body, parse_float=Decimal))


def _as_object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("a frame is an object")
    return value
