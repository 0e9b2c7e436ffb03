"""What the decoder reads, what it never invents, and that it says nothing about people."""

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.code import decoder, second_opinion
from devices.code.decoder import FoundCode, FrameDecoder, Symbology, decode, decode_hard, opinion
from devices.code.ladder import Rung
from devices.code.virtual import phone_picture
from tests.support import pictures
from tests.support.pictures import Grey

FRAMES = 12


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("QRCode", "4240123456789012345678530000"),
        ("DataMatrix", "0106901234567892"),
        ("Code128", "83412900512873640915"),
        ("EAN13", "6901234567892"),
        ("EAN8", "69012341"),
    ],
)
@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_reads_every_symbol_in_every_direction(name: str, text: str, quarter_turns: int) -> None:
    picture = np.ascontiguousarray(np.rot90(pictures.symbol(text, name), quarter_turns))
    (found,) = decode(picture)
    assert (found.text, found.symbology) == (text, Symbology(name))
    assert len(found.polygon) == 4


def test_gs1_parts_are_separated_by_the_group_separator() -> None:
    import zxingcpp

    made = zxingcpp.create_barcode(
        "(01)06901234567892(10)LOT7(21)S1", zxingcpp.BarcodeFormat.DataMatrix, gs1=True
    )
    picture = np.pad(np.asarray(made.to_image(scale=5), np.uint8), 30, constant_values=255)
    (found,) = decode(picture)
    assert found.text == "010690123456789210LOT7\x1d21S1"
    assert found.gs1


def _plain(module: int) -> Callable[[str, np.random.Generator], Grey]:
    return lambda text, rng: pictures.in_frame(pictures.qr_symbol(text, module), rng)


def _logo(text: str, rng: np.random.Generator) -> Grey:
    return pictures.in_frame(pictures.with_logo(pictures.qr_symbol(text, 8, "h")), rng)


def _spoiled(spoil: pictures.Spoil, module: int = 6) -> Callable[[str, np.random.Generator], Grey]:
    return lambda text, rng: spoil(_plain(module)(text, rng), rng)


CONDITIONS = {
    "module 12": _plain(12),
    "module 4": _plain(4),
    "module 3": _plain(3),
    "logo": _logo,
    "defocus 0.4": _spoiled(lambda p, _: pictures.defocused(p, 2.4)),
    "tilt 30": _spoiled(lambda p, _: pictures.tilted(p, 30)),
    "tilt 45": _spoiled(lambda p, _: pictures.tilted(p, 45)),
    "low light": _spoiled(lambda p, rng: pictures.dimmed(p, rng, 0.25, 3)),
    "haze 0.12": _spoiled(lambda p, _: pictures.hazy(p, 0.12)),
    "dark mode": _spoiled(lambda p, _: pictures.inverted(p)),
    "jpeg 20": _spoiled(lambda p, _: pictures.jpeg(p, 20)),
}


@pytest.mark.parametrize("condition", list(CONDITIONS))
def test_reads_nine_of_ten_frames_of_a_cluttered_counter(condition: str) -> None:
    rng = np.random.default_rng(20)
    hits = 0
    for _ in range(FRAMES):
        text = pictures.voucher_text(rng)
        found = [code.text for code in decode(CONDITIONS[condition](text, rng))]
        assert found in ([text], []), "a wrong text is worse than none"
        hits += bool(found)
    assert hits >= 0.9 * FRAMES


@given(st.text("0123456789", min_size=28, max_size=28))
@settings(max_examples=25, deadline=None)
def test_whatever_digits_a_phone_shows_arrive_unchanged(text: str) -> None:
    assert [code.text for code in decode(phone_picture(text))] == [text]


HARD = {
    "defocus 0.5, module 3": lambda text, rng: pictures.defocused(_plain(3)(text, rng), 1.5),
    "defocus 0.6, module 6": lambda text, rng: pictures.defocused(_plain(6)(text, rng), 3.6),
    "tilt 60": lambda text, rng: pictures.tilted(_plain(6)(text, rng), 60),
}


@pytest.mark.parametrize("condition", list(HARD))
def test_hard_decoding_reads_what_one_look_misses(condition: str) -> None:
    rng = np.random.default_rng(4)
    at_once = with_effort = 0
    for _ in range(6):
        text = pictures.voucher_text(rng)
        picture = HARD[condition](text, rng)
        at_once += bool(decode(picture))
        found = [code.text for code in decode_hard(picture)]
        assert found in ([text], [])
        with_effort += bool(found)
    assert at_once < with_effort
    assert with_effort >= 5


def test_bars_that_one_treatment_alone_sees_are_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bars, blank = pictures.symbol("6901234567892", "EAN13"), np.full((90, 90), 255, np.uint8)

    def showing(*names: str) -> tuple[Rung, ...]:
        return tuple(Rung(name, lambda _, n=name: bars if n == "bars" else blank) for name in names)

    monkeypatch.setattr(decoder, "RUNGS", showing("blank", "bars", "blank"))
    assert decode_hard(blank) == ()
    monkeypatch.setattr(decoder, "RUNGS", showing("bars", "blank", "bars"))
    assert [code.text for code in decode_hard(blank)] == ["6901234567892"]


def test_nothing_is_found_where_nothing_is() -> None:
    rng = np.random.default_rng(9)
    for _ in range(4):
        assert decode_hard(pictures.clutter(rng)) == ()
    assert decode_hard(rng.integers(0, 255, (240, 320)).astype(np.uint8)) == ()


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 100), (7, 7), (20, 20, 3)])
def test_odd_pictures_are_no_codes(shape: tuple[int, ...]) -> None:
    picture = np.zeros(shape, np.uint8)
    assert decode(picture) == ()
    assert decode_hard(picture) == ()
    assert FrameDecoder().look(picture) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("QRCode", "4240123456789012345678530000"),
        ("DataMatrix", "ABC"),
        ("Code128", "8341290"),
        ("EAN13", "6901234567892"),
    ],
)
@pytest.mark.parametrize("upright", [False, True])
def test_a_symbol_held_before_the_camera_is_met_within_four_frames(
    name: str, text: str, upright: bool
) -> None:
    rng = np.random.default_rng(1)
    symbol = np.ascontiguousarray(np.rot90(pictures.symbol(text, name), int(upright)))
    frame = pictures.in_frame(symbol, rng, turn=False)
    live = FrameDecoder()
    looks = [live.look(frame) for _ in range(FrameDecoder.TURNS)]
    assert text in [code.text for look in looks for code in look]


def test_an_advertisement_does_not_hide_the_trace_code_beside_it() -> None:
    frame = pictures.clutter(np.random.default_rng(3))
    for text, name, left in (
        ("https://example.invalid/box", "QRCode", 60),
        ("83412900512873640915", "Code128", 520),
    ):
        symbol = pictures.symbol(text, name)
        frame[200 : 200 + symbol.shape[0], left : left + symbol.shape[1]] = symbol
    live = FrameDecoder()
    seen = {code.text for _ in range(FrameDecoder.TURNS) for code in live.look(frame)}
    assert seen == {"https://example.invalid/box", "83412900512873640915"}


class Colleague:
    """A second opinion that answers one look later."""

    def __init__(self) -> None:
        self.asked = 0
        self._seen: tuple[second_opinion.Seen, ...] = ()

    def ask(self, grey: Grey) -> None:
        self.asked += 1
        self._seen = (("4240", "QRCode", ((1, 2), (3, 4), (5, 6), (7, 8))),)

    def answer(self) -> tuple[second_opinion.Seen, ...]:
        seen, self._seen = self._seen, ()
        return seen


def test_the_second_opinion_is_asked_now_and_then_and_believed() -> None:
    colleague = Colleague()
    live = FrameDecoder(colleague)
    blank = np.full((720, 1280), 128, np.uint8)
    looks = [live.look(blank) for _ in range(3 * FrameDecoder.OPINION_EVERY)]
    assert colleague.asked == 3
    told = [look for look in looks if look]
    assert [code.text for look in told for code in look] == ["4240"] * 3


def test_a_frame_that_shows_its_code_needs_no_second_opinion() -> None:
    colleague = Colleague()
    live = FrameDecoder(colleague)
    frame = phone_picture("4240123456789012345678530000")
    for _ in range(3 * FrameDecoder.OPINION_EVERY):
        assert live.look(frame)
    assert colleague.asked == 0


def test_a_found_code_does_not_show_its_text() -> None:
    assert "4240" not in repr(FoundCode("4240123", Symbology.QR))


@pytest.fixture
def without_zbar(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which the optional library is not installed."""
    second_opinion._library.cache_clear()
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    yield
    second_opinion._library.cache_clear()


@pytest.mark.usefixtures("without_zbar")
def test_without_zbar_there_is_no_second_opinion_and_no_crash() -> None:
    assert not second_opinion.available()
    assert opinion(phone_picture("4240")) == ()
    assert decode_hard(np.full((100, 100), 255, np.uint8)) == ()


def test_zbar_agrees_where_it_is_installed() -> None:
    if not second_opinion.available():
        pytest.skip("libzbar0 is not installed: the second opinion is not run")
    (seen,) = opinion(phone_picture("4240123456789012345678530000"))
    assert (seen.text, seen.symbology) == ("4240123456789012345678530000", Symbology.QR)
