"""The centre behind the frame of the core platform: plain (2024 generation), or with its own
signed message inside the input (hybrid). Same acts, same books (prescription-centre 1).

Own spelling code: the client's is none of ours.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.profile.operations import Operation
from app.sandbox.core.frame.envelope import Call as Framed
from app.sandbox.core.frame.envelope import FieldsBroken, Output
from app.sandbox.core.frame.gate import Act as FramedAct
from app.sandbox.core.frame.gate import Gate as FrameGate
from app.sandbox.core.frame.gate import Unwrap
from app.sandbox.router import Fault, Handler, Reply, Request
from app.sandbox.rx.books.records import written
from app.sandbox.rx.gate import Act, Call, Centre
from app.sandbox.rx.wire.canonical import normal
from app.sandbox.rx.wire.parties import App, Side
from app.sandbox.rx.wire.refusals import Refused

_HUMP = re.compile("(?<=[a-z0-9])([A-Z])")
_GAP = re.compile("_([a-z0-9])")


class CentreBehindFrame:
    """Turns acts of the centre into handlers of the core platform's gate."""

    def __init__(self, centre: Centre, gate: FrameGate) -> None:
        self._centre = centre
        self._gate = gate
        self._hybrid = centre.site.profile.rxcentre.epc_channel == "hybrid"

    def handler(self, operation: Operation, act: Act, *sides: Side) -> Handler:
        """``sides`` are the kinds of institution that may call."""
        framed = self._gate.handler(
            operation, self._framed(operation, act, sides), self._unwrap(operation)
        )
        return self._spoiling(framed) if self._hybrid else framed

    def _spoiling(self, framed: Handler) -> Handler:
        """Where a fault wants it, the inner message tells another time than was signed."""
        encoding = self._centre.site.profile.core.encoding

        def spoiling(request: Request) -> Reply:
            reply = framed(request)
            if request.fault is not Fault.WRONG_SIGNATURE:
                return reply
            frame = json.loads(reply.body.decode(encoding))
            if frame["output"]:
                frame["output"]["timestamp"] = "0000000000000"
            return replace(reply, body=json.dumps(frame, ensure_ascii=False).encode(encoding))

        return spoiling

    def _unwrap(self, operation: Operation) -> Unwrap:
        node = self._centre.site.profile.tables.get("rx_nodes", {}).get(operation.value, "data")

        def plain(envelope: dict[str, Any]) -> dict[str, Any]:
            business = envelope["input"].get(node)
            if not isinstance(business, dict):
                raise FieldsBroken(f"input.{node}")
            return _spelt(business, camel)

        return self._opened if self._hybrid else plain

    def _opened(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """The centre's own message, proved to be of the institution the frame names."""
        message = json.dumps(envelope["input"], ensure_ascii=False, default=str).encode()
        try:
            opened = self._centre.envelopes.open(message, self._centre.site.clock.real())
        except Refused as no:
            raise FieldsBroken(no.text) from no
        if opened.app.institution != envelope["fixmedins_code"]:
            raise FieldsBroken(Refused("wrong_institution").text)
        return opened.content

    def _framed(self, operation: Operation, act: Act, sides: tuple[Side, ...]) -> FramedAct:
        centre = self._centre

        def framed(frame: Framed) -> Output:
            app = centre.parties.of(frame.institution)
            try:
                if app.side not in sides:
                    raise Refused("wrong_side")
                if frame.content.get("fixmedinsCode", app.institution) != app.institution:
                    raise Refused("wrong_institution")
                told = act(Call(centre, frame.db, app, frame.content, frame.now))
            except Refused as no:
                raise FieldsBroken(no.text) from no
            _note(operation, frame, app)
            return Output(self._told(app, told))

        return framed

    def _told(self, app: App, content: Mapping[str, Any]) -> Mapping[str, object]:
        if not self._hybrid:
            return _spelt(content, snake)
        sealed = self._centre.envelopes.accept(app, content, self._centre.site.clock.real())
        answer: dict[str, object] = json.loads(sealed)
        return answer


def _note(operation: Operation, frame: Framed, app: App) -> None:
    """Who asked what; inside the effect, so that only what was done is noted."""
    frame.db.execute(
        "INSERT INTO rx_call (operation, institution, hi_rxno, code, variant, at)"
        " VALUES (?,?,?,?,?,?)",
        (
            operation,
            app.institution,
            str(frame.content.get("hiRxno", "")),
            0,
            "frame",
            written(frame.now),
        ),
    )


@lru_cache(maxsize=1024)
def snake(name: str) -> str:
    """``rxChkStasCodg`` as ``rx_chk_stas_codg``."""
    return _HUMP.sub(r"_\1", name).lower()


@lru_cache(maxsize=1024)
def camel(name: str) -> str:
    """``rx_chk_stas_codg`` as ``rxChkStasCodg``."""
    return _GAP.sub(lambda found: found[1].upper(), name)


Spell = Callable[[str], str]


def _spelt(content: Mapping[str, Any], spell: Spell) -> dict[str, Any]:
    """Scalars as texts, empties gone, names respelt at every depth."""
    known = normal(content) or {}
    return {spell(name): _respelt(part, spell) for name, part in known.items()}


def _respelt(value: Any, spell: Spell) -> Any:
    if isinstance(value, Mapping):
        return {spell(name): _respelt(part, spell) for name, part in value.items()}
    if isinstance(value, list):
        return [_respelt(part, spell) for part in value]
    return value
