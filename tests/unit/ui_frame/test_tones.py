"""Tones are made from data: length, fades, volume, and the floor of the warning."""

import io
import os
import wave
from pathlib import Path

import pytest

from tests.support.waiting import until
from ui.sounds import RATE, TONES, Sounds, _program_player, samples, wav


def heights(content: bytes) -> list[int]:
    return [
        int.from_bytes(content[at : at + 2], "little", signed=True)
        for at in range(0, len(content), 2)
    ]


@pytest.mark.parametrize(("name", "seconds"), [("good", 0.07), ("attention", 0.22), ("stop", 0.32)])
def test_lengths(name, seconds):
    with wave.open(io.BytesIO(wav(name, 0.5))) as read:
        assert read.getnframes() / read.getframerate() == pytest.approx(seconds, abs=0.002)


@pytest.mark.parametrize("name", TONES)
def test_fades_and_no_clipping(name):
    made = heights(samples(TONES[name], 1.0))
    assert made[0] == 0
    assert made[-1] == 0
    assert max(map(abs, made)) <= 32_000
    assert max(map(abs, made[: round(RATE * 0.001)])) < max(map(abs, made)) / 2


def test_half_volume_is_half_as_high():
    loud = max(heights(samples(TONES["good"], 1.0)))
    soft = max(heights(samples(TONES["good"], 0.5)))
    assert soft == pytest.approx(loud / 2, rel=0.01)


def test_good_may_be_silent_but_a_stop_is_always_heard():
    played: list[bytes] = []
    sounds = Sounds(played.append, volume=0.0)
    sounds.play("good")
    sounds.play("")
    sounds.play("stop")
    assert played == [wav("stop", 0.2)]


def test_a_sound_servers_program_gets_the_whole_tone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard.wav"
    player = tmp_path / "aplay"
    player.write_text(f"#!/bin/sh\ncat > {heard}.part && mv {heard}.part {heard}\n")
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    found = str(player)
    play = _program_player(lambda name: found if name == "aplay" else None)
    assert play is not None
    play(wav("stop", 0.5))
    until(heard.exists)
    assert heard.read_bytes() == wav("stop", 0.5)


def test_without_any_program_there_is_silence() -> None:
    assert _program_player(lambda _name: None) is None
