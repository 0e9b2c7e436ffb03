import random

import gmalg
import pytest
from gmssl import func
from gmssl import sm2 as gmssl_sm2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import sm2
from app.crypto.errors import CryptoRefused

N = int(gmssl_sm2.default_ecc_table["n"], 16)
P = int(gmssl_sm2.default_ecc_table["p"], 16)
PAIR = sm2.key_pair((0x1234567890ABCDEF << 128 | 7).to_bytes(32))
CONTENT = b"counter"
SIGNATURE = sm2.sign(PAIR, CONTENT)
SOME_DIGEST = bytes(range(32))
few = settings(max_examples=25, deadline=None)


@given(st.integers(1, N - 2), st.binary(max_size=200), st.binary(min_size=1, max_size=40))
@few
def test_a_second_implementation_agrees(number: int, content: bytes, user_id: bytes) -> None:
    pair = sm2.key_pair(number.to_bytes(32))
    other = gmalg.SM2(pair.private, user_id, b"\x04" + pair.public)
    signature = sm2.sign(pair, content, user_id)
    assert other.verify(content, signature[:32], signature[32:])
    # gmalg drops leading zeros of r and s, one signature in 128
    signed = b"".join(part.rjust(32, b"\0") for part in other.sign(content))
    assert sm2.verify(pair.public, content, signed, user_id)


def test_no_public_key_is_mangled() -> None:
    # gmssl's constructor strips leading characters "0" and "4": one key in eight
    pairs = [sm2.new_key_pair() for _ in range(40)]
    assert {len(pair.public) for pair in pairs} == {64}
    assert all(sm2.verify(p.public, CONTENT, sm2.sign(p, CONTENT)) for p in pairs)


def test_a_point_that_starts_like_a_prefix_survives() -> None:
    numbers = iter(range(1, 2000))
    pair = next(
        p
        for p in (sm2.key_pair(n.to_bytes(32)) for n in numbers)
        if p.public.hex().startswith(("04", "40", "00", "44"))
    )
    assert sm2.verify(pair.public, CONTENT, sm2.sign(pair, CONTENT))


def test_weak_random_sources_are_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("a weak random source was asked")

    monkeypatch.setattr(func, "random_hex", refuse)
    monkeypatch.setattr(gmssl_sm2, "choice", refuse)
    monkeypatch.setattr(random, "choice", refuse)
    pair = sm2.new_key_pair()
    assert sm2.verify(pair.public, CONTENT, sm2.sign(pair, CONTENT))


def test_the_same_text_is_never_signed_with_the_same_nonce() -> None:
    assert len({sm2.sign(PAIR, CONTENT)[:32] for _ in range(10)}) == 10


@given(st.integers(0, 8 * sm2.SIGNATURE_SIZE - 1))
@few
def test_a_flipped_signature_bit_is_refused(bit: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[bit // 8] ^= 1 << bit % 8
    assert not sm2.verify(PAIR.public, CONTENT, bytes(changed))


@given(st.integers(0, 8 * len(CONTENT) - 1))
@few
def test_a_flipped_content_bit_is_refused(bit: int) -> None:
    changed = bytearray(CONTENT)
    changed[bit // 8] ^= 1 << bit % 8
    assert not sm2.verify(PAIR.public, bytes(changed), SIGNATURE)


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80))
def test_garbage_is_invalid_and_never_raises(
    public: bytes, content: bytes, signature: bytes
) -> None:
    assert not sm2.verify(public, content, signature)


@pytest.mark.parametrize("r", [0, 1, N - 1, N, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, N - 1, N, 2**256 - 1])
def test_numbers_at_the_edge_are_invalid(r: int, s: int) -> None:
    signature = r.to_bytes(32) + s.to_bytes(32)
    assert not sm2.verify(PAIR.public, CONTENT, signature)


def test_a_signature_meeting_at_infinity_is_invalid() -> None:
    # with the key d = 1 and s + (r + s) = 0 the two points cancel out
    pair = sm2.key_pair((1).to_bytes(32))
    s = 5
    r = (-2 * s) % N
    assert not sm2.verify(pair.public, CONTENT, r.to_bytes(32) + s.to_bytes(32))


def test_trailing_and_missing_bytes_are_invalid() -> None:
    assert not sm2.verify(PAIR.public, CONTENT, SIGNATURE + b"\0")
    assert not sm2.verify(PAIR.public, CONTENT, SIGNATURE[:-1])
    assert not sm2.verify(b"\x04" + PAIR.public, CONTENT, SIGNATURE)


def test_another_user_id_is_invalid() -> None:
    assert sm2.verify(PAIR.public, CONTENT, sm2.sign(PAIR, CONTENT, b"ALICE"), b"ALICE")
    assert not sm2.verify(PAIR.public, CONTENT, sm2.sign(PAIR, CONTENT, b"ALICE"))


def test_a_user_id_has_a_longest_size() -> None:
    longest = bytes(8191)
    signature = sm2.sign(PAIR, CONTENT, longest)
    assert sm2.verify(PAIR.public, CONTENT, signature, longest)
    assert not sm2.verify(PAIR.public, CONTENT, signature, longest + b"\0")
    with pytest.raises(CryptoRefused, match="user_id"):
        sm2.sign(PAIR, CONTENT, longest + b"\0")


def test_a_nonce_that_gives_nothing_is_drawn_again() -> None:
    # e = -x1 makes r = 0, which the standard rejects
    point = sm2.key_pair((3).to_bytes(32)).public
    digest = ((-int.from_bytes(point[:32])) % N).to_bytes(32)
    nonces = iter([3, 4])
    signature = sm2.sign_digest(PAIR, digest, lambda: next(nonces))
    assert next(nonces, None) is None
    assert signature == sm2.sign_digest(PAIR, digest, lambda: 4)


@pytest.mark.parametrize(
    "private",
    [bytes(32), (N - 1).to_bytes(32), N.to_bytes(32), b"\xff" * 32, b"", bytes(31), bytes(33)],
    ids=["zero", "n-1", "n", "all-ones", "empty", "short", "long"],
)
def test_private_keys_out_of_range_are_refused(private: bytes) -> None:
    with pytest.raises(CryptoRefused, match="private_key"):
        sm2.key_pair(private)


def test_points_off_the_curve_are_refused() -> None:
    x, y = PAIR.public[:32], int.from_bytes(PAIR.public[32:])
    assert sm2.on_curve(PAIR.public)
    assert sm2.on_curve(x + (P - y).to_bytes(32))
    assert not sm2.on_curve(x + (y ^ 1).to_bytes(32))
    assert not sm2.on_curve(bytes(64))
    assert not sm2.on_curve(PAIR.public[1:])
    assert not sm2.on_curve(b"\xff" * 64)


def test_a_coordinate_beyond_the_field_is_refused() -> None:
    small = next(x for x in range(1, 99) if sm2.on_curve(x.to_bytes(32) + _root_of(x).to_bytes(32)))
    assert not sm2.on_curve((small + P).to_bytes(32) + _root_of(small).to_bytes(32))


def _root_of(x: int) -> int:
    table = gmssl_sm2.default_ecc_table
    square = (x**3 + int(table["a"], 16) * x + int(table["b"], 16)) % P
    return pow(square, (P + 1) // 4, P)


def test_private_keys_do_not_show() -> None:
    assert PAIR.private.hex()[-20:] not in repr(PAIR)
    assert "private" not in repr(PAIR)


@pytest.mark.parametrize("shift", [0, 1, 42, 43, 44, 215, 254])
def test_the_table_of_the_base_point_agrees_with_the_ladder(shift: int) -> None:
    ladder = gmssl_sm2.CryptSM2(private_key="", public_key="")
    base = gmssl_sm2.default_ecc_table["g"]
    for number in (1 << shift, (1 << shift) + 1, N - 2 - shift):
        assert sm2.key_pair(number.to_bytes(32)).public.hex() == ladder._kg(number, base)


def test_a_key_met_often_judges_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a stranger to a comb to windows: signatures, refusals and what they are over."""
    pair = sm2.key_pair((0xABCDEF << 200 | 5).to_bytes(32))
    signature = sm2.sign(pair, CONTENT)
    over = sm2.digest_number(sm2.message_digest(pair.public, CONTENT))
    # s·G and (r + s)·P cancel out where P is -2·G and r is -s/2
    opposite = sm2.key_pair((N - 2).to_bytes(32))
    nowhere = (-5 * pow(2, -1, N) % N).to_bytes(32) + (5).to_bytes(32)
    other = gmssl_sm2.CryptSM2(private_key=PAIR.private.hex(), public_key="")
    for often in (10**9, 10**9, 0):
        monkeypatch.setattr(sm2, "OFTEN", often)
        assert sm2.verify(pair.public, CONTENT, signature)
        assert not sm2.verify(pair.public, CONTENT + b"!", signature)
        assert sm2.signed_digest(pair.public, signature) == over
        assert not sm2.verify(opposite.public, CONTENT, nowhere)
        assert sm2.signed_digest(opposite.public, nowhere) is None
        assert sm2.sign_digest(PAIR, SOME_DIGEST, lambda: 7).hex() == other.sign(
            SOME_DIGEST, f"{7:064x}"
        )
        sm2.prepare(pair.public)
        sm2.prepare(opposite.public)


def test_tables_for_strangers_are_never_made() -> None:
    stranger = sm2.new_key_pair()
    assert sm2.verify(stranger.public, CONTENT, sm2.sign(stranger, CONTENT))
    assert sm2._point(stranger.public.hex()) not in sm2._known


def test_a_prepared_key_judges_as_before() -> None:
    pair, other = sm2.new_key_pair(), sm2.new_key_pair()
    signature = sm2.sign(pair, b"prescription")
    sm2.prepare(pair.public)
    assert sm2.verify(pair.public, b"prescription", signature)
    assert not sm2.verify(pair.public, b"prescriptioN", signature)
    assert not sm2.verify(other.public, b"prescription", signature)


def test_what_is_no_point_is_not_prepared() -> None:
    sm2.prepare(bytes(64))
    assert not sm2.verify(bytes(64), b"prescription", bytes(64))


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=40), st.binary(max_size=20))
def test_a_signature_tells_the_digest_it_is_over(content: bytes, user_id: bytes) -> None:
    signature = sm2.sign(PAIR, content, user_id)
    digest = sm2.message_digest(PAIR.public, content, user_id)
    assert sm2.signed_digest(PAIR.public, signature) == sm2.digest_number(digest)


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        (PAIR.public, SIGNATURE[:-1]),
        (PAIR.public[:-1] + bytes([PAIR.public[-1] ^ 1]), SIGNATURE),
        (PAIR.public, bytes(32) + SIGNATURE[32:]),
        (PAIR.public, SIGNATURE[:32] + N.to_bytes(32)),
        (PAIR.public, (N - 5).to_bytes(32) + (5).to_bytes(32)),
    ],
    ids=["cut", "no point", "r is nothing", "s beyond", "together nothing"],
)
def test_what_is_no_signature_is_over_nothing(public: bytes, signature: bytes) -> None:
    assert sm2.signed_digest(public, signature) is None


def test_points_that_cancel_out_tell_nothing() -> None:
    pair = sm2.key_pair((1).to_bytes(32))
    s = 5
    r = (-2 * s) % N
    assert sm2.signed_digest(pair.public, r.to_bytes(32) + s.to_bytes(32)) is None
