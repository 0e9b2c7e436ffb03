"""Plays one counter visit through the real window: keys, scans, pictures; never a shortcut.

Waits on signals of the models with deadlines. What is shown to the camera, scanned or pushed into
a reader comes as callables from ``app.main``, which knows the bench.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEventLoop

from app.domain.audit import Weight
from app.domain.case import Phase, Step
from app.domain.errors import Code, Trouble
from app.workflow.views.case import BannerKind, CaseView, DrugLineView
from ui.counter_window import CounterWindow
from ui.demo_looks import (
    hangs,
    is_shut,
    line_of,
    needs_credential,
    no_prescription,
    nothing_to_take,
    place_is_unknown,
    spent,
    told,
    unfilled,
)
from ui.demo_next import NobodyLeft, pass_over, require_somebody
from ui.demo_person import Ended, Hands, Late, Limits, Person, SignIn
from ui.demo_report import EndedBy, StallMeter, StepReport, VisitReport, ended_by
from ui.keys import Key, offer_key
from ui.pages.audit import AuditPage
from ui.pages.sign_in import SignInPage
from ui.viewmodels.places import Place, place_of
from ui.viewmodels.scan import waits_for_a_word

__all__ = ["Hands", "Limits", "SignIn", "Visit", "play_visit"]
_LAYOUT_ROUNDS = 3
"""New widgets are laid out and shown over several rounds of the event loop."""


class Visit:
    """One customer from the first key to the next customer."""

    def __init__(
        self, counter_window: CounterWindow, hands: Hands, out: Path, limits: Limits | None = None
    ) -> None:
        self._counter = counter_window.counter
        self._window = counter_window.window
        self._hands, self._out, self._limits = hands, out, limits or Limits()
        self._person = Person(self._window, self._limits, partial(is_shut, self._window))
        self._steps: list[StepReport] = []
        self._pictures: list[str] = []
        self._codes: list[str] = []
        self._trouble: Trouble | None = None
        self._own: EndedBy | None = None
        self._meter = StallMeter()
        self._case_id: int | None = None
        self._heard, self._hung = 0, 0

    def play(self, sign_in: SignIn | None, after: int | None = None) -> VisitReport:
        """Play until the goods are handed over or nothing can go on. Raises nothing.

        ``after`` is the case still on screen that belongs to the customer before.
        """
        self._out.mkdir(parents=True, exist_ok=True)
        self._counter.troubled.connect(self._hear_trouble)
        self._counter.spoken.connect(self._hear)
        whole = QElapsedTimer()
        whole.start()
        finished = False
        try:
            if sign_in is not None:
                self._timed("sign_in", lambda: self._sign_in(sign_in))
            self._person.wait(lambda: self._shows_other_than(after), "a case")
            self._meter.start()
            finished = self._serve()
        except Late as late:
            if not self._steps or self._steps[-1].outcome != "late":
                self._steps.append(StepReport(str(late), "late", whole.elapsed()))
            facts = {"step": self._steps[-1].step, "seconds": round(late.seconds) or ""}
            self._own = EndedBy(int(Code.VISIT_STALLED), facts)
        except NobodyLeft:
            self._own = EndedBy(int(Code.CUSTOMERS_SERVED))
        except Ended:
            pass
        finally:
            self._counter.troubled.disconnect(self._hear_trouble)
            self._counter.spoken.disconnect(self._hear)
        self._meter.stop()
        self._picture("end")
        why = () if finished else ended_by(self._counter.case, self._trouble, self._own)
        heard = int(self._trouble.code) if self._trouble is not None else None
        return VisitReport(
            finished=finished,
            case_id=self._case_id,
            steps=tuple(self._steps),
            screenshots=tuple(self._pictures),
            codes=tuple(self._codes),
            gui_stall_ms=self._meter.late(),
            gui_busy_ms=self._meter.busy(),
            total_ms=whole.elapsed(),
            code=why[0].code if why else heard,
            ended_by=why,
        )

    def _shows_other_than(self, before: int | None) -> bool:
        case = self._counter.case
        return case is not None and case.case_id != before

    def _serve(self) -> bool:
        acts: dict[Place, Callable[[], None]] = {
            Place.IDENTIFY: self._identify,
            Place.SELECT: self._select,
            Place.AUDIT: self._audit,
            Place.SCAN: self._scan,
            Place.SETTLE: self._settle,
            Place.SETTLE_UNKNOWN: self._clear_up,
            Place.HAND_OVER: self._hand_over,
            Place.CLOSED: self._ask_again,
        }
        for _ in range(self._limits.rounds):
            case = self._case()
            self._case_id = case.case_id
            if case.step is Step.DONE:
                return True
            if case.step is Step.CLOSED:
                raise Ended("closed")
            self._timed(case.step.value, acts[place_of(case)])
        raise Late("visit")

    def _sign_in(self, who: SignIn) -> None:
        page = self._window.page("sign_in")
        if not isinstance(page, SignInPage):
            return
        self._person.wait(page.isVisible, "sign_in")
        self._picture("sign_in")
        self._person.type(who.login)
        self._press(Key.FORWARD)
        self._person.type(who.pin)
        self._press(Key.FORWARD)
        self._person.wait(lambda: not page.isVisible(), "sign_in", self._limits.opening_s)

    def _identify(self) -> None:
        self._picture("identify")
        if self._case().needs_password:
            self._type_password()
            self._moved(Place.IDENTIFY)
            return
        require_somebody(self._hands)
        self._hands.identify()
        try:
            self._moved(Place.IDENTIFY)
        except Ended:
            if no_prescription(self._counter.case):
                self._pass_over()
                return
            # refused: the customer shows a fresh one, as often as a person would ask for it
            if self._hung > self._limits.again:
                raise
        finally:
            self._hands.clear_away()

    def _select(self) -> None:
        self._picture("select")
        if spent(self._case()):
            return self._ask_again()
        if nothing_to_take(self._case()):
            return self._pass_over()
        self._press(Key.FORWARD)
        try:
            self._moved(Place.SELECT)
        except Ended:  # or the one download of this read is gone, and a fresh code is shown
            if not spent(self._case()) or self._hung > self._limits.again:
                raise

    def _pass_over(self) -> None:
        self._trouble, self._hung = None, 0
        pass_over(self._counter, self._person, self._hands)

    def _audit(self) -> None:
        page = self._window.page("audit")
        if not isinstance(page, AuditPage):
            raise Ended("no audit page")
        model = page.model
        if self._case().phase is Phase.UNKNOWN:
            self._ask_again()
            return
        self._person.wait(lambda: page.document.view.pages() > 0, "document")
        if not model.proved:
            self._hands.prove_pharmacist()
            self._person.wait(lambda: model.proved, "pharmacist")
            self._hands.clear_away()
        if self._case().phase is Phase.UNKNOWN:
            # The decision was told and its answer is missing: the same one is told again.
            self._press(Key.ASK_AGAIN)
            self._moved(Place.AUDIT)
            return
        while (item := page.checks.first_open()) is not None:
            item.setFocus()
            self._person.type(" ")
        while any(hint.hint.weight is Weight.AMBER for hint in model.open_hints):
            self._press(Key.ACKNOWLEDGE)
        if not model.opinion.strip():
            self._press(offer_key(1))
        self._picture("audit")
        if model.open_hints:  # a red one, which nothing clears: no pharmacist lets it pass
            self._pass_over()
            return
        self._press(Key.BIND)
        self._moved(Place.AUDIT)

    def _scan(self) -> None:
        self._picture("scan_empty")
        lines = self._case().scan
        for line in lines.lines if lines is not None else ():
            self._fill(line)
        self._picture("scan")
        if unfilled(self._case()):
            self._pass_over()
            return
        self._press(Key.BIND)
        self._moved(Place.SCAN)

    def _fill(self, line: DrugLineView) -> None:
        for code in self._hands.codes_for(line):
            now = line_of(self._case(), line.index)
            if now is None or now.scanned >= now.needed:
                return
            heard = self._heard
            self._hands.scan(code)
            self._person.wait(partial(self._judged, heard), "scan")
            after = line_of(self._case(), line.index)
            if after is not None and after.scanned > now.scanned:
                self._codes.append(code)
            if after is not None and waits_for_a_word(after):
                self._press(Key.OFFER_1)
                self._person.wait(lambda: not self._waiting_for_a_word(line.index), "acknowledge")

    def _judged(self, before: int) -> bool:
        return self._heard > before and not self._counter.busy

    def _waiting_for_a_word(self, index: int) -> bool:
        line = line_of(self._case(), index)
        return line is not None and waits_for_a_word(line)

    def _settle(self) -> None:
        if needs_credential(self._case()):
            self._hands.identify()
            self._person.wait(lambda: not needs_credential(self._case()), "credential")
            self._hands.clear_away()
            self._idle()
        if self._case().needs_password:
            self._type_password()
            self._person.wait(lambda: not self._case().needs_password, "password")
            self._idle()
        case = self._case()
        if case.step is not Step.SETTLE:
            self._press(Key.ASK_AGAIN)
            self._idle()
            if self._case() == case:
                raise Ended("refused")
            return
        if case.settle is not None and case.settle.elsewhere:
            self._write_down(case.case_id)
        else:
            self._press(offer_key(1))
        self._picture("settle")
        self._press(Key.BIND)
        self._moved(Place.SETTLE)

    def _write_down(self, case_id: int) -> None:
        """What the slip of another product says: here its number, and all of it in cash."""
        for text in (f"TRAINING-{case_id:06}", "0", "0"):
            self._person.type(text)
            self._press(Key.FORWARD)

    def _type_password(self) -> None:
        """The cursor waits in its field; the customer types and Enter asks."""
        self._picture("password")
        self._person.type(self._hands.password())
        self._press(Key.FORWARD)

    def _clear_up(self) -> None:
        self._picture("settle_unknown")
        self._person.wait(
            lambda: place_of(self._case()) is not Place.SETTLE_UNKNOWN,
            "settlement",
            self._limits.unknown_s,
        )

    def _ask_again(self) -> None:
        """F5 where a message was left hanging; the same answer twice ends the visit."""
        before = self._case()
        self._press(Key.ASK_AGAIN)
        self._idle()
        after = self._case()
        if (after.step, after.phase, told(after)) == (before.step, before.phase, told(before)):
            raise Ended("refused")

    def _hand_over(self) -> None:
        self._person.wait(self._papers_out, "papers")
        self._picture("hand_over")
        self._press(Key.BIND)
        self._person.wait(lambda: self._case().step is Step.DONE, "hand_over")

    def _papers_out(self) -> bool:
        view = self._case().hand_over
        waiting = view is not None and any(paper.waiting for paper in view.papers)
        return self._trouble is not None or not waiting

    # waiting

    def _case(self) -> CaseView:
        case = self._counter.case
        if case is None:
            raise Ended("no case")
        return case

    def _moved(self, away_from: Place) -> None:
        """Wait until the case is elsewhere, or may be tried again; a refusal ends the visit."""
        here = self._case().version

        def settled() -> bool:
            case = self._case()
            elsewhere = place_of(case) is not away_from and case.phase is not Phase.SENT
            asked = case.needs_password and case.version > here
            ended = elsewhere or asked or self._refused(case, here) or hangs(case, here)
            return not self._counter.busy and ended

        self._person.wait(settled, away_from.value)
        if place_of(self._case()) is not away_from:
            return
        self._hung += 1
        if self._case().needs_password and self._hung <= self._limits.again:
            return
        if not hangs(self._case(), here) or self._hung > self._limits.again:
            raise Ended("refused")

    def _refused(self, case: CaseView, since: int) -> bool:
        stopped = case.banner is not None and case.banner.kind is BannerKind.STOP
        return self._trouble is not None or (stopped and case.version > since)

    def _idle(self) -> None:
        self._person.wait(lambda: not self._counter.busy, "answer")

    def _timed(self, step: str, act: Callable[[], None]) -> None:
        clock = QElapsedTimer()
        clock.start()
        outcome = "done"
        try:
            act()
        except Ended as ended:
            outcome = str(ended)
            raise
        except Late:
            outcome = "late"
            raise
        finally:
            if outcome == "done" and place_is_unknown(self._counter.case):
                outcome = "unknown"
            self._steps.append(StepReport(step, outcome, clock.elapsed()))

    def _hear(self, _spoken: object) -> None:
        self._heard += 1

    def _hear_trouble(self, trouble: Trouble) -> None:
        self._trouble = trouble

    def _press(self, key: Key) -> None:
        self._trouble = None
        self._person.press(key)

    def _picture(self, name: str) -> None:
        """What the window looks like now, as a person sees it."""
        for _ in range(_LAYOUT_ROUNDS):
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        number = len(self._pictures) + 1
        path = self._out / f"{number:02}-{name}.png"
        self._window.grab().save(str(path))
        self._pictures.append(path.name)
        self._meter.skip()


def play_visit(
    counter_window: CounterWindow,
    hands: Hands,
    out: Path,
    sign_in: SignIn | None = None,
    limits: Limits | None = None,
    after: int | None = None,
) -> VisitReport:
    """Play one visit and say how it went; screenshots are written into ``out``.

    The window must be shown and started. A case that an earlier run left is finished first, from
    the page it stands on.
    """
    return Visit(counter_window, hands, out, limits).play(sign_in, after)
