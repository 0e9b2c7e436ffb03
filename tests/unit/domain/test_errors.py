import pytest

from app.domain.errors import FAMILIES, Bug, Code, PlatformRejected, Trouble


def test_every_code_has_one_family() -> None:
    for code in Code:
        families = [family for family in FAMILIES if family.thousands == code // 1000]
        assert len(families) == 1, code


@pytest.mark.parametrize("family", [f for f in FAMILIES if f is not Bug])
def test_a_family_takes_its_own_codes_only(family: type[Trouble]) -> None:
    own = next(code for code in Code if code // 1000 == family.thousands)
    other = next(code for code in Code if code // 1000 != family.thousands)
    trouble = family(own, evidence="e", drug="a")
    assert (trouble.code, trouble.evidence, trouble.params["drug"]) == (own, "e", "a")
    assert str(trouble) == f"{family.family} {int(own)}"
    with pytest.raises(ValueError, match="does not belong"):
        family(other)


def test_seven_families() -> None:
    assert len(FAMILIES) == 7
    assert len({family.thousands for family in FAMILIES}) == 7


def test_a_refusal_carries_the_words_of_the_platform() -> None:
    refused = PlatformRejected(Code.REFUSED, platform_code="-1", platform_text="系统忙")
    assert (refused.platform_code, refused.platform_text) == ("-1", "系统忙")
    assert refused.params["reason"] == "系统忙"
    named = PlatformRejected(Code.REFUSED, platform_text="x", reason="y")
    assert named.params["reason"] == "y"


def test_personal_texts_do_not_reach_the_words_of_an_error() -> None:
    assert "张三" not in str(Bug(evidence="张三", name="张三"))
    assert Bug().code is Code.BUG
