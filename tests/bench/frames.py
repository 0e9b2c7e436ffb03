"""What one camera frame costs, on one thread (reliability 8; measured 10)."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from devices.card.social_card import read_social_card
from devices.card.virtual import VirtualCard, social_card
from devices.code.decoder import FrameDecoder, Grey, decode, decode_hard
from devices.code.virtual import phone_picture
from tests.bench import ratio
from tests.support.pictures import clutter

ROUNDS = 60


class Figure(NamedTuple):
    """One measured value; ``bound`` None where none is set."""

    name: str
    value: float
    bound: float | None
    unit: str


def _median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    work()
    times = []
    for _ in range(rounds):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return statistics.median(times) * 1000


def _live(frames: list[Grey]) -> Callable[[], object]:
    """The normal path of a camera: one decoder, one frame after another."""
    decoder, turn = FrameDecoder(), iter(range(10**9))
    return lambda: decoder.look(frames[next(turn) % len(frames)])


def measure() -> list[Figure]:
    """Medians for 1280×720 grey frames, in milliseconds of one processor: others may be at work."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        rng = np.random.default_rng(5)
        empty = [clutter(rng) for _ in range(6)]
        flat = [np.full((720, 1280), 150, np.uint8)]
        phone = phone_picture("4240123456789012345678530000")
        card = VirtualCard(social_card())
        return [
            Figure("live frame without code, cluttered", _median_ms(_live(empty)), 5.0, "ms"),
            Figure("live frame without code, flat", _median_ms(_live(flat)), 5.0, "ms"),
            Figure("live frame with a voucher", _median_ms(_live([phone])), 5.0, "ms"),
            Figure("all symbols, no code", _median_ms(lambda: decode(empty[0])), None, "ms"),
            Figure(
                "every effort, no code", _median_ms(lambda: decode_hard(empty[0]), 3), None, "ms"
            ),
            Figure(
                "social card in process",
                _median_ms(lambda: read_social_card(card, card.reset_answer)),
                100.0,
                "ms",
            ),
        ]
    finally:
        cv2.setNumThreads(threads)


def figures() -> list[ratio.Figure]:
    """What has a bound, as the other parts of the benchmark tell it."""
    return [
        ratio.Figure(figure.name, figure.value, figure.bound, 1.0)
        for figure in measure()
        if figure.bound is not None
    ]


if __name__ == "__main__":
    for figure in measure():
        limit = "" if figure.bound is None else f" (bound {figure.bound} {figure.unit})"
        print(f"{figure.name}: {figure.value:.2f} {figure.unit}{limit}")
