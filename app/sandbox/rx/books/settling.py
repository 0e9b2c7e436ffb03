"""What the core platform asks and tells about prescriptions in a bill (site.Prescriptions)."""

from app.sandbox.rx.books import changes
from app.sandbox.rx.books.records import APPROVED, Stage, find
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.site import Site


class SettledPrescriptions:
    """Called inside the core platform's own transaction, so both agree or neither happened."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def refusal_to_settle(self, rx_number: str, person_id_no: str, institution: str) -> str:
        """Empty when this pharmacy may settle it for this person now, else the reason."""
        with self._site.state.reading() as db:
            rx = find(db, rx_number)
        if rx is None or rx.id_no != person_id_no:
            return Refused("rx_unknown").text
        if rx.settlement:
            return Refused("rx_used").text
        if rx.stage is not Stage.UPLOADED:
            return Refused("rx_undone").text
        audit = rx.audit
        if audit is None or audit.verdict != APPROVED or audit.institution != institution:
            return Refused("not_audited").text
        return ""

    def settled(self, rx_number: str, settlement: str) -> None:
        """A settlement stands: the prescription is used and can no longer be withdrawn."""
        with self._site.state.writing() as db:
            changes.settle(db, rx_number, settlement, self._site.clock.now())

    def unsettled(self, rx_number: str, settlement: str) -> None:
        """That settlement was revoked or reversed: the prescription is free again."""
        with self._site.state.writing() as db:
            changes.unsettle(db, rx_number, settlement)
