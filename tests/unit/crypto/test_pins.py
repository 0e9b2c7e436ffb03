import pytest

from app.crypto.pins import hash_pin, pin_matches


def test_only_the_right_pin_matches() -> None:
    hashed = hash_pin("280591")
    assert hashed.startswith("$argon2id$")
    assert "280591" not in hashed
    assert pin_matches(hashed, "280591")
    assert not pin_matches(hashed, "280592")


def test_equal_pins_have_different_records() -> None:
    assert hash_pin("1") != hash_pin("1")


@pytest.mark.parametrize("hashed", ["", "plain", "$argon2id$v=19$m=65536,t=3,p=4$AA$AA"])
def test_a_damaged_record_matches_nothing(hashed: str) -> None:
    assert not pin_matches(hashed, "280591")
