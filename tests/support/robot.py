"""A patient person at the counter: looks at the view and does the next sensible thing."""

from dataclasses import dataclass, field

from app.domain.case import Phase, Step
from app.domain.errors import OperatorInput
from app.workflow.views.case import CaseView
from tests.support.visit import Visit

PATIENCE = 60
WAIT_S = 30.0
MANAGER = ("3001", "112358")


@dataclass
class Robot:
    """Serves one visit to its end, whatever the platform does. ``seen`` keeps banner codes."""

    visit: Visit
    seen: list[int] = field(default_factory=list)
    restart_at: Step | None = None
    case_id: int | None = None
    """The case to serve; the one at the counter where it is None."""

    def serve(self) -> CaseView:
        """The last view. Fails where patience runs out."""
        bench = self.visit.bench
        named = self.case_id
        case = bench.surface.current() if named is None else bench.surface.view(named)
        for _ in range(PATIENCE):
            if case.banner is not None:
                self.seen.append(case.banner.code)
            if case.step in (Step.DONE, Step.CLOSED):
                return case
            if self.restart_at is case.step:
                self.restart_at = None
                bench.restart()
                case = bench.surface.view(case.case_id)
            case = self._next(case)
        raise AssertionError(f"stuck at {case.step} {case.phase} {case.banner}")

    def _next(self, case: CaseView) -> CaseView:
        visit, surface = self.visit, self.visit.bench.surface
        match case.step:
            case Step.IDENTIFY | Step.AUTHORISE:
                return visit.identify(case)
            case Step.DOWNLOAD:
                return self._download(case)
            case Step.VERIFY | Step.UPLOAD_SALE:
                return surface.retry(case.case_id)
            case Step.RETURN_SALE:
                visit.bench.pass_time(WAIT_S)
                return surface.retry(case.case_id)
            case Step.AUDIT:
                return self._audit(case)
            case Step.SCAN:
                return visit.finish(visit.scan(case))
            case Step.PRESETTLE:
                return self._presettle(case)
            case Step.SETTLE:
                return self._settle(case)
            case Step.REVOKE:
                return self._revoke(case)
            case _:
                return visit.hand_over(case)

    def _download(self, case: CaseView) -> CaseView:
        if case.phase is Phase.REJECTED:
            return self.visit.identify(case)
        if case.select is not None and self.visit.takeable(case):
            return self.visit.choose(case)
        return self.visit.identify(case)

    def _audit(self, case: CaseView) -> CaseView:
        surface = self.visit.bench.surface
        proved = self.visit.prove(case)
        if case.phase is Phase.UNKNOWN:
            return surface.retry(proved.case_id)
        return self.visit.audit(proved)

    def _presettle(self, case: CaseView) -> CaseView:
        if case.settle is not None and case.settle.needs_credential:
            return self.visit.identify(case)
        return self.visit.bench.surface.retry(case.case_id)

    def _settle(self, case: CaseView) -> CaseView:
        bench = self.visit.bench
        if case.phase is Phase.UNKNOWN:
            bench.pass_time(WAIT_S)
            bench.surface.deliver()
            return bench.surface.view(case.case_id)
        if case.settle is not None and case.settle.needs_credential:
            return self.visit.identify(case)
        if case.phase is Phase.REJECTED:
            return bench.surface.retry(case.case_id)
        try:
            return self.visit.settle(case)
        except OperatorInput as refused:
            self.seen.append(int(refused.code))
            return bench.surface.view(case.case_id)

    def _revoke(self, case: CaseView) -> CaseView:
        bench = self.visit.bench
        if case.phase is Phase.UNKNOWN:
            bench.pass_time(WAIT_S)
            bench.surface.deliver()
            return bench.surface.view(case.case_id)
        return bench.surface.revoke(case.case_id, *MANAGER)
