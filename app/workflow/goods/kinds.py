"""The region's kinds of stock change: what each is called, and which way goods go by it."""

from app.workflow.till import Till

KINDS, WAYS = "stock_change", "stock_change_way"
"""Tables of the region: names, and whether goods come in, go out, or go for good."""
INWARD, GONE = "in", "gone"


def change_kinds(till: Till) -> dict[str, tuple[str, bool]]:
    """Code of the region → its name, and whether goods come in."""
    ways = till.profile.tables.get(WAYS, {})
    names = till.profile.tables.get(KINDS, {})
    return {code: (name, ways[code] == INWARD) for code, name in names.items()}


def gone_kinds(till: Till) -> tuple[str, ...]:
    """Kinds after which no delivery brings a box again: lost, destroyed."""
    ways = till.profile.tables.get(WAYS, {})
    return tuple(code for code, way in ways.items() if way == GONE)
