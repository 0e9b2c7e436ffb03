"""Frames with codes in them, spoiled the way a counter spoils them (identity-and-devices 6.2)."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import segno
import zxingcpp

Grey = npt.NDArray[np.uint8]
Spoil = Callable[[Grey, np.random.Generator], Grey]

HEIGHT, WIDTH = 720, 1280


def voucher_text(rng: np.random.Generator) -> str:
    """28 digits in the form of an e-voucher; nobody's."""
    return "424" + "".join(str(d) for d in rng.integers(0, 10, 19)) + "530000"


def qr_symbol(text: str, module: int = 6, level: str = "m") -> Grey:
    """A QR code with its quiet zone; ``module`` pixels per cell."""
    cells = segno.make(text, error=level, boost_error=False, micro=False).matrix
    bits = np.array([[0 if cell else 255 for cell in row] for row in cells], np.uint8)
    framed = np.pad(bits, 4, constant_values=255)
    return np.kron(framed, np.ones((module, module), np.uint8)).astype(np.uint8)


def symbol(text: str, name: str, scale: int = 3) -> Grey:
    """Any symbol the library writes, with a quiet zone."""
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(name))
    picture = np.asarray(made.to_image(scale=scale), np.uint8)
    return np.pad(picture, 12 * scale, constant_values=255)


def clutter(rng: np.random.Generator) -> Grey:
    """A counter without a code: blotches, boxes, words, grain. 1280×720."""
    blotches = rng.integers(60, 200, (9, 16)).astype(np.uint8)
    picture = cv2.resize(blotches, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(25):
        x, y = (int(v) for v in rng.integers(0, (WIDTH - 90, HEIGHT - 60)))
        wide, high = (int(v) for v in rng.integers(10, 160, 2))
        cv2.rectangle(picture, (x, y), (x + wide, y + high), int(rng.integers(0, 255)), -1)
        cv2.putText(picture, "Rp 0.5g", (x, y), 0, 0.8, int(rng.integers(0, 255)), 2)
    return grain(picture, rng, 3.0)


def grain(picture: Grey, rng: np.random.Generator, sigma: float) -> Grey:
    """Sensor noise."""
    noisy = picture.astype(np.float32) + rng.normal(0, sigma, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def in_frame(code: Grey, rng: np.random.Generator, *, turn: bool = True) -> Grey:
    """A symbol on a cluttered 1280×720 frame, turned by a random angle."""
    frame = clutter(rng)
    angle = float(rng.uniform(0, 360)) if turn else 0.0
    side = int(np.hypot(*code.shape)) + 2
    move = cv2.getRotationMatrix2D((code.shape[1] / 2, code.shape[0] / 2), angle, 1.0)
    move[:, 2] += ((side - code.shape[1]) / 2, (side - code.shape[0]) / 2)
    turned = cv2.warpAffine(code, move, (side, side), borderValue=200)
    mask = cv2.warpAffine(np.full_like(code, 255), move, (side, side), borderValue=0)
    top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
    spot = frame[top : top + side, left : left + side]
    spot[mask > 127] = turned[mask > 127]
    return frame


def tilted(picture: Grey, degrees: float) -> Grey:
    """The frame as a screen leaning back by ``degrees``."""
    squeeze = float(np.cos(np.radians(degrees)))
    lean = 0.12 * (1 - squeeze)
    high = HEIGHT * squeeze
    top, bottom = (HEIGHT - high) / 2, (HEIGHT + high) / 2
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    target = np.array(
        [[WIDTH * lean, top], [WIDTH * (1 - lean), top], [WIDTH, bottom], [0, bottom]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(source, target)
    return cv2.warpPerspective(picture, matrix, (WIDTH, HEIGHT), borderValue=120).astype(np.uint8)


def defocused(picture: Grey, sigma: float) -> Grey:
    return cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.uint8)


def dimmed(picture: Grey, rng: np.random.Generator, gain: float, noise: float) -> Grey:
    return grain((picture.astype(np.float32) * gain).astype(np.uint8), rng, noise)


def hazy(picture: Grey, contrast: float) -> Grey:
    return (128 + (picture.astype(np.float32) - 128) * contrast).astype(np.uint8)


def inverted(picture: Grey) -> Grey:
    return (255 - picture).astype(np.uint8)


def jpeg(picture: Grey, quality: int) -> Grey:
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def with_logo(code: Grey) -> Grey:
    """A phone's logo over a fifth of the side."""
    spoiled = code.copy()
    side = code.shape[0] // 5
    start = (code.shape[0] - side) // 2
    spoiled[start : start + side, start : start + side] = 255
    spoiled[start + 3 : start + side - 3, start + 3 : start + side - 3] = 90
    return spoiled
