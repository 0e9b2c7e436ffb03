"""A misspelt key is named with the one that was meant."""

import pytest

from app.domain.errors import Code
from app.profile.slips import slip_of


@pytest.mark.parametrize(
    ("said", "what", "wanted"),
    [
        ("Object contains unknown field `kore`", "kore", "core"),
        ("Object contains unknown field `qqq`", "qqq", ""),
        (
            "Object contains unknown field `infverr` - at `$.core`",
            "core.infverr",
            "infver",
        ),
        (
            "Object contains unknown field `setle` - at `$.core.timeout`",
            "core.timeout.setle",
            "settle",
        ),
        (
            "Object contains unknown field `adress` - at `$.operations[...]`",
            "operations[...].adress",
            "address",
        ),
        (
            "Object contains unknown field `x` - at `$.core.infver.deeper`",
            "core.infver.deeper.x",
            "",
        ),
    ],
)
def test_an_unknown_key(said: str, what: str, wanted: str) -> None:
    slip = slip_of("mine", said)
    assert slip.code is Code.PROFILE_KEY_UNKNOWN
    assert slip.params == {"profile": "mine", "what": what, "wanted": wanted}


def test_everything_else_is_told_as_it_was_said() -> None:
    said = "Expected `str`, got `int` - at `$.core.infver`"
    slip = slip_of("mine", said)
    assert slip.code is Code.PROFILE_INVALID
    assert slip.params == {"profile": "mine", "what": said}
