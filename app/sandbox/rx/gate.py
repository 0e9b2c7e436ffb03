"""The way of one message to the centre: envelope, side, institution, fields, act, answer.

The effect of a message and the note of its outcome are one transaction; the signed answer leaves
after the commit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.profile.operations import Operation
from app.sandbox.fields import violations
from app.sandbox.router import Fault, Handler, Reply, Request
from app.sandbox.rx.books.authority import Authority
from app.sandbox.rx.books.records import Rx, find, written
from app.sandbox.rx.wire.canonical import Object
from app.sandbox.rx.wire.envelope import Envelopes, Opened
from app.sandbox.rx.wire.parties import App, Parties, Side
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.site import Site
from app.sandbox.state import Connection
from app.sandbox.voucher import Vouchers

_SHOWN_VIOLATIONS = 3


@dataclass(frozen=True, slots=True)
class Centre:
    """Everything the operations of the centre share."""

    site: Site
    parties: Parties
    vouchers: Vouchers
    authority: Authority
    envelopes: Envelopes


@dataclass(frozen=True, slots=True)
class Call:
    """One proved and complete message inside one open transaction. ``now`` is training time."""

    centre: Centre
    db: Connection
    app: App
    content: Object
    now: datetime

    def text(self, name: str) -> str:
        """A field of the message; empty where it is missing."""
        return str(self.content.get(name, ""))

    def rx(self) -> Rx:
        """The prescription the message names. Raises ``Refused``."""
        found = find(self.db, self.text("hiRxno"))
        if found is None:
            raise Refused("rx_unknown")
        return found


Act = Callable[[Call], Mapping[str, object]]


class Gate:
    """Turns an operation into a handler of the registry."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre

    def handler(self, operation: Operation, act: Act, *sides: Side) -> Handler:
        """``sides`` are the kinds of institution that may call."""

        def rx_request(request: Request) -> Reply:
            return self._pass(operation, act, sides, request)

        return rx_request

    def _pass(
        self, operation: Operation, act: Act, sides: tuple[Side, ...], request: Request
    ) -> Reply:
        real = self._centre.site.clock.real()
        envelopes = self._centre.envelopes
        opened: Opened | None = None
        try:
            opened = envelopes.open(request.body, real)
            if request.fault is Fault.REJECT:
                raise Refused("faulty")
            _admit(operation, opened, sides)
            content = self._act(operation, act, opened, request.fault)
        except Refused as no:
            self._note(operation, opened, no.code)
            app = opened.app if opened else envelopes.known(request.body)
            return Reply(envelopes.refuse(app, no, real))
        if request.fault is Fault.WRONG_SIGNATURE:
            spoiled = envelopes.accept(opened.app, content, real, told=real - timedelta(seconds=1))
            return Reply(spoiled)
        text_code = request.fault is Fault.STRING_NUMBERS
        return Reply(envelopes.accept(opened.app, content, real, code="0" if text_code else 0))

    def _act(
        self, operation: Operation, act: Act, opened: Opened, fault: Fault | None
    ) -> Mapping[str, object]:
        site = self._centre.site
        with site.state.writing() as db:
            call = Call(self._centre, db, opened.app, opened.content, site.clock.now())
            db.execute("SAVEPOINT effect")
            content = act(call)
            if fault is Fault.NO_EFFECT:
                db.execute("ROLLBACK TO effect")
            db.execute("RELEASE effect")
            self._note(operation, opened, 0)
        return content

    def _note(self, operation: Operation, opened: Opened | None, code: int) -> None:
        """Who asked what and how it ended; no name, number of a person or token is kept."""
        site = self._centre.site
        with site.state.writing() as db:
            db.execute(
                "INSERT INTO rx_call (operation, institution, hi_rxno, code, variant, at)"
                " VALUES (?,?,?,?,?,?)",
                (
                    operation,
                    opened.app.institution if opened else "",
                    str(opened.content.get("hiRxno", "")) if opened else "",
                    code,
                    opened.variant if opened else "",
                    written(site.clock.now()),
                ),
            )


def _admit(operation: Operation, opened: Opened, sides: tuple[Side, ...]) -> None:
    if opened.app.side not in sides:
        raise Refused("wrong_side")
    broken = violations(str(operation), "request", opened.content)
    if broken:
        sentences = "；".join(violation.sentence for violation in broken[:_SHOWN_VIOLATIONS])
        raise Refused("field", text=sentences)
    if opened.content.get("fixmedinsCode", opened.app.institution) != opened.app.institution:
        raise Refused("wrong_institution")
