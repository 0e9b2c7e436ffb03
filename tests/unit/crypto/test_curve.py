"""The integer arithmetic beside gmssl's own, and beside school-book addition on a small curve."""

import pytest
from gmssl import sm2 as gmssl_sm2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.curve import INFINITY, Affine, Curve

TABLE = gmssl_sm2.default_ecc_table
N, P, G = int(TABLE["n"], 16), int(TABLE["p"], 16), TABLE["g"]
BASE = (int(G[:64], 16), int(G[64:], 16))
SM2 = Curve(P, N.bit_length())
COMB = SM2.comb(BASE)
WINDOWS = SM2.windows(BASE)

SMALL_P, SMALL_B = 97, 3
SMALL = Curve(SMALL_P, 7, teeth=6, width=3)
POINTS = [
    (x, y)
    for x in range(SMALL_P)
    for y in range(SMALL_P)
    if (y * y - (x**3 - 3 * x + SMALL_B)) % SMALL_P == 0
]


def school_book(one: Affine | None, other: Affine | None) -> Affine | None:
    """Chord and tangent, with the small curve's infinity as None."""
    if one is None or other is None:
        return one or other
    (x, y), (x2, y2) = one, other
    if x == x2 and (y + y2) % SMALL_P == 0:
        return None
    rise, run = (3 * x * x - 3, 2 * y) if one == other else (y2 - y, x2 - x)
    slope = rise * pow(run, -1, SMALL_P) % SMALL_P
    new_x = (slope * slope - x - x2) % SMALL_P
    return new_x, (slope * (x - new_x) - y) % SMALL_P


@pytest.mark.parametrize("point", POINTS)
def test_every_multiple_of_every_point_of_a_small_curve(point: Affine) -> None:
    expected: Affine | None = None
    for k in range(2 * len(POINTS) + 4):
        assert SMALL.multiple(k, point) == expected, k
        expected = school_book(expected, point)


def _preparable(point: Affine) -> bool:
    """Whether no sum of teeth is infinity, as it never is where the group's order is a prime."""
    places = [1 << (tooth * SMALL.columns) for tooth in range(6)]
    sums = (sum(n for i, n in enumerate(places) if chosen >> i & 1) for chosen in range(1, 64))
    return all(SMALL.multiple(total, point) is not None for total in sums)


@pytest.mark.parametrize("point", [point for point in POINTS if _preparable(point)][::9])
def test_a_table_on_a_small_curve_gives_the_same_multiples(point: Affine) -> None:
    table = SMALL.comb(point)
    for k in range(1 << SMALL.bits):
        assert SMALL.multiple_by(table, k) == SMALL.multiple(k, point), k


def _order(point: Affine) -> int:
    return next(k for k in range(1, 2 * len(POINTS)) if SMALL.multiple(k, point) is None)


# of odd order beyond the digits: no multiple in the table is infinity
WINDOWED = [p for p in POINTS if _order(p) % 2 and _order(p) > 4][::9]


@pytest.mark.parametrize("point", WINDOWED)
def test_windows_on_a_small_curve_go_on_from_every_point(point: Affine) -> None:
    windows = SMALL.windows(point)
    starts = [INFINITY, *((x * 4 % SMALL_P, y * 8 % SMALL_P, 2) for x, y in POINTS)]
    for k in range(1 << SMALL.bits):
        alone = SMALL.multiple(k, point)
        for start in starts:
            expected = school_book(SMALL.affine(start), alone)
            found = SMALL.plus_by(start, windows, k)
            assert SMALL.affine(found) == expected, (k, start)


def test_there_are_points_for_windows() -> None:
    assert len(WINDOWED) > 3


@settings(max_examples=60)
@given(st.integers(1, N - 1))
def test_multiples_agree_with_gmssl(k: int) -> None:
    ladder = gmssl_sm2.CryptSM2(private_key="", public_key="")
    expected = ladder._kg(k, G)
    by_windows = SM2.affine(SM2.plus_by(INFINITY, WINDOWS, k))
    for found in (SM2.multiple(k, BASE), SM2.multiple_by(COMB, k), by_windows):
        assert found is not None
        assert f"{found[0]:064x}{found[1]:064x}" == expected


def test_the_order_ends_at_infinity() -> None:
    assert SM2.multiple(0, BASE) is None
    assert SM2.multiple(N, BASE) is None
    assert SM2.multiple_by(COMB, 0) is None
    assert SM2.multiple_by(COMB, N) is None
    assert SM2.affine(SM2.plus_by(INFINITY, WINDOWS, 0)) is None
    assert SM2.affine(SM2.plus_by(INFINITY, WINDOWS, N)) is None
    assert SM2.affine(SM2.plus_by((*BASE, 1), WINDOWS, N - 1)) is None
    highest = (1 << 256) - 1
    assert SM2.affine(SM2.plus_by(INFINITY, WINDOWS, highest)) == SM2.multiple(highest, BASE)
    assert SM2.multiple(N - 1, BASE) == (BASE[0], P - BASE[1])
    assert SM2.multiple(N + 1, BASE) == BASE


def test_no_table_is_made_of_a_point_whose_multiples_vanish() -> None:
    vanishing = next((x, y) for x, y in POINTS if not y)
    for table in (SMALL.comb, SMALL.windows):
        with pytest.raises(ValueError, match="infinity"):
            table(vanishing)
