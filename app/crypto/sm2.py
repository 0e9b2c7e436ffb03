"""SM2 signatures (GB/T 32918.2) on gmssl's curve arithmetic, caged.

gmssl 3.2.2 is imported here and nowhere else, for point multiplication and the signature
equations only. Its traps (security-and-libraries 4) are closed: nonces come from ``secrets``,
``public_key`` is set after construction because the constructor strips characters, points must
lie on the curve, r and s must be in range, and garbage is "invalid", never an exception.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from gmssl.sm2 import CryptSM2, default_ecc_table

from app.crypto.curve import INFINITY, Affine, Curve, Jacobian, Windows
from app.crypto.digests import sm3
from app.crypto.errors import CryptoRefused

DEFAULT_USER_ID = b"1234567812345678"
PRIVATE_SIZE = 32
PUBLIC_SIZE = 64
SIGNATURE_SIZE = 64

_N = int(default_ecc_table["n"], 16)
_P = int(default_ecc_table["p"], 16)
_A = int(default_ecc_table["a"], 16)
_B = int(default_ecc_table["b"], 16)
_CURVE = bytes.fromhex(
    default_ecc_table["a"] + default_ecc_table["b"] + default_ecc_table["g"],
)
_PLANE = Curve(_P, _N.bit_length())
_BASE: Affine = int(default_ecc_table["g"][:64], 16), int(default_ecc_table["g"][64:], 16)
_MOST_PREPARED = 15
OFTEN = 150
"""So many multiples of a known point, and its windows have paid for themselves: 18 ms of making
them. No start waits for that."""
_LONGEST_USER_ID = 0xFFFF // 8


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key (32 bytes, unsigned big-endian, never shown) and its point X‖Y (64 bytes)."""

    private: bytes = field(repr=False)
    public: bytes


def key_pair(private: bytes) -> KeyPair:
    """The pair of a 32-byte private key; raises ``CryptoRefused`` unless 1 ≤ d ≤ n−2."""
    if len(private) != PRIVATE_SIZE or not 1 <= int.from_bytes(private) <= _N - 2:
        raise CryptoRefused("private_key")
    point = _engine()._kg(int.from_bytes(private), default_ecc_table["g"])
    return KeyPair(private, bytes.fromhex(point))


def new_key_pair() -> KeyPair:
    """A fresh pair from the operating system's random source."""
    return key_pair((secrets.randbelow(_N - 2) + 1).to_bytes(PRIVATE_SIZE))


def on_curve(public: bytes) -> bool:
    """Whether ``public`` is X‖Y of a point of sm2p256v1 other than infinity."""
    if len(public) != PUBLIC_SIZE:
        return False
    x, y = int.from_bytes(public[:32]), int.from_bytes(public[32:])
    return x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0


def message_digest(public: bytes, content: bytes, user_id: bytes = DEFAULT_USER_ID) -> bytes:
    """SM3(ZA ‖ content) as GB/T 32918.2 5.5 wants it; raises ``CryptoRefused`` for a long id."""
    if len(user_id) > _LONGEST_USER_ID:
        raise CryptoRefused("user_id")
    length = (len(user_id) * 8).to_bytes(2)
    return sm3(sm3(length, user_id, _CURVE, public), content)


def sign(pair: KeyPair, content: bytes, user_id: bytes = DEFAULT_USER_ID) -> bytes:
    """SM3withSM2, raw r‖s, 64 bytes."""
    return sign_digest(pair, message_digest(pair.public, content, user_id))


def sign_digest(pair: KeyPair, digest: bytes, draw: "Callable[[], int] | None" = None) -> bytes:
    """Sign a finished digest. ``draw`` replaces the nonce source in self-tests with vectors."""
    engine = _engine(private=pair.private)
    while True:
        nonce = (draw or _nonce)()
        signature: str | None = engine.sign(digest, f"{nonce:064x}")
        # the standard draws again where r, s or r+k vanish
        if signature is not None:
            return bytes.fromhex(signature)


def verify(
    public: bytes, content: bytes, signature: bytes, user_id: bytes = DEFAULT_USER_ID
) -> bool:
    """Whether ``signature`` (raw r‖s) over ``content`` is by ``public``. Never raises."""
    if len(signature) != SIGNATURE_SIZE or len(user_id) > _LONGEST_USER_ID:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not (0 < r < _N and 0 < s < _N and on_curve(public)):
        return False
    engine = _engine(public=public)
    try:
        return engine.verify(signature.hex(), message_digest(public, content, user_id)) is True
    except (TypeError, ValueError):
        # gmssl adds points without the case of infinity: such a signature is invalid
        return False


def signed_digest(public: bytes, signature: bytes) -> int | None:
    """The digest, modulo the order, that ``signature`` by ``public`` is over; None for none.

    The verifying equation read backwards: whoever asks which of many texts was signed multiplies
    points once and then compares digests. It proves nothing until such a digest is found.
    """
    if len(signature) != SIGNATURE_SIZE or not on_curve(public):
        return None
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    total = (r + s) % _N
    if not (0 < r < _N and 0 < s < _N and total):
        return None
    engine = _engine(public=public)
    try:
        base = engine._kg(s, default_ecc_table["g"])
        point = engine._add_point(f"{base}1", engine._kg(total, public.hex()))
        x = int(engine._convert_jacb_to_nor(point)[:64], 16)
    except (TypeError, ValueError):
        # gmssl adds points without the case of infinity
        return None
    return (r - x) % _N


def digest_number(digest: bytes) -> int:
    """A 32-byte digest as :func:`signed_digest` tells it."""
    return int.from_bytes(digest) % _N


def _nonce() -> int:
    return secrets.randbelow(_N - 1) + 1


class _Engine(CryptSM2):  # type: ignore[misc]  # gmssl carries no types
    """gmssl's signature equations on points that are multiplied in plain integers."""

    def _kg(self, k: int, point: str) -> str | None:
        return _text(_PLANE.affine(_multiple(k, _point(point))))

    def _convert_jacb_to_nor(self, point: str) -> str | None:
        # gmssl's inverse is a power of 256 bits: a third of a verification
        return _text(_PLANE.affine((*_point(point), int(point[PUBLIC_SIZE * 2 :], 16))))


def _multiple(k: int, point: Affine) -> Jacobian:
    """k·P for 0 ≤ k: the more often a point is met, the more of it is known.

    A comb takes 32 doublings where a stranger takes 256; windows take none.
    """
    if point not in _known or not 0 <= k < _N:
        return _PLANE.times(k, point)
    _known[point] += 1
    if _known[point] > OFTEN:
        return _PLANE.plus_by(INFINITY, _windows(point), k)
    return _PLANE.times_by(_comb(point), k)


_known: dict[Affine, int] = {_BASE: 0}
"""The base point and those of :func:`prepare`, and how often each was multiplied."""


def prepare(public: bytes) -> None:
    """Make the table of a key that will be asked again and again, such as a platform's.

    A key that is no point of the curve is left alone: ``verify`` says what is wrong with it; so is
    one that finds no room, and is only slower.
    """
    if on_curve(public) and len(_known) <= _MOST_PREPARED:
        point = _point(public.hex())
        _comb(point)
        _known.setdefault(point, 0)


@lru_cache(maxsize=_MOST_PREPARED + 1)
def _comb(point: Affine) -> tuple[Affine, ...]:
    return _PLANE.comb(point)


@lru_cache(maxsize=_MOST_PREPARED + 1)
def _windows(point: Affine) -> Windows:
    return _PLANE.windows(point)


def _point(text: str) -> Affine:
    return int(text[:64], 16), int(text[64:], 16)


def _text(point: Affine | None) -> str | None:
    """As gmssl writes points; it takes None for one that is none."""
    return None if point is None else f"{point[0]:064x}{point[1]:064x}"


def _engine(private: bytes = b"", public: bytes = b"") -> CryptSM2:
    engine = _Engine(private_key=private.hex(), public_key="")
    engine.public_key = public.hex()
    return engine
