"""Random mutation of what a parser is fed: only its declared refusals may come out, and soon.

``python -m tests.support.fuzzing [--seconds N] [--seed S] [TARGET …]`` runs targets one by one and
prints what each came to; without a name it runs them all.
"""

import argparse
import random
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LONGEST_INPUT_S = 2.0
"""Processor time one input may cost before it counts as a hang."""
_LARGEST = 64 << 10
_NUMBERS = (0, 1, 9, 10, 13, 32, 34, 44, 48, 57, 92, 123, 127, 128, 255)
_TOKENS = (
    b"null",
    b"true",
    b"NaN",
    b"1e9999",
    b"-0",
    b"[" * 200,
    b'{"":' * 100,
    b"\x00" * 9,
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    "１２３".encode(),
    "处方".encode(),
    b"\\ud800",
    b"\r\n\r\n",
    b"9" * 400,
    b"=cmd|' /C calc'!A0",
    b"%00",
    b"../",
    b"\x1d",
    b"\x1e\x04",
)


@dataclass(frozen=True)
class Target:
    """One parser. ``feed`` gives it one input; ``refusals`` are what it may raise; ``corpus`` is
    what it takes as it is."""

    name: str
    feed: Callable[[bytes], object]
    corpus: Sequence[bytes]
    refusals: tuple[type[BaseException], ...]


@dataclass(frozen=True)
class Score:
    """``runs`` inputs, of which ``taken`` were read; ``slowest`` in seconds of processor time."""

    name: str
    runs: int
    taken: int
    slowest: float


class Escaped(AssertionError):
    """Something that no caller expects came out, or nothing for too long."""


def fuzz(target: Target, seconds: float, seed: str) -> Score:
    """Feed mutated inputs for ``seconds`` of processor time. Raises ``Escaped`` with the input."""
    dice = random.Random(f"{target.name} {seed}")  # noqa: S311 - repeatable on purpose
    for whole in target.corpus:
        target.feed(whole)
    runs = taken = 0
    slowest = 0.0
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        content = mutated(dice, target.corpus)
        at = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                target.feed(content)
            taken += 1
        except target.refusals:
            pass
        except BaseException as escaped:
            raise Escaped(f"{target.name}: {escaped!r} from {content!r}") from escaped
        took = time.process_time() - at
        slowest = max(slowest, took)
        if took > LONGEST_INPUT_S:
            raise Escaped(f"{target.name}: {took:.1f} s for {content[:500]!r}")
        runs += 1
    return Score(target.name, runs, taken, slowest)


def mutated(dice: random.Random, corpus: Sequence[bytes]) -> bytes:
    """One of the corpus with one to eight changes; sometimes noise alone."""
    if dice.random() < 0.02:
        return dice.randbytes(dice.randrange(200))
    content = bytearray(dice.choice(corpus))
    for _ in range(dice.choice((1, 1, 1, 2, 3, 5, 8))):
        _change(dice, content, corpus)
    return bytes(content[:_LARGEST])


def _change(dice: random.Random, content: bytearray, corpus: Sequence[bytes]) -> None:
    at = dice.randrange(len(content) + 1)
    end = min(len(content), at + dice.choice((1, 1, 2, 4, 16, 64)))
    match dice.randrange(8):
        case 0 if at < len(content):
            content[at] ^= 1 << dice.randrange(8)
        case 1 if at < len(content):
            content[at] = dice.choice(_NUMBERS)
        case 2:
            del content[at:end]
        case 3:
            content[at:at] = content[at:end] * dice.choice((1, 2, 50))
        case 4:
            content[at:end] = dice.choice(_TOKENS)
        case 5:
            content[at:at] = dice.choice(_TOKENS)
        case 6:
            other = dice.choice(corpus)
            start = dice.randrange(len(other) + 1)
            content[at:end] = other[start : start + dice.choice((4, 40, 400))]
        case _:
            content[at:end] = dice.randbytes(end - at)


def main() -> int:
    from tests.support.fuzz_targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", default="0")
    asked = parser.parse_args()
    status = 0
    for name in asked.targets or TARGETS:
        try:
            score = fuzz(TARGETS[name](), asked.seconds, asked.seed)
        except Escaped as escaped:
            print(str(escaped)[:4000], flush=True)
            status = 1
            continue
        print(
            f"{name}: {score.runs} runs, {score.taken} read, slowest {score.slowest:.3f} s",
            flush=True,
        )
    return status


if __name__ == "__main__":
    raise SystemExit(main())
