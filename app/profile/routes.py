"""The route checker: refuses an order of steps that no counter may follow (architecture 6)."""

from app.domain.case import KIND, Kind, Route, Step
from app.profile.model import Profile
from app.profile.operations import Operation

_OPERATION_OF: dict[Step, Operation] = {
    Step.AUTHORISE: Operation.AUTHORISE,
    Step.DOWNLOAD: Operation.DOWNLOAD,
    Step.VERIFY: Operation.VERIFY,
    Step.AUDIT: Operation.AUDIT,
    Step.UPLOAD_SALE: Operation.UPLOAD_SALE,
    Step.PRESETTLE: Operation.PRESETTLE,
    Step.SETTLE: Operation.SETTLE,
    Step.REVOKE: Operation.REVOKE_SETTLEMENT,
    Step.RETURN_SALE: Operation.RETURN_SALE,
}
_INSURED = frozenset(_OPERATION_OF) - {Step.RETURN_SALE}
_BEFORE: tuple[tuple[Step, Step], ...] = (
    (Step.AUTHORISE, Step.DOWNLOAD),
    (Step.DOWNLOAD, Step.VERIFY),
    (Step.VERIFY, Step.AUDIT),
    (Step.AUDIT, Step.SCAN),
    (Step.SCAN, Step.UPLOAD_SALE),
    (Step.SCAN, Step.PRESETTLE),
    (Step.PRESETTLE, Step.SETTLE),
    (Step.UPLOAD_SALE, Step.SETTLE),
)
_UNDO = {Step.UPLOAD_SALE: Operation.RETURN_SALE, Step.SETTLE: Operation.REVOKE_SETTLEMENT}


def route_of(profile: Profile, name: str) -> Route:
    """The named route of this region, with the steps whose message may wait."""
    steps = profile.routes[name]
    deferrable = {
        step
        for step, operation in _OPERATION_OF.items()
        if operation in profile.operations and profile.operations[operation].deferrable
    }
    if Step.UPLOAD_SALE not in steps:
        deferrable.add(Step.RETURN_SALE)
    return Route(name, steps, frozenset(deferrable), elsewhere=settles_elsewhere(profile))


def settles_elsewhere(profile: Profile) -> bool:
    """Whether another product moves the money of this store (S4 2.1)."""
    return profile.settle.mode == "external"


def check_routes(profile: Profile) -> str:
    """An empty text, or the first thing wrong with the routes and operations."""
    for name, steps in profile.routes.items():
        problem = _check_route(steps, profile)
        if problem:
            return f"routes.{name}: {problem}"
    return _check_kinds(profile)


def _check_route(steps: tuple[Step, ...], profile: Profile) -> str:
    if len(set(steps)) != len(steps) or not steps or steps[-1] is not Step.HAND_OVER:
        return "a route has each step once and ends with hand_over"
    if any(
        KIND[step] is Kind.END or step in (Step.TAKE_BACK, Step.REVOKE, Step.RETURN_SALE)
        for step in steps
    ):
        return "undo steps and ends are implied, not listed"
    place = {step: i for i, step in enumerate(steps)}
    if _INSURED & place.keys() and place.get(Step.IDENTIFY) != 0:
        return "an insured step needs identify first"
    for first, second in _BEFORE:
        if second in place and first in place and place[first] > place[second]:
            return f"{second} stands before {first}"
    if settles_elsewhere(profile):
        if Step.PRESETTLE in place:
            return "presettle where another product settles"
    elif Step.SETTLE in place and Step.PRESETTLE not in place:
        return "settle without presettle"
    if Step.AUDIT in place and Step.VERIFY not in place:
        return "audit without verify"
    return _check_effects(place, profile)


def _check_effects(place: dict[Step, int], profile: Profile) -> str:
    for step in place:
        if settles_elsewhere(profile) and step is Step.SETTLE:
            continue
        operation = _OPERATION_OF.get(step)
        if operation is not None and operation not in profile.operations:
            return f"{step} has no operation"
        undo = _UNDO.get(step)
        if undo is not None and (
            undo not in profile.operations or not profile.operations[undo].enabled
        ):
            return f"{step} has no undo"
    return ""


def _check_kinds(profile: Profile) -> str:
    for step, operation in _OPERATION_OF.items():
        part = profile.operations.get(operation)
        if part is not None and part.kind is not KIND[step]:
            return f"operations.{operation}.kind must be {KIND[step]}"
    return ""
