"""The chain by itself, without a base."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from app.crypto.chain import GENESIS, link
from localdb.chain import JournalRow, canonical, verify

KEY = bytes(range(32))
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def rows(count: int) -> list[JournalRow]:
    made: list[JournalRow] = []
    previous = GENESIS
    for number in range(1, count + 1):
        previous = link(KEY, previous, canonical(number, AT, 1, "act", f"case {number}", ""))
        made.append(JournalRow(number, AT, 1, "act", f"case {number}", "", previous))
    return made


def test_empty_chain_is_whole() -> None:
    assert verify(KEY, [], None).whole
    assert verify(KEY, [], (1, GENESIS)).broken_at == 1


@given(count=st.integers(1, 8), place=st.integers(0, 7), what=st.sampled_from(["act", "subject"]))
def test_any_changed_row_breaks_there(count: int, place: int, what: str) -> None:
    chain = rows(count)
    place %= count
    chain[place] = replace(chain[place], **{what: "changed"})
    assert verify(KEY, chain, None).broken_at == place + 1


@given(count=st.integers(2, 8), data=st.data())
def test_any_two_exchanged_rows_break(count: int, data: st.DataObject) -> None:
    chain = rows(count)
    first = data.draw(st.integers(0, count - 2))
    chain[first], chain[first + 1] = chain[first + 1], chain[first]
    assert verify(KEY, chain, None).broken_at == first + 1


def test_another_key_or_another_head_does_not_hold() -> None:
    chain = rows(3)
    assert verify(bytes(32), chain, None).broken_at == 1
    assert verify(KEY, chain, (2, chain[1].link)).whole
    assert verify(KEY, chain, (2, chain[0].link)).broken_at == 2
    assert verify(KEY, chain[:2], (3, chain[2].link)).broken_at == 3


def test_fields_cannot_flow_into_each_other() -> None:
    assert canonical(1, AT, 1, "ab", "c", "") != canonical(1, AT, 1, "a", "bc", "")


def test_a_moment_is_the_same_in_every_zone() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    assert canonical(1, AT, 1, "a", "b", "") == canonical(1, there, 1, "a", "b", "")
