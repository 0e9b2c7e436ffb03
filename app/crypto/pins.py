"""Passwords and PINs: argon2id with the library's defaults (security-and-libraries 6)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()


def hash_pin(pin: str) -> str:
    """An argon2id record with its own random salt; about 70 ms on purpose."""
    return _HASHER.hash(pin)


def pin_matches(hashed: str, pin: str) -> bool:
    """Whether ``pin`` made ``hashed``. A damaged record matches nothing."""
    try:
        return _HASHER.verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False
