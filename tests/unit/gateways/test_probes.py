"""The doctor's look at the road: which regions need a library, and whether its child starts."""

import struct
import sys

import pytest

from app.gateways.probes import probes
from app.profile.loader import load
from app.workflow.upkeep.doctor import Finding, Health

BITS = 8 * struct.calcsize("P")


def found(region: str, *command: str) -> Finding:
    ((name, probe),) = probes(lambda: load(region).profile, command)
    assert name == "library"
    return probe()


def test_over_http_no_child_is_needed() -> None:
    assert found("yunnan", "no-such-program") == Finding(Health.OK, "HTTP")


def test_our_own_child_says_what_it_is() -> None:
    assert found("fujian") == Finding(
        Health.OK, f"{load('fujian').profile.library.file}: child of {BITS} bits"
    )


@pytest.mark.parametrize("said", ["", "print('hello')", "print('{}')", "print('[1]')"])
def test_a_child_that_does_not_say_it_fails(said: str) -> None:
    assert found("fujian", sys.executable, "-c", said).health is Health.FAIL
