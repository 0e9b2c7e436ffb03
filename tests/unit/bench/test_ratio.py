from tests.bench.ratio import Figure, compare, limit


def test_a_figure_holds_up_to_its_budget() -> None:
    assert Figure("x", 15.0, 10.0, 1.5).holds
    late = Figure("x", 15.1, 10.0, 1.5)
    assert not late.holds
    assert late.line().startswith("OVER x ")
    assert late.shown()["ratio"] == 1.51
    assert late.shown()["ok"] is False


def test_both_sides_run_equally_often() -> None:
    own: list[int] = []
    bound: list[int] = []
    figure = compare("x", lambda: own.append(1), lambda: bound.append(1), 1e9)
    assert len(own) == len(bound) > 10
    assert figure.holds


def test_a_limit_is_a_time_on_the_clock() -> None:
    figure = limit("x", lambda: None, 1000.0)
    assert figure.holds
    assert figure.bound == 1000.0
