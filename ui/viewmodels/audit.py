"""审方: ten checks, acknowledged hints, an opinion; exactly that is uploaded."""

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.audit import Check, Verdict, Weight
from app.domain.case import Phase, Step
from app.workflow.views.case import CaseView, HintView, PharmacistView, ReviewView
from ui.viewmodels.counter import CounterModel


class AuditModel(QObject):
    """What the pharmacist has ticked and written so far. Nothing is ever pre-ticked."""

    changed = Signal()
    document_ready = Signal(bytes)
    """The verified file, once per case."""

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.view: ReviewView | None = None
        self.checked: frozenset[Check] = frozenset()
        self.acknowledged: frozenset[str] = frozenset()
        self.opinion = ""
        self.refusing = False
        self.reason = ""
        self.taken_over = False
        """Another pharmacist stands here than the one who began; what they did is cleared."""
        self._looked: int | None = None
        self._case_id: int | None = None
        self._digest = ""
        self._waiting = False
        counter.case_changed.connect(self.render)
        counter.busy_changed.connect(lambda _busy: self.changed.emit())

    def render(self, case: CaseView) -> None:
        """Take a new case; ticks survive all but another case, file or pharmacist."""
        review = case.review
        if review is None or case.step is not Step.AUDIT:
            return
        if (case.case_id, review.digest) != (self._case_id, self._digest):
            self._case_id, self._digest = case.case_id, review.digest
            self._looked, self.taken_over = None, False
            self._begin(review)
            self._fetch(case.case_id)
        self._meet(review)
        self.view = review
        self._waiting = case.phase in (Phase.SENT, Phase.UNKNOWN)
        self.changed.emit()

    def _begin(self, review: ReviewView) -> None:
        self.checked, self.acknowledged = frozenset(), frozenset()
        self.opinion, self.reason, self.refusing = review.prefilled, "", False

    def _meet(self, review: ReviewView) -> None:
        """Who proved themselves looks for themselves; a proof that ran out changes nobody."""
        if review.pharmacist is None:
            return
        if self._looked not in (None, review.pharmacist.staff_id):
            self.taken_over = True
            self._begin(review)
        self._looked = review.pharmacist.staff_id

    def _fetch(self, case_id: int) -> None:
        workflow = self.counter.workflow

        def show(content: bytes) -> None:
            if case_id == self._case_id:
                self.document_ready.emit(content)

        self.counter.bridge.submit("desk", lambda: workflow.document(case_id), show)

    # what is missing

    @property
    def pharmacist(self) -> PharmacistView | None:
        return self.view.pharmacist if self.view is not None else None

    def now(self) -> datetime:
        """The platform's time."""
        return self.counter.clock.now()

    @property
    def proved(self) -> bool:
        """Whether somebody who may audit stands here, with a proof that still counts."""
        if self.view is None or self.view.pharmacist is None or self.view.needs_proof:
            return False
        until = self.view.pharmacist.proof_expires_at
        return until is None or self.now() < until

    @property
    def open_checks(self) -> tuple[Check, ...]:
        """What has not been looked at, in the order of the four looks."""
        groups = self.view.checks if self.view is not None else ()
        return tuple(c for _, checks in groups for c in checks if c not in self.checked)

    @property
    def count(self) -> tuple[int, int]:
        """(checked, all)."""
        groups = self.view.checks if self.view is not None else ()
        everything = sum(len(checks) for _, checks in groups)
        return everything - len(self.open_checks), everything

    @property
    def open_hints(self) -> tuple[HintView, ...]:
        """Ambers that wait for a word, and reds, which nothing clears."""
        hints = self.view.hints if self.view is not None else ()
        return tuple(h for h in hints if h.hint.weight is not Weight.NOTE and not self._seen(h))

    def _seen(self, hint: HintView) -> bool:
        if hint.hint.weight is Weight.RED:
            return False
        return hint.acknowledged or hint.hint_id in self.acknowledged

    def seen(self, hint: HintView) -> bool:
        """Whether this amber was acknowledged."""
        return self._seen(hint)

    @property
    def may_approve(self) -> bool:
        """Everything is looked at and somebody who may is here."""
        nothing_open = not self.open_checks and not self.open_hints
        return self.may_decide and nothing_open and bool(self.opinion.strip())

    @property
    def may_refuse(self) -> bool:
        return self.may_decide and bool(self.reason.strip())

    @property
    def may_decide(self) -> bool:
        return self.view is not None and self.proved and not self.counter.busy and not self._waiting

    # intentions

    def toggle(self, check: Check) -> None:
        """Space."""
        self.checked = self.checked ^ {check}
        self.changed.emit()

    def acknowledge(self) -> None:
        """F7: the amber in front was seen and told."""
        amber = next((h for h in self.open_hints if h.hint.weight is Weight.AMBER), None)
        if amber is not None:
            self.acknowledged = self.acknowledged | {amber.hint_id}
            self.changed.emit()

    def write(self, opinion: str) -> None:
        """The opinion that goes with an approval."""
        if opinion != self.opinion:
            self.opinion = opinion
            self.changed.emit()

    def write_reason(self, reason: str) -> None:
        """The opinion that goes with a refusal."""
        if reason != self.reason:
            self.reason = reason
            self.changed.emit()

    def refuse_instead(self, refusing: bool) -> None:
        """Ctrl R opens the refusal, Esc leaves it; nothing is sent by either."""
        if refusing != self.refusing:
            self.refusing = refusing
            self.changed.emit()

    def approve(self) -> None:
        """F12."""
        if self.may_approve and not self.refusing:
            self._decide(Verdict.APPROVED, self.opinion)

    def refuse(self) -> None:
        """F12 while refusing: uploaded too, and the case ends here."""
        if self.may_refuse and self.refusing:
            self._decide(Verdict.REFUSED, self.reason)

    def _decide(self, verdict: Verdict, opinion: str) -> None:
        checked, acknowledged = self.checked, tuple(sorted(self.acknowledged))
        workflow = self.counter.workflow
        self.counter.intend(
            lambda case_id: workflow.decide(
                case_id, verdict, opinion.strip(), sorted(checked), acknowledged
            ),
            proceed=True,
        )
