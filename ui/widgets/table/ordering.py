"""Putting many rows in order a slice at a time, so that whoever waits is never kept long."""

import heapq
from array import array
from collections.abc import Callable, Iterator
from typing import Protocol

CHUNK = 1_000
"""Rows sorted in one go; a slice takes about a millisecond."""


class Orderable(Protocol):
    """What can stand before something else; within a column all are of one kind."""

    def __lt__(self, other: "Orderable", /) -> bool: ...


def ordering(
    count: int, key: Callable[[int], object], *, descending: bool, into: "array[int]"
) -> Iterator[None]:
    """Fill ``into`` with the places 0 … ``count`` in the order of their keys.

    Yields between slices; stable both ways. Raises ``TypeError`` for keys that cannot be compared.
    """
    chunks: list[list[tuple[Orderable, int]]] = []
    turn = -1 if descending else 1
    for first in range(0, count, CHUNK):
        places = range(first, min(first + CHUNK, count))
        # a place breaks a tie, downwards as upwards: what was first stays first
        keyed = [(key(at), at * turn) for at in places]
        chunks.append(sorted(keyed, reverse=descending))  # type: ignore[arg-type]  # one kind a column
        yield
    for done, (_, at) in enumerate(heapq.merge(*chunks, reverse=descending)):
        into.append(at * turn)
        if done % CHUNK == CHUNK - 1:
            yield
