"""SM2 signatures (GB/T 32918.2) on the curve of gmssl's table, in plain integers.

gmssl 3.2.2 is imported here and nowhere else, for the numbers of the curve only; tests ask it, and
another implementation, whether they judge alike. The traps of security-and-libraries 4 are closed:
nonces come from ``secrets``, points must lie on the curve, r and s must be in range, and garbage is
"invalid", never an exception.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from gmssl.sm2 import default_ecc_table

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
_BASE: Affine = int(default_ecc_table["g"][:64], 16), int(default_ecc_table["g"][64:], 16)
_PLANE = Curve(_P, _N.bit_length())
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
    point = _PLANE.affine(_plus(INFINITY, int.from_bytes(private), _BASE))
    if point is None:
        raise CryptoRefused("private_key")
    return KeyPair(private, point[0].to_bytes(32) + point[1].to_bytes(32))


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
    key, e = int.from_bytes(pair.private), digest_number(digest)
    while True:
        nonce = (draw or _nonce)()
        point = _PLANE.affine(_plus(INFINITY, nonce, _BASE))
        r = (e + (point[0] if point else 0)) % _N
        s = pow(1 + key, -1, _N) * (nonce - r * key) % _N
        # the standard draws again where r, s or r+k vanish
        if point and r and s and (r + nonce) % _N:
            return r.to_bytes(32) + s.to_bytes(32)


def verify(
    public: bytes, content: bytes, signature: bytes, user_id: bytes = DEFAULT_USER_ID
) -> bool:
    """Whether ``signature`` (raw r‖s) over ``content`` is by ``public``. Never raises."""
    if len(user_id) > _LONGEST_USER_ID:
        return False
    point = _signed_point(public, signature)
    if point is None:
        return False
    e = digest_number(message_digest(public, content, user_id))
    x = (int.from_bytes(signature[:32]) - e) % _N
    # x stands for itself, or for the few numbers between the order and the field's prime
    return any(_PLANE.has_x(point, one) for one in (x, x + _N) if one < _P)


def signed_digest(public: bytes, signature: bytes) -> int | None:
    """The digest, modulo the order, that ``signature`` by ``public`` is over; None for none.

    The verifying equation read backwards: whoever asks which of many texts was signed multiplies
    points once and then compares digests. It proves nothing until such a digest is found.
    """
    point = _signed_point(public, signature)
    there = None if point is None else _PLANE.affine(point)
    return None if there is None else (int.from_bytes(signature[:32]) - there[0]) % _N


def _signed_point(public: bytes, signature: bytes) -> Jacobian | None:
    """s·G + (r+s)·P of GB/T 32918.2 7.1; None for what is no signature of any text."""
    if len(signature) != SIGNATURE_SIZE or not on_curve(public):
        return None
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    total = (r + s) % _N
    if not (0 < r < _N and 0 < s < _N and total):
        return None
    return _plus(_plus(INFINITY, s, _BASE), total, _point(public))


def digest_number(digest: bytes) -> int:
    """A 32-byte digest as :func:`signed_digest` tells it."""
    return int.from_bytes(digest) % _N


def _nonce() -> int:
    return secrets.randbelow(_N - 1) + 1


def _plus(start: Jacobian, k: int, point: Affine) -> Jacobian:
    """start + k·P for 0 ≤ k < n: the more often a point is met, the more of it is known.

    A comb takes 32 doublings where a stranger takes 256; windows take none and go on from start.
    """
    if point not in _known:
        return _PLANE.plus(start, _PLANE.times(k, point))
    _known[point] += 1
    if _known[point] > OFTEN:
        return _PLANE.plus_by(start, _windows(point), k)
    return _PLANE.plus(start, _PLANE.times_by(_comb(point), k))


_known: dict[Affine, int] = {_BASE: 0}
"""The base point and those of :func:`prepare`, and how often each was multiplied."""


def prepare(public: bytes) -> None:
    """Make the table of a key that will be asked again and again, such as a platform's.

    A key that is no point of the curve is left alone: ``verify`` says what is wrong with it; so is
    one that finds no room, and is only slower.
    """
    if on_curve(public) and len(_known) <= _MOST_PREPARED:
        _comb(_point(public))
        _known.setdefault(_point(public), 0)


@lru_cache(maxsize=_MOST_PREPARED + 1)
def _comb(point: Affine) -> tuple[Affine, ...]:
    return _PLANE.comb(point)


@lru_cache(maxsize=_MOST_PREPARED + 1)
def _windows(point: Affine) -> Windows:
    return _PLANE.windows(point)


def _point(public: bytes) -> Affine:
    return int.from_bytes(public[:32]), int.from_bytes(public[32:])
