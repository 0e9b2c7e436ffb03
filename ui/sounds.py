"""Three tones, made on the fly (ui 7): good, attention, stop. Silence for what needs reading."""

import contextlib
import io
import logging
import math
import sys
import threading
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import NamedTuple

_log = logging.getLogger(__name__)
RATE = 22_050
"""Samples per second."""
FADE_S = 0.005
FLOOR = {"good": 0.0, "attention": 0.0, "stop": 0.2}
"""The least volume a tone may be set to."""
_RANK = ("good", "attention", "stop")


class Tone(NamedTuple):
    """``pitch`` in Hz, ``length`` and ``gap`` in seconds; ``square`` is softened, not a sine."""

    pitch: float
    length: float
    times: int = 1
    gap: float = 0.0
    square: bool = False


TONES: Mapping[str, Tone] = {
    "good": Tone(1320, 0.070),
    "attention": Tone(660, 0.080, times=2, gap=0.060),
    "stop": Tone(220, 0.320, square=True),
}


def samples(tone: Tone, volume: float) -> bytes:
    """16-bit mono samples with 5 ms fades. ``volume`` 0 … 1."""
    silence = bytes(2 * round(RATE * tone.gap))
    return silence.join([_beep(tone, volume)] * tone.times)


def _beep(tone: Tone, volume: float) -> bytes:
    count, fade = round(RATE * tone.length), round(RATE * FADE_S)
    made = bytearray()
    for index in range(count):
        angle = 2 * math.pi * tone.pitch * index / RATE
        if tone.square:
            # the first odd harmonics only: a square without its sharp edges
            height = sum(math.sin(n * angle) / n for n in (1, 3, 5)) * 0.8
        else:
            height = math.sin(angle)
        edge = min(1.0, index / fade, (count - 1 - index) / fade)
        value = round(max(-1.0, min(1.0, height * edge * volume)) * 32_000)
        made += value.to_bytes(2, "little", signed=True)
    return bytes(made)


@cache
def wav(name: str, volume: float) -> bytes:
    """A tone as a WAV file in memory."""
    import wave

    kept = io.BytesIO()
    with wave.open(kept, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(samples(TONES[name], volume))
    return kept.getvalue()


Player = Callable[[bytes], None]
"""Plays a WAV; returns at once; a new call replaces what still sounds."""


class Sounds:
    """Plays the worse and later tone; never two at once."""

    def __init__(self, player: Player | None, volume: float = 0.8) -> None:
        """``player`` None stays silent; words and shapes say the same."""
        self._player = player
        self._volume = volume

    def use(self, player: Player | None) -> None:
        """Play with ``player`` from now on."""
        self._player = player

    def play(self, tone: str) -> None:
        """``tone`` good, attention, stop; anything else is silence."""
        if self._player is None or tone not in TONES:
            return
        volume = max(FLOOR[tone], min(1.0, self._volume))
        if volume > 0:
            self._player(wav(tone, volume))


def load_sound() -> None:
    """Load what ``system_player`` needs ahead of time; for a background thread."""
    if sys.platform != "win32":
        with contextlib.suppress(ImportError):
            import_module("PySide6.QtMultimedia")


def system_player() -> Player | None:
    """What this machine can play with: Windows' own, QtMultimedia, or a sound server's program."""
    if sys.platform == "win32":
        return _windows_player()
    return _qt_player() or _program_player()


def _windows_player() -> Player:
    winsound = import_module("winsound")
    # asynchronous playing from memory is refused by Windows: keep the bytes, play from a thread
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1, thread_name_prefix="tone")

    def play(content: bytes) -> None:
        pool.submit(winsound.PlaySound, content, winsound.SND_MEMORY | winsound.SND_NODEFAULT)

    return play


def _qt_player() -> Player | None:
    try:
        multimedia = import_module("PySide6.QtMultimedia")
        core = import_module("PySide6.QtCore")
    except ImportError:
        return None
    audio_format = multimedia.QAudioFormat()
    audio_format.setSampleRate(RATE)
    audio_format.setChannelCount(1)
    audio_format.setSampleFormat(multimedia.QAudioFormat.SampleFormat.Int16)
    sink = multimedia.QAudioSink(audio_format)
    buffer = core.QBuffer()

    def play(content: bytes) -> None:
        sink.stop()
        buffer.close()
        buffer.setData(content[44:])
        buffer.open(core.QIODevice.OpenModeFlag.ReadOnly)
        sink.start(buffer)

    return play


PROGRAMS = (("pw-play", "-"), ("paplay",), ("aplay", "-q"), ("afplay", "/dev/stdin"))
"""Players of sound servers that read a WAV from their standard input."""
TONE_WAIT_S = 3.0
"""A player that hangs is stopped; words and shapes have said the same."""


def _program_player(find: Callable[[str], str | None] | None = None) -> Player | None:
    import subprocess
    from shutil import which

    find = find or which
    found = next((list(command) for command in PROGRAMS if find(command[0])), None)
    if found is None:
        _log.info("no sound on this machine")
        return None
    one_at_a_time = threading.Lock()

    def sound(content: bytes) -> None:
        with one_at_a_time, contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 one of PROGRAMS, no shell
                found, input=content, capture_output=True, timeout=TONE_WAIT_S, check=False
            )

    def play(content: bytes) -> None:
        threading.Thread(target=sound, args=(content,), name="tone", daemon=True).start()

    return play
