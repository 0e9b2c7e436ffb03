import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.chain import GENESIS, link
from app.crypto.errors import CryptoRefused

KEY = b"k" * 32


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=6), st.data())
def test_a_changed_row_changes_every_later_link(rows: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    changed = [*rows[:at], rows[at] + b"!", *rows[at + 1 :]]
    before, after = _links(rows), _links(changed)
    assert before[:at] == after[:at]
    assert all(a != b for a, b in zip(before[at:], after[at:], strict=True))


def test_the_link_is_the_written_formula() -> None:
    assert link(KEY, GENESIS, b"row") == hmac.new(KEY, bytes(32) + b"row", "sm3").digest()


@pytest.mark.parametrize("size", [0, 31, 33])
def test_links_have_32_bytes(size: int) -> None:
    with pytest.raises(CryptoRefused, match="chain_link"):
        link(KEY, bytes(size), b"row")


def _links(rows: list[bytes]) -> list[bytes]:
    links, head = [], GENESIS
    for row in rows:
        head = link(KEY, head, row)
        links.append(head)
    return links
