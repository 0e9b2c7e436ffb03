"""Wrong versions are wrong in one place, are Python, and are found by a test that looks."""

import pytest

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.trial import Target, Verdict, tried

SOURCE = '''"""What it is."""
from dataclasses import replace
LIMIT = 3
Name = NewType("Name", str)


def small(value: int, given: bool = True) -> int | None:
    """Read by people."""
    if value < LIMIT and not given:
        return value + 1
    if value == 0:
        raise ValueError("told to people")
    return None
'''


def changes(source: str) -> set[str]:
    return {mutant.change for mutant in mutants(source)}


def test_each_mutant_is_python_and_differs_from_all_others() -> None:
    found = [mutant.source for mutant in mutants(SOURCE)]
    assert len(found) == len(set(found)) > 10
    for source in found:
        compile(source, "mutant", "exec")


def test_every_sort_of_change_is_made() -> None:
    assert changes(SOURCE) == {
        *("3 → 4", "left out", "True → False", "0 → 1", "1 → 2"),
        *("condition turned", "And → Or", "without term 1", "without term 2"),
        *("Lt → LtE", "Eq → NotEq", "without its sign", "Add → Sub", "returns nothing"),
    }


@pytest.mark.parametrize("kept", ["What it is", "Read by people", "told to people", "NewType"])
def test_words_for_people_and_names_of_types_stay(kept: str) -> None:
    assert all(kept in mutant.source for mutant in mutants(SOURCE))


def test_a_line_is_named() -> None:
    assert {m.line for m in mutants(SOURCE) if m.change == "Eq → NotEq"} == {11}


def test_a_module_that_is_loaded_cannot_be_exchanged() -> None:
    loaded = Target("tests.mutation.mutants", ())
    with pytest.raises(AssertionError, match="loaded already"):
        tried(loaded, Mutant(0, "nothing", ""))


def test_verdicts_are_words() -> None:
    assert {*Verdict} == {"killed", "survived", "endless"}
