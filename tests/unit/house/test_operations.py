"""``docs/operations.md`` says of every operation what stands, and says nothing else."""

from pathlib import Path

import pytest

from app.ports.catalogue import OPERATION_OF
from app.profile.loader import load
from app.profile.operations import Operation, Service
from app.sandbox.core import install as core_side
from app.sandbox.rx import install as rx_side

ROOT = Path(__file__).parents[3]
REGIONS = ("national", "fujian", "yunnan", "shanghai")
GOLDEN = ROOT / "tests" / "golden" / "training"
HOSPITAL = "hospital"
"""Called by the training hospital only; no counter has a request for it."""


def table() -> dict[str, list[str]]:
    """Cells of each row by the operation's name."""
    lines = (ROOT / "docs" / "operations.md").read_text("utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| `")
    ]
    names = [row[0].strip("`") for row in rows]
    assert len(set(names)) == len(names)
    return dict(zip(names, (row[1:] for row in rows), strict=True))


TABLE = table()


def test_every_operation_has_a_row_and_no_other() -> None:
    assert set(TABLE) == {operation.value for operation in Operation}


def address(region: str, operation: Operation) -> str:
    part = load(region).profile.operations.get(operation)
    if part is None:
        return "—"
    return part.address if part.enabled else f"({part.address})"


@pytest.mark.parametrize("operation", Operation)
def test_numbers_are_those_of_the_profiles(operation: Operation) -> None:
    told = TABLE[operation.value][: len(REGIONS)]
    assert told == [address(region, operation) for region in REGIONS]


def kept(operation: Operation, kind: str) -> bool:
    return (GOLDEN / operation.value / f"{kind}.json").is_file()


@pytest.mark.parametrize("operation", Operation)
def test_the_client_speaks_what_has_a_reviewed_message(operation: Operation) -> None:
    gateway = TABLE[operation.value][len(REGIONS)]
    assert gateway in ("yes", "—", HOSPITAL)
    assert kept(operation, "request") is (gateway == "yes")


@pytest.mark.parametrize("operation", Operation)
def test_the_stand_in_answers_what_the_table_says(operation: Operation) -> None:
    answered = (
        operation in core_side.ACTS
        or operation in rx_side.ACTS
        or load("training").profile.operations[operation].service is Service.VOUCHER
    )
    assert TABLE[operation.value][len(REGIONS) + 1] == ("yes" if answered else "—")


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("column", [2, 3], ids=["workflow", "screen"])
def test_whoever_uses_it_exists(operation: Operation, column: int) -> None:
    """A path of this tree, a command in quotes, or a dash."""
    cell = TABLE[operation.value][len(REGIONS) + column]
    for told in cell.split(", "):
        if told == "—" or told.startswith("`yaotai "):
            continue
        assert (ROOT / told.strip("`")).exists(), told


@pytest.mark.parametrize("operation", Operation)
def test_a_test_plays_it_by_name(operation: Operation) -> None:
    file = ROOT / TABLE[operation.value][-1].strip("`")
    names = [operation.value, f"Operation.{operation.name}"]
    names += [f"Listing.{one.name}" for one, asked in OPERATION_OF.items() if asked is operation]
    told = file.read_text("utf-8")
    assert any(name in told for name in names), (file, names)


@pytest.mark.parametrize("operation", Operation)
def test_what_a_pharmacy_may_call_is_reached_by_somebody(operation: Operation) -> None:
    gateway, _, workflow, screen = TABLE[operation.value][len(REGIONS) :][:4]
    assert ("—" in (workflow, screen)) is (gateway == HOSPITAL)
