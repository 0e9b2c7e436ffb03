"""What a region does with a record whose fate is unknown: data, and nothing that is not built.

``on_unknown`` of an operation is ``resend``, ``person`` or ``query:<operation>``; with a query,
``on_absent`` says what follows an empty answer, which proves nothing (reliability 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.case import Kind
from app.profile.model import OperationPart, Profile
from app.profile.operations import Operation

_QUERY = "query:"
TRAILS = (Operation.QUERY_STOCK_TRAIL, Operation.QUERY_SALE_TRAIL)
"""Questions about one sale by code or lot; a region has one, or none that is open."""
CODED: Mapping[Operation, frozenset[Operation]] = {
    Operation.UPLOAD_SALE: frozenset(TRAILS),
    Operation.RETURN_SALE: frozenset(TRAILS),
}
"""Which questions this program can ask about which record."""


class Way(StrEnum):
    """How a record leaves unknown."""

    RESEND = "resend"
    QUERY = "query"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class UnknownRule:
    """``query`` is set for ``Way.QUERY``; ``resend_absent`` is what an empty answer allows."""

    way: Way
    query: Operation | None = None
    resend_absent: bool = False


def rule_of(profile: Profile, operation: Operation) -> UnknownRule:
    """The rule of a record. Raises ``KeyError`` where the region has no such operation."""
    part = profile.operations[operation]
    if part.on_unknown.startswith(_QUERY):
        query = Operation(part.on_unknown.removeprefix(_QUERY))
        return UnknownRule(Way.QUERY, query, part.on_absent == Way.RESEND.value)
    return UnknownRule(Way(part.on_unknown or Way.PERSON))


def trail_of(profile: Profile, record: Operation) -> Operation:
    """The trail this region asks about a record: what its rule names, or the one it has open."""
    named = rule_of(profile, record).query
    open_ones = [t for t in TRAILS if t in profile.operations and profile.operations[t].enabled]
    return named or next(iter(open_ones), TRAILS[0])


def check_unknown(profile: Profile) -> str:
    """An empty text, or the first rule that says nothing or that nobody can follow."""
    for operation, part in profile.operations.items():
        problem = _problem(profile, operation, part)
        if problem:
            return f"operations.{operation}.on_unknown: {problem}"
    return ""


def _problem(profile: Profile, operation: Operation, part: OperationPart) -> str:
    says = part.on_unknown
    if (part.kind is Kind.TELL) is not bool(says):
        return "every record names a rule, and only a record does"
    if not says.startswith(_QUERY):
        if part.on_absent:
            return "on_absent needs a query"
        return "" if says in ("", Way.RESEND, Way.PERSON) else f"{says} is no rule"
    asked = says.removeprefix(_QUERY)
    if asked not in {known.value for known in CODED.get(operation, ())}:
        return f"{says} is not built for this record"
    there = profile.operations.get(Operation(asked))
    return "" if there is not None and there.enabled else f"this region has no {asked}"
