"""Small wrong versions of a module, one change each: what its tests must notice."""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_COMPARE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SPEAKING = ("reason", "what", "raise")


@dataclass(frozen=True)
class Mutant:
    """``line`` and ``change`` tell a person what is different; ``source`` is the whole module."""

    line: int
    change: str
    source: str


Change = tuple[str, Callable[[ast.AST], ast.AST | None]]
"""What is done to one node, and how; None takes the node away."""


def mutants(source: str) -> Iterator[Mutant]:
    """Every wrong version, in the order of the text. Docstrings, types and errors stay."""
    tree = ast.parse(source)
    for place, node in enumerate(_nodes(tree)):
        for words, change in _changes(node):
            changed = _with(tree, place, change)
            if changed is not None:
                yield Mutant(getattr(node, "lineno", 0), words, changed)


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """What may be changed, in a fixed order."""
    found: list[ast.AST] = []

    def walk(node: ast.AST) -> None:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _kept(child):
                    found.append(child)
                    walk(child)

    walk(tree)
    return found


def _kept(node: ast.AST) -> bool:
    """Texts that no program reads, imports, and what is raised."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        return "__all__" in names or _defines_type(node.value)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Raise)


def _defines_type(value: ast.AST) -> bool:
    called = (
        value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    )
    if called in ("NewType", "TypeVar", "ContextVar"):
        return True
    # a union of types is an annotation with a name
    return isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr)


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARE:
            other = _COMPARE[type(op)]
            yield f"{type(op).__name__} → {other.__name__}", _setting(ops=[other()])
        case ast.BoolOp(op=op):
            other_op = ast.Or if isinstance(op, ast.And) else ast.And
            yield f"{type(op).__name__} → {other_op.__name__}", _setting(op=other_op())
            for index in range(len(node.values)):
                yield f"without term {index + 1}", _without("values", index)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield "without its sign", lambda n: n.operand  # type: ignore[attr-defined] # a UnaryOp
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC:
            wrong = _ARITHMETIC[type(op)]
            yield f"{type(op).__name__} → {wrong.__name__}", _setting(op=wrong())
        case ast.Constant(value=value):
            yield from _other_values(value)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield "condition turned", _setting(test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "returns nothing", _setting(value=ast.Constant(None))
        case ast.Call(keywords=keywords):
            for index, keyword in enumerate(keywords):
                yield f"without {keyword.arg}=", _without("keywords", index)
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if name.isupper():
            yield f"{owner}.{name} → another", _setting(attr="_ANOTHER_OF_" + name)
        case ast.match_case(guard=guard):
            if guard is not None:
                yield "without its guard", _setting(guard=None)
        case ast.Assign() | ast.AugAssign() | ast.Expr():
            yield "left out", lambda _: ast.Pass()


def _other_values(value: object) -> Iterator[Change]:
    if isinstance(value, bool):
        yield f"{value} → {not value}", _setting(value=not value)
    elif isinstance(value, int):
        yield f"{value} → {value + 1}", _setting(value=value + 1)
    elif isinstance(value, str):
        yield f"{value!r} → other text", _setting(value=f"{value}XX")


def _is_none(value: ast.AST) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _setting(**values: object) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        for name, value in values.items():
            setattr(node, name, value)
        return node

    return change


def _without(field: str, index: int) -> Callable[[ast.AST], ast.AST]:
    def change(node: ast.AST) -> ast.AST:
        items = getattr(node, field)
        del items[index]
        if field == "values" and len(items) == 1:
            only: ast.AST = items[0]
            return only
        return node

    return change


def _with(tree: ast.AST, place: int, change: Callable[[ast.AST], ast.AST | None]) -> str | None:
    """The module with one node changed; None where that is no Python."""
    fresh = copy.deepcopy(tree)
    target = _nodes(fresh)[place]
    changed = change(target)
    if changed is not target:
        fresh = _Exchange(target, changed).visit(fresh)
    try:
        source = ast.unparse(ast.fix_missing_locations(fresh))
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError, TypeError):
        return None
    return source


class _Exchange(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST | None) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST | None:
        if node is self._old:
            return self._new
        found: ast.AST = self.generic_visit(node)
        return found
