"""10,000 random messages each way between the referee and three foreign implementations."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.crypto.sm2 import prepare
from app.profile.loader import load
from app.sandbox.referee.room import Outcome, Referee
from tests.support import integrator as one
from tests.support.foreign_sides import NotRun, Side, bouncy_castle, open_ssl, sm_crypto

pytestmark = [pytest.mark.deep, pytest.mark.timeout(7200)]

MANY, TAMPERED = 10_000, 40
JUDGE = Referee(load("national").profile)
KEYS = one.keys_file()
AT = datetime(2026, 11, 22, tzinfo=UTC)
SIDES: dict[str, Callable[[Path], Side]] = {
    "openssl": open_ssl,
    "bouncycastle": bouncy_castle,
    "sm-crypto": sm_crypto,
}
_LETTERS = "abcXYZ019_-/+=&<>'\"\\\n\t\x01 甲乙丙药é€😀\u2028"


def content(draw: random.Random, depth: int = 3) -> dict[str, Any]:
    """Any object; digits that a foreign language would change are sent as text."""
    names = {_name(draw) for _ in range(draw.randint(1, 7))}
    return {name: _value(draw, depth) for name in names}


def _name(draw: random.Random) -> str:
    return "".join(draw.choices("abcdefXYZ019_药品", k=draw.randint(1, 9)))


def _value(draw: random.Random, depth: int) -> Any:
    kind = draw.randrange(12 if depth else 8)
    if kind < 4:
        return "".join(draw.choices(_LETTERS, k=draw.randint(0, 40)))
    if kind < 8:
        whole = draw.randint(-(2**53), 2**53)
        return (whole, draw.random() < 0.5, None, f"{whole / 100:.2f}")[kind - 4]
    if kind < 10:
        return content(draw, depth - 1)
    return [_value(draw, depth - 1) for _ in range(draw.randint(0, 4))]


@pytest.fixture(scope="module")
def contents() -> list[dict[str, Any]]:
    prepare(one.PAIR.public)
    draw = random.Random(20261122)  # noqa: S311 - the same messages in every run
    return [content(draw) for _ in range(MANY)]


@pytest.fixture(scope="module")
def ours(contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the referee makes of them."""
    made = []
    for found in contents:
        ruling = JUDGE.sign(KEYS, one.dump(found).encode(), AT)
        assert ruling.outcome is Outcome.HOLDS
        message = ruling.document["message"]
        assert isinstance(message, dict)
        made.append(message)
    return made


@pytest.fixture(scope="module", params=SIDES)
def side(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Side:
    """A side that is missing fails the run: nothing passes that was not run."""
    try:
        return SIDES[request.param](tmp_path_factory.mktemp(request.param))
    except NotRun as lack:
        pytest.fail(str(lack))


def test_what_they_make_is_valid_here(side: Side, contents: list[dict[str, Any]]) -> None:
    theirs = side.close(contents)
    assert len(theirs) == MANY
    for found, message in zip(contents, theirs, strict=True):
        ruling = JUDGE.verify(KEYS, message.encode())
        assert ruling.outcome is Outcome.HOLDS, ruling.sentences
        assert (ruling.document["canonical"] or "{}") == one.right_text(found)


def test_what_is_made_here_is_valid_there(
    side: Side, contents: list[dict[str, Any]], ours: list[dict[str, Any]]
) -> None:
    answers = side.open([json.dumps(message, ensure_ascii=False) for message in ours])
    assert len(answers) == MANY
    for found, answer in zip(contents, answers, strict=True):
        assert {"null": "{}"}.get(answer, answer) == one.right_text(found)


def test_what_was_changed_on_the_way_is_refused_on_both_sides(
    side: Side, ours: list[dict[str, Any]]
) -> None:
    changed = [message | {"version": "1.0.1"} for message in ours[:TAMPERED]]
    lines = [json.dumps(message) for message in changed]
    assert side.open(lines) == ["signature"] * TAMPERED
    assert all(JUDGE.verify(KEYS, line.encode()).outcome is Outcome.FAILS for line in lines)
