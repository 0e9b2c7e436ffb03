"""The second opinion lives in a child that may die, hang or be absent; the till does not care."""

import io
import json
import struct
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from devices.code import second_opinion
from devices.code.opinion_process import OpinionProcess, serve
from devices.code.second_opinion import Seen
from devices.code.virtual import phone_picture
from tests.support.waiting import until

VOUCHER = "4240123456789012345678530000"
Making = Callable[[list[str] | None], OpinionProcess]

needs_zbar = pytest.mark.skipif(
    not second_opinion.available(),
    reason="libzbar0 is not installed: the second opinion is not run",
)


@pytest.fixture
def make() -> Iterator[Making]:
    made: list[OpinionProcess] = []

    def making(command: list[str] | None) -> OpinionProcess:
        made.append(OpinionProcess(command))
        return made[-1]

    yield making
    for process in made:
        process.close()


def _ask_until_answered(process: OpinionProcess) -> tuple[Seen, ...]:
    answers: list[tuple[Seen, ...]] = []

    def answered() -> bool:
        process.ask(phone_picture(VOUCHER))
        answers.append(process.answer())
        return bool(answers[-1])

    until(answered)
    return answers[-1]


@needs_zbar
def test_the_child_reads_a_frame(make: Making) -> None:
    ((text, name, corners),) = _ask_until_answered(make(None))
    assert (text, name, len(corners)) == (VOUCHER, "QRCode", 4)


@needs_zbar
def test_a_child_that_dies_is_replaced(make: Making) -> None:
    process = make(None)
    assert _ask_until_answered(process)
    process._kill()
    assert _ask_until_answered(process)


def test_a_child_that_always_dies_is_given_up(make: Making) -> None:
    process = make([sys.executable, "-c", "raise SystemExit(3)"])

    def given_up() -> bool:
        process.ask(phone_picture(VOUCHER))
        return process.given_up

    until(given_up)
    assert process.answer() == ()


def test_a_child_that_hangs_is_ended_with_its_camera(make: Making) -> None:
    process = make([sys.executable, "-c", "import sys; sys.stdin.buffer.read()"])
    process.ask(phone_picture(VOUCHER))
    process.ask(phone_picture(VOUCHER))
    process.close()
    assert process.answer() == ()
    process.ask(phone_picture(VOUCHER))
    assert process.answer() == ()


@needs_zbar
def test_the_child_answers_every_whole_frame_and_ends_with_its_input() -> None:
    grey = phone_picture(VOUCHER)
    frame = struct.pack(">II", *grey.shape) + grey.tobytes()
    blank = struct.pack(">II", 20, 30) + np.full((20, 30), 255, np.uint8).tobytes()
    answers = io.BytesIO()
    assert serve(io.BytesIO(frame + blank + frame[:100]), answers) == 0
    lines = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [[seen[0] for seen in line] for line in lines] == [[VOUCHER], []]


def test_without_its_library_the_child_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_opinion, "available", lambda: False)
    assert serve(io.BytesIO(), io.BytesIO()) == 3
