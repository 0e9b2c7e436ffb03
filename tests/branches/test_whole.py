"""Engine, classification and outbox leave no branch untested by their own tests."""

import pytest

from tests.branches.__main__ import TARGETS, left_out


@pytest.mark.deep
@pytest.mark.timeout(300)
@pytest.mark.parametrize("target", TARGETS)
def test_no_branch_is_left_out(target: str) -> None:
    assert left_out(target) == {}
