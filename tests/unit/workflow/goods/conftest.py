"""The small counter of the neighbouring folder, with a manager in its back room."""

import pytest

from tests.support.back_room import BackRoom
from tests.support.small_counter import SmallCounter


@pytest.fixture
def room(small: SmallCounter) -> BackRoom:
    return BackRoom(small)
