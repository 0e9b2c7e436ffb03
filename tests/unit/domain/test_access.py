import pytest

from app.domain.access import FOUR_EYES, Act, Operator, Role, require_second
from app.domain.errors import Code, OperatorInput

# security-and-libraries 2 and 3: clerk, pharmacist, manager, IT, auditor; nobody holds all
MATRIX = {
    Role.CLERK: {Act.SERVE},
    Role.PHARMACIST: {Act.SERVE, Act.AUDIT, Act.OVERRIDE_SCAN, Act.RELEASE_RETURNED},
    Role.MANAGER: {
        Act.SERVE,
        Act.REFUND,
        Act.DECIDE_UNKNOWN,
        Act.OVERRIDE_SCAN,
        Act.STOCK,
        Act.RELEASE_RETURNED,
        Act.ERASE_UPLOAD,
        Act.VOID_UPLOAD,
        Act.SET_LIMITS,
        Act.CLOSE_DAY,
        Act.REVEAL,
        Act.EXPORT,
        Act.RESET_PIN,
        Act.READ_JOURNAL,
        Act.RESET_PIN,
    },
    Role.IT: {Act.CONFIGURE},
    Role.AUDITOR: {Act.READ_JOURNAL, Act.REVEAL},
}


def _person(*roles: Role, staff_id: int = 1) -> Operator:
    return Operator(staff_id, "login", "name", frozenset(roles))


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_every_role_and_act(role: Role, act: Act) -> None:
    allowed = act in MATRIX[role]
    assert _person(role).may(act) is allowed
    if allowed:
        _person(role).require(act)
    else:
        with pytest.raises(OperatorInput) as refused:
            _person(role).require(act)
        assert refused.value.code is Code.NOT_ALLOWED
        assert refused.value.params == {"act": act.value}


def test_roles_add_up_and_none_allow_nothing() -> None:
    both = _person(Role.CLERK, Role.IT)
    assert both.may(Act.SERVE)
    assert both.may(Act.CONFIGURE)
    assert not any(_person().may(act) for act in Act)
    assert all(MATRIX[role] != set(Act) for role in Role)


@pytest.mark.parametrize("act", sorted(FOUR_EYES))
def test_four_eyes_are_two_people(act: Act) -> None:
    first, second = _person(Role.MANAGER), _person(Role.MANAGER, staff_id=2)
    require_second(first, second, act)
    clerk = _person(Role.CLERK, staff_id=3)
    for who, other, code in (
        (first, first, Code.SECOND_IS_FIRST),
        (clerk, clerk, Code.SECOND_IS_FIRST),
        (first, clerk, Code.SECOND_NOT_ALLOWED),
    ):
        with pytest.raises(OperatorInput) as refused:
            require_second(who, other, act)
        assert refused.value.code is code


def test_other_acts_need_no_second_person() -> None:
    one = _person(Role.MANAGER)
    require_second(one, one, Act.STOCK)
