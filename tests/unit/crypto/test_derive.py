import pytest

from app.crypto.derive import rx_content_key
from app.crypto.errors import CryptoRefused
from app.crypto.self_check import Vectors
from app.crypto.sm4 import encrypt_ecb


def test_the_published_sample(vectors: Vectors) -> None:
    sample = vectors["independent"]["spec_sample_43AF"]
    key = rx_content_key(sample["appId"], sample["appSecret"])
    assert key == sample["derivedSm4KeyAscii"].encode()


def test_even_positions_when_the_profile_says_so() -> None:
    app_id, secret = "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpP", "S" * 32
    expected = encrypt_ecb(b"ABCDEFGHIJKLMNOP", secret.encode()).hex().upper()[:16]
    assert rx_content_key(app_id, secret, "even") == expected.encode()


@pytest.mark.parametrize(
    ("app_id", "scheme", "reason"),
    [
        ("A" * 32, "odd", "key_scheme"),
        ("A" * 15, "first16", "app_id"),
        ("A" * 31, "even", "app_id"),
        ("药" * 16, "first16", "app_id"),
    ],
)
def test_what_yields_no_key_is_refused(app_id: str, scheme: str, reason: str) -> None:
    with pytest.raises(CryptoRefused, match=reason):
        rx_content_key(app_id, "S" * 32, scheme)
