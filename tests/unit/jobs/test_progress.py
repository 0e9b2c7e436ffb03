from hypothesis import given
from hypothesis import strategies as st

from app.jobs.progress import REPORTS_PER_SECOND, Progress, Thinned, no_report


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "write"]), st.integers(0, 20), st.floats(0, 0.3)),
    max_size=60,
)


@given(STEPS)
def test_reports_are_thinned_but_never_late(steps: list[tuple[str, int, float]]) -> None:
    clock, seen = Clock(), list[tuple[float, Progress]]()
    thinned = Thinned(lambda progress: seen.append((clock.now, progress)), clock)
    stage = None
    for name, done, gap in steps:
        clock.now += gap
        report = Progress(name, done, 20)
        thinned(report)
        if name != stage or done == 20:
            assert seen[-1] == (clock.now, report)
        assert clock.now - seen[-1][0] < 1 / REPORTS_PER_SECOND
        stage = name
    ordinary = [
        (at, p)
        for i, (at, p) in enumerate(seen)
        if p.done < 20 and i and seen[i - 1][1].stage == p.stage
    ]
    for at, _ in ordinary:
        earlier = [other for other, _ in seen if other < at]
        assert at - max(earlier, default=0.0) >= 1 / REPORTS_PER_SECOND - 1e-9


def test_an_unknown_total_never_ends() -> None:
    seen: list[Progress] = []
    thinned = Thinned(seen.append, Clock())
    for done in range(3):
        thinned(Progress("s", done))
    assert [progress.done for progress in seen] == [0]


def test_nobody_needs_to_watch() -> None:
    no_report(Progress("s"))
