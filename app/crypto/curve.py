"""Multiples of points of a short Weierstrass curve with a = -3, in plain integers.

gmssl turns each coordinate, and the prime, from hex text and back in every single addition; that
is three quarters of its time. This is the same arithmetic (projective Jacobian, GB/T 32918.1
A.1.2.3.2) without the texts, and complete: it knows infinity, a point met twice, and its inverse.
Not in constant time, as gmssl's is not; the key's owner is the only one who could measure it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Affine = tuple[int, int]
"""x and y of a point other than infinity."""
Jacobian = tuple[int, int, int]
"""X, Y and Z of x = X/Z², y = Y/Z³; infinity where Z is 0. One point has many of them."""
Windows = Sequence[Sequence[Affine]]
"""By place of a number's digits: the multiples each digit stands for."""
INFINITY: Jacobian = (1, 1, 0)


@dataclass(frozen=True, slots=True)
class Curve:
    """The field's prime and the bits of the group's order.

    ``teeth``: a comb has 2^teeth points, and a multiple by it 1/teeth of the doublings. ``width``:
    so many bits are one digit of windows, which need no doubling and half of 2^width points each.
    """

    prime: int
    bits: int
    teeth: int = 8
    width: int = 7

    def multiple(self, k: int, point: Affine) -> Affine | None:
        """k·P for 0 ≤ k; None is infinity."""
        return self.affine(self.times(k, point))

    def times(self, k: int, point: Affine) -> Jacobian:
        """As :meth:`multiple`."""
        found = INFINITY
        back = (point[0], self.prime - point[1])
        for digit in reversed(_signed_digits(k)):
            found = self._double(found)
            if digit:
                found = self._add(found, point if digit > 0 else back)
        return found

    def comb(self, point: Affine) -> tuple[Affine, ...]:
        """Sums of 2^(columns·i)·P for every choice of teeth; the empty choice is P itself.

        Raises ``ValueError`` where one of them is infinity: never in a group of prime order.
        """
        found: list[Jacobian] = [(*point, 1)] * (1 << self.teeth)
        single = found[0]
        for tooth in range(self.teeth):
            place = 1 << tooth
            there = _finite(self.affine(single))
            found[place] = (*there, 1)
            for lower in range(1, place):
                found[place | lower] = self._add(found[lower], there)
            for _ in range(self.columns):
                single = self._double(single)
        return self._all_affine(found)

    @property
    def columns(self) -> int:
        """Doublings of a multiple by table."""
        return -(-self.bits // self.teeth)

    def multiple_by(self, table: Sequence[Affine], k: int) -> Affine | None:
        """k·P by the table of :meth:`comb`, for 0 ≤ k < 2^bits."""
        return self.affine(self.times_by(table, k))

    def times_by(self, table: Sequence[Affine], k: int) -> Jacobian:
        """As :meth:`multiple_by`."""
        found = INFINITY
        width = self.columns
        digits = f"{k:0{self.teeth * width}b}"
        rows = [digits[start : start + width] for start in range(0, len(digits), width)]
        for column in zip(*rows, strict=True):
            found = self._double(found)
            teeth = int("".join(column), 2)
            if teeth:
                found = self._add(found, table[teeth])
        return found

    def windows(self, point: Affine) -> Windows:
        """j·2^(width·i)·P for every place i of a number and every digit 1 ≤ j ≤ 2^(width-1).

        Raises ``ValueError`` as :meth:`comb`.
        """
        found: list[Jacobian] = []
        base, half = point, 1 << (self.width - 1)
        for _ in range(self.places):
            row: list[Jacobian] = [(*base, 1)]
            while len(row) < half:
                row.append(self._add(row[-1], base))
            found += row
            base = _finite(self.affine(self._double(row[-1])))
        points = self._all_affine(found)
        return tuple(points[start : start + half] for start in range(0, len(points), half))

    @property
    def places(self) -> int:
        """Digits of a multiple by windows; the last one takes what the others carry."""
        return -(-self.bits // self.width) + 1

    def plus_by(self, start: Jacobian, windows: Windows, k: int) -> Jacobian:
        """start + k·P by the table of :meth:`windows`, for 0 ≤ k < 2^bits."""
        found, p, width = start, self.prime, self.width
        full = 1 << width
        half, mask = full >> 1, full - 1
        for row in windows:
            digit = k & mask
            k >>= width
            if digit > half:
                # the digit less, and one more of the next
                k += 1
                x, y = row[full - digit - 1]
                found = self._add(found, (x, p - y))
            elif digit:
                found = self._add(found, row[digit - 1])
        return found

    def plus(self, one: Jacobian, other: Jacobian) -> Jacobian:
        """The sum of any two points."""
        there = self.affine(other)
        return one if there is None else self._add(one, there)

    def has_x(self, point: Jacobian, x: int) -> bool:
        """Whether x is that of ``point``, for 0 ≤ x < p; infinity has none."""
        return bool(point[2]) and (x * point[2] * point[2] - point[0]) % self.prime == 0

    def _double(self, point: Jacobian) -> Jacobian:
        x, y, z = point
        p = self.prime
        if not z or not y:
            return INFINITY
        zz, yy = z * z % p, y * y % p
        beta = x * yy % p
        alpha = 3 * (x - zz) * (x + zz) % p
        new_x = (alpha * alpha - 8 * beta) % p
        return (new_x, (alpha * (4 * beta - new_x) - 8 * yy * yy) % p, 2 * y * z % p)

    def _add(self, one: Jacobian, other: Affine) -> Jacobian:
        x, y, z = one
        p = self.prime
        if not z:
            return (*other, 1)
        zz = z * z % p
        h = (other[0] * zz - x) % p
        r = (other[1] * zz % p * z - y) % p
        if not h:
            return INFINITY if r else self._double(one)
        hh = h * h % p
        hhh, v = hh * h % p, x * hh % p
        new_x = (r * r - hhh - 2 * v) % p
        return (new_x, (r * (v - new_x) - y * hhh) % p, z * h % p)

    def affine(self, point: Jacobian) -> Affine | None:
        """None is infinity."""
        x, y, z = point
        p = self.prime
        if not z:
            return None
        inverse = pow(z, -1, p)
        square = inverse * inverse % p
        return (x * square % p, y * square * inverse % p)

    def _all_affine(self, points: Sequence[Jacobian]) -> tuple[Affine, ...]:
        """As :meth:`affine`, with one inversion for all (Montgomery). Raises ``ValueError``."""
        p = self.prime
        before, product = [], 1
        for _, _, z in points:
            before.append(product)
            product = product * z % p
        if not product:
            raise ValueError("infinity")
        inverse = pow(product, -1, p)
        found = []
        for (x, y, z), earlier in zip(reversed(points), reversed(before), strict=True):
            own = inverse * earlier % p
            inverse = inverse * z % p
            square = own * own % p
            found.append((x * square % p, y * square * own % p))
        return tuple(reversed(found))


def _finite(point: Affine | None) -> Affine:
    if point is None:
        raise ValueError("infinity")
    return point


def _signed_digits(k: int) -> list[int]:
    """k in digits -1, 0 and 1, lowest first, no two neighbours set: the fewest additions."""
    digits = []
    while k:
        digit = 2 - (k & 3) if k & 1 else 0
        digits.append(digit)
        k = (k - digit) >> 1
    return digits
