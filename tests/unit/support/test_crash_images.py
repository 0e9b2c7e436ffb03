"""A crash image holds what was synced, and of the rest any part."""

import random
from pathlib import Path

from tests.support.crash_images import (
    SECTOR,
    Cut,
    Medium,
    Mode,
    Sent,
    Sync,
    Unlink,
    Write,
    recorded,
)

A, B = b"a" * SECTOR, b"b" * SECTOR


def dice() -> random.Random:
    return random.Random(1)  # noqa: S311 a choice of tests


def images(medium: Medium, mode: Mode, count: int = 200) -> set[tuple[tuple[str, bytes], ...]]:
    rolled = dice()
    return {tuple(sorted(medium.image(mode, rolled).items())) for _ in range(count)}


def test_a_synced_write_is_in_every_image() -> None:
    medium = Medium({"db": A + A})
    medium.take(Write("db", 0, B))
    medium.take(Sync("db"))
    for mode in Mode:
        assert images(medium, mode) == {(("db", B + A),)}


def test_a_write_before_its_sync_is_there_or_not() -> None:
    medium = Medium({"db": A})
    medium.take(Write("db", 0, B))
    assert images(medium, Mode.NONE) == {(("db", A),)}
    assert images(medium, Mode.ALL) == {(("db", B),)}
    assert images(medium, Mode.REORDERED) == {(("db", A),), (("db", B),)}


def test_a_torn_write_is_torn_at_sectors_only() -> None:
    medium = Medium({"db": A + A})
    medium.take(Write("db", 0, B + B))
    assert images(medium, Mode.TORN) == {
        (("db", first + second),) for first in (A, B) for second in (A, B)
    }


def test_a_sync_settles_its_own_file_only() -> None:
    medium = Medium({"db": A, "db-wal": A})
    medium.take(Write("db", 0, B))
    medium.take(Write("db-wal", 0, B))
    medium.take(Sync("db-wal"))
    assert images(medium, Mode.NONE) == {(("db", A), ("db-wal", B))}


def test_later_writes_may_last_without_earlier_ones() -> None:
    medium = Medium({"db": A + A})
    medium.take(Write("db", 0, B))
    medium.take(Write("db", SECTOR, B))
    assert (("db", A + B),) in images(medium, Mode.REORDERED)


def test_a_new_name_is_certain_after_its_folder_was_synced() -> None:
    medium = Medium({"db": A})
    medium.take(Write("db-wal", 0, B))
    medium.take(Sync("db-wal"))
    assert images(medium, Mode.NONE) == {(("db", A),)}
    assert len(images(medium, Mode.REORDERED)) == 2
    medium.take(Sync(""))
    assert images(medium, Mode.NONE) == {(("db", A), ("db-wal", B))}


def test_a_name_that_went_may_come_back_until_then() -> None:
    medium = Medium({"db": A, "db-wal": B})
    medium.take(Unlink("db-wal"))
    assert images(medium, Mode.NONE) == {(("db", A), ("db-wal", B))}
    assert images(medium, Mode.ALL) == {(("db", A),)}
    medium.take(Sync(""))
    assert images(medium, Mode.NONE) == {(("db", A),)}


def test_a_cut_file_shrinks_and_a_write_behind_the_end_leaves_a_hole() -> None:
    medium = Medium({"db": A + A})
    medium.take(Cut("db", SECTOR))
    assert images(medium, Mode.ALL) == {(("db", A),)}
    medium.take(Write("db", 2 * SECTOR, B))
    assert images(medium, Mode.ALL) == {(("db", A + bytes(SECTOR) + B),)}
    medium.take(Sent(starts=True))
    assert len(images(medium, Mode.NONE)) == 1


def escaped(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def test_a_log_is_read_line_by_line(tmp_path: Path) -> None:
    base, other, folder = (escaped(f"/place{end}") for end in ("/x.db", "/other", ""))
    log = tmp_path / "log"
    log.write_text(
        f'openat(AT_FDCWD<{folder}>, "{base}", O_RDWR) = 5<{base}>\n'
        f'pwrite64(5<{base}>, "{escaped("abc")}", 3, 4096) = 3\n'
        f'pwrite64(6<{other}>, "{escaped("abc")}", 3, 0) = 3\n'
        f'pwrite64(5<{base}>, "{escaped("abc")}", 3, 0) = -1 EIO (Input/output error)\n'
        f"fsync(5<{base}>)          = 0\nfdatasync(5<{base}>) = 0\nfsync(9<{folder}>) = 0\n"
        f'ftruncate(5<{base}>, 512) = 0\nunlink("{base}") = 0\n'
        f'sendto(9<{escaped("socket:[1]")}>, "{escaped("POST /x")}", 7, 0, NULL, 0) = 7\n'
        f'sendto(9<{escaped("socket:[1]")}>, "{escaped("body")}", 4, 0, NULL, 0) = 4\n'
        "+++ exited with 0 +++\n"
    )
    assert recorded(log, Path("/place"), ["x.db"]) == [
        Write("x.db", 4096, b"abc"),
        *(Sync("x.db"), Sync("x.db"), Sync("")),
        Cut("x.db", 512),
        Unlink("x.db"),
        *(Sent(starts=True), Sent(starts=False)),
    ]
