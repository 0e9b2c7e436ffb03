"""TOML from outside: a file somebody wrote ends in its tree or in one error, never deeper.

The reader of the language itself calls itself for every bracket, and a name with many points makes
a tree that nobody could walk; a number of many digits is no error of its own kind there.
"""

import tomllib
from typing import Any

DEEPEST = 32
"""Levels of tables and lists; a region has five."""


def read_toml(text: str) -> dict[str, Any]:
    """``text`` as a tree. Raises ``tomllib.TOMLDecodeError``; its words say a place or a rule,
    never a value."""
    try:
        tree = tomllib.loads(text)
    except RecursionError as deep:
        raise tomllib.TOMLDecodeError("nested too deep") from deep
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as wrong:
        raise tomllib.TOMLDecodeError(str(wrong)) from wrong
    level: list[Any] = [tree]
    for _ in range(DEEPEST):
        level = [below for node in level for below in _below(node)]
        if not level:
            return tree
    raise tomllib.TOMLDecodeError("nested too deep")


def _below(node: Any) -> list[Any]:
    """The tables and lists right below one."""
    held = node.values() if isinstance(node, dict) else node
    return [value for value in held if isinstance(value, dict | list)]
