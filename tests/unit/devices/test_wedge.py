"""A burst is a scan, typing stays typing, and no key is ever lost or said twice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ports.devices import DeviceStatus, ScanSource
from devices.code.wedge import LONGEST, Wedge, WedgeRecogniser
from tests.support.recorder import Recorder

VOUCHER = "4240123456789012345678530000"


class Field:
    """A text field in front of the recogniser, obeying its steps."""

    def __init__(self) -> None:
        self.recogniser = WedgeRecogniser()
        self.typed = ""
        self.scans: list[str] = []
        self.now = 100.0

    def press(self, text: str, gap: float, *, enter: bool = False) -> None:
        self.now += gap
        self._silence_before(self.now)
        got = self.recogniser.key(text, self.now, enter=enter)
        self.typed += got.step.replay
        if got.scan is not None:
            self.scans.append(got.scan)
        if not got.step.held:
            self.typed += "⏎" if enter else text

    def rest(self) -> None:
        self._silence_before(self.now + 10)

    def _silence_before(self, at: float) -> None:
        deadline = self.recogniser.deadline()
        if deadline is not None and at > deadline:
            got = self.recogniser.silence(deadline + 1e-6)
            self.typed += got.step.replay
            if got.scan is not None:
                self.scans.append(got.scan)


def _write(field: Field, text: str, gap: float) -> None:
    for character in text:
        field.press(character, gap)


@pytest.mark.parametrize("gap_ms", [5, 20, 50])
def test_a_burst_is_a_scan_and_types_nothing(gap_ms: int) -> None:
    field = Field()
    _write(field, VOUCHER, gap_ms / 1000 - 1e-9)
    field.press("", 0.005, enter=True)
    assert (field.scans, field.typed) == ([VOUCHER], "")


@pytest.mark.parametrize("gap_ms", [80, 150])
def test_typing_stays_typing(gap_ms: int) -> None:
    field = Field()
    _write(field, VOUCHER, gap_ms / 1000)
    field.press("", 0.2, enter=True)
    assert (field.scans, field.typed) == ([], VOUCHER + "⏎")


def test_a_burst_without_suffix_ends_by_silence() -> None:
    field = Field()
    _write(field, VOUCHER, 0.005)
    assert field.scans == []
    field.rest()
    assert (field.scans, field.typed) == ([VOUCHER], "")


def test_five_fast_keys_are_no_gun() -> None:
    field = Field()
    _write(field, "12345", 0.005)
    field.press("", 0.005, enter=True)
    assert (field.scans, field.typed) == ([], "12345⏎")


def test_a_gun_that_hesitates_keeps_its_code_whole() -> None:
    field = Field()
    _write(field, VOUCHER[:20], 0.005)
    field.press(VOUCHER[20], 0.07)
    _write(field, VOUCHER[21:], 0.005)
    field.press("", 0.005, enter=True)
    assert (field.scans, field.typed) == ([VOUCHER], "")


def test_typing_before_a_burst_is_given_back_first() -> None:
    field = Field()
    field.press("3", 0.2)
    _write(field, VOUCHER[:1], 0.2)
    _write(field, VOUCHER[1:], 0.005)
    field.press("", 0.005, enter=True)
    assert (field.scans, field.typed) == ([VOUCHER], "3")


def test_shift_inside_a_burst_does_not_break_it() -> None:
    field = Field()
    _write(field, "MA.156", 0.005)
    field.press("", 0.005)
    _write(field, ".X7", 0.005)
    field.press("", 0.005, enter=True)
    assert field.scans == ["MA.156.X7"]


@pytest.mark.parametrize(
    "text",
    ["８３４１２９００５１２８７３６４０９１５", "0106901234567892\x1d10L", "69012\x0034567892"],
)
def test_what_a_wrong_setting_does_to_a_code_is_left_for_the_grammar_to_name(text: str) -> None:
    field = Field()
    _write(field, text, 0.005)
    field.press("", 0.005, enter=True)
    assert field.scans == [text]


def test_a_stuck_key_is_one_overlong_scan_and_no_flood() -> None:
    field = Field()
    _write(field, "1" * (LONGEST + 300), 0.01)
    field.rest()
    assert [len(scan) for scan in field.scans] == [LONGEST + 1]
    assert field.typed == ""


def test_escape_is_never_held() -> None:
    field = Field()
    field.press("\x1b", 0.2)
    assert field.typed == "\x1b"


KEYS = st.lists(
    st.tuples(
        st.sampled_from("0123456789AZaz.４"),
        st.sampled_from([0.001, 0.02, 0.05, 0.051, 0.079, 0.081, 0.3]),
        st.booleans(),
    ),
    max_size=60,
)


@given(KEYS)
def test_every_key_comes_out_once_and_in_order(keys: list[tuple[str, float, bool]]) -> None:
    field = Field()
    written = ""
    outcome: list[str] = []
    for text, gap, enter in keys:
        before = len(field.scans), len(field.typed)
        field.press("" if enter else text, gap, enter=enter)
        written += "" if enter else text
        # within one step a replay is older than a scan of the same step
        outcome.append(field.typed[before[1] :])
        outcome.extend(field.scans[before[0] :])
    before = len(field.scans), len(field.typed)
    field.rest()
    outcome += [field.typed[before[1] :], *field.scans[before[0] :]]
    assert sorted("".join(outcome).replace("⏎", "")) == sorted(written)
    assert field.recogniser.deadline() is None


@given(st.lists(st.sampled_from([0.001, 0.049, 0.05, 0.06, 0.2]), min_size=6, max_size=40))
def test_a_scan_never_begins_with_slow_keys(gaps: list[float]) -> None:
    field = Field()
    for gap in gaps:
        field.press("7", gap)
    field.rest()
    # the first key's gap is to whatever came before, not inside
    runs, run = [], 1
    for gap in gaps[1:]:
        fits = gap <= (0.08 if run >= 6 else 0.05)
        if fits:
            run += 1
        else:
            runs.append(run)
            run = 1
    runs.append(run)
    assert [len(scan) for scan in field.scans] == [r for r in runs if r >= 6]


def test_the_source_says_where_a_text_came_from_and_when() -> None:
    wedge, told = Wedge(), Recorder()
    wedge.start(told.deliver, told.state)
    times = [5 + n * 0.01 for n in range(len(VOUCHER))]
    assert all(b > a for a, b in pairwise(times))
    for character, at in zip(VOUCHER, times, strict=True):
        assert wedge.key(character, at).held
    assert wedge.key("", 5.3, enter=True).held
    (scan,) = told.scans
    assert (scan.text, scan.source, scan.at) == (VOUCHER, ScanSource.WEDGE, 5.3)
    assert told.states[-1].status is DeviceStatus.READY


def rolled(recogniser: WedgeRecogniser, text: str, gap: float = 0.02) -> tuple[str, list[str]]:
    """Keys at a pace in a field people type into, then Enter: what is typed, what is scanned."""
    typed, scans, at = "", [], 1.0
    for character in text:
        at += gap
        step = recogniser.key(character, at, typed=True)
        typed += step.step.replay
    last = recogniser.key("", at + gap, enter=True, typed=True)
    typed += last.step.replay
    if last.scan is not None:
        scans.append(last.scan)
    return typed, scans


@pytest.mark.parametrize("text", ["246810", "cashier1001", "012345678901"])
def test_fast_fingers_in_a_pin_are_no_gun(text: str) -> None:
    assert rolled(WedgeRecogniser(), text) == (text, [])


@pytest.mark.parametrize("text", ["6901234567892", VOUCHER])
def test_a_code_is_a_scan_even_where_people_type(text: str) -> None:
    assert rolled(WedgeRecogniser(), text) == ("", [text])


def test_the_next_candidate_elsewhere_is_judged_as_elsewhere() -> None:
    recogniser = WedgeRecogniser()
    assert rolled(recogniser, "246810") == ("246810", [])
    for number, character in enumerate("246810"):
        recogniser.key(character, 5 + number * 0.01)
    assert recogniser.key("", 5.1, enter=True).scan == "246810"


def test_a_stopped_wedge_lets_every_key_pass() -> None:
    wedge = Wedge()
    step = wedge.key("1", 1.0)
    assert (step.held, step.replay) == (False, "")
    assert wedge.state().status is DeviceStatus.OFF
    assert wedge.deadline() is None


def test_no_step_shows_what_was_typed() -> None:
    recogniser = WedgeRecogniser()
    for number, character in enumerate(VOUCHER):
        recogniser.key(character, number * 0.01)
    assert "424" not in repr(recogniser.key("", 0.3, enter=True))
