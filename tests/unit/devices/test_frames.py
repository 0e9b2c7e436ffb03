"""Sources of frames and codes in files."""

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.domain.errors import Code, DeviceTrouble, OperatorInput
from devices.code.frames import (
    DeviceFrames,
    FolderFrames,
    VideoFrames,
    pictures_in,
    read_picture,
)
from devices.code.pictures import decode_file
from devices.code.virtual import phone_picture

VOUCHER = "4240123456789012345678530000"


def _save(path: Path, picture: np.ndarray) -> Path:  # type: ignore[type-arg]  # any picture
    there, packed = cv2.imencode(path.suffix, picture)
    assert there
    path.write_bytes(packed.tobytes())
    return path


def _film(path: Path, texts: list[str]) -> Path:
    film = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 20.0, (1280, 720))
    for text in texts:
        for _ in range(5):
            film.write(cv2.cvtColor(phone_picture(text), cv2.COLOR_GRAY2BGR))
    film.release()
    return path


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp"])
def test_reads_pictures_with_chinese_names(tmp_path: Path, suffix: str) -> None:
    path = _save(tmp_path / f"药盒 1{suffix}", phone_picture(VOUCHER))
    assert [code.text for code in decode_file(path)] == [VOUCHER]


def test_the_same_code_twice_in_a_picture_is_said_once(tmp_path: Path) -> None:
    twice = np.vstack([phone_picture(VOUCHER), phone_picture(VOUCHER)])
    path = _save(tmp_path / "two.png", twice)
    assert [code.text for code in decode_file(path)] == [VOUCHER]


def test_reads_a_film_and_a_folder(tmp_path: Path) -> None:
    film = _film(tmp_path / "counter.avi", [VOUCHER, "6901234567892"])
    assert [code.text for code in decode_file(film)] == [VOUCHER, "6901234567892"]
    folder = tmp_path / "boxes"
    folder.mkdir()
    for number in (10, 9):
        _save(folder / f"f_{number}.png", phone_picture(f"834129005128736409{number:02}"))
    (folder / "notes.txt").write_text("no picture")
    assert [path.name for path in pictures_in(folder)] == ["f_9.png", "f_10.png"]
    assert [code.text[-2:] for code in decode_file(folder)] == ["09", "10"]


def test_what_is_no_picture_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    path.write_bytes(b"dear sirs")
    with pytest.raises(OperatorInput) as refused:
        list(decode_file(path))
    assert refused.value.code is Code.FILE_UNREADABLE
    with pytest.raises(FileNotFoundError):
        list(decode_file(tmp_path / "nowhere.png"))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBPVP8 "])
def test_damaged_pictures_are_no_pictures(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.webp"
    path.write_bytes(content)
    assert read_picture(path) is None


def test_a_small_file_that_claims_gigabytes_is_no_picture(tmp_path: Path) -> None:
    """A part said to be 3.6 GB long cost two seconds and as much memory."""
    good = bytes(cv2.imencode(".png", np.full((40, 60), 255, np.uint8))[1])
    path = tmp_path / "bomb.png"
    path.write_bytes(good)
    whole = read_picture(path)
    assert whole is not None
    assert whole.shape == (40, 60)
    at = good.index(b"IDAT") - 4
    path.write_bytes(good[:at] + b"\xd7\xfa\x09\xfd" + good[at + 4 :])
    began = time.process_time()
    assert read_picture(path) is None
    assert time.process_time() - began < 0.5


def test_a_small_file_that_claims_a_billion_pixels_is_no_picture(tmp_path: Path) -> None:
    """A picture of 700 bytes said to be 21720 by 43440 cost three seconds and a gigabyte."""
    good = bytes(cv2.imencode(".jpg", np.full((40, 60), 255, np.uint8))[1])
    path = tmp_path / "bomb.jpg"
    path.write_bytes(good)
    assert read_picture(path) is not None
    at = good.index(b"\xff\xc0") + 5
    claimed = (21_720).to_bytes(2, "big") + (43_440).to_bytes(2, "big")
    path.write_bytes(good[:at] + claimed + good[at + 4 :])
    assert read_picture(path) is None


def test_a_film_runs_at_its_rate_and_begins_again(tmp_path: Path) -> None:
    source = VideoFrames(_film(tmp_path / "loop.avi", [VOUCHER]))
    source.open()
    try:
        assert source.interval == pytest.approx(0.05)
        frames = [source.read() for _ in range(12)]
        assert all(frame is not None for frame in frames)
    finally:
        source.close()
    assert source.read() is None


def test_pictures_of_a_folder_go_round(tmp_path: Path) -> None:
    for number in (1, 2):
        _save(tmp_path / f"{number}.png", np.full((20, 20), number * 40, np.uint8))
    source = FolderFrames(tmp_path)
    source.open()
    seen = [source.read() for _ in range(4)]
    assert [int(frame[0, 0]) for frame in seen if frame is not None] == [40, 80, 40, 80]


@pytest.mark.parametrize(
    "source",
    [
        DeviceFrames("/dev/video-that-is-not-there"),
        VideoFrames(Path("nowhere.avi")),
        FolderFrames(Path("nowhere")),
    ],
    ids=["device", "film", "folder"],
)
def test_a_source_that_is_not_there_says_so(
    source: DeviceFrames | VideoFrames | FolderFrames, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DeviceTrouble) as missing:
        source.open()
    assert missing.value.code is Code.CAMERA_MISSING
    assert source.read() is None
    source.close()
    assert capfd.readouterr() == ("", "")
