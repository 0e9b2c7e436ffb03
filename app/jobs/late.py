"""A door that opens in the background: whoever calls it waits in its lane, not on the screen."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """Stands in for a part of what ``future`` brings. Never to be called on the GUI thread."""

    def __init__(self, future: "Future[T]", part: Callable[[T], object]) -> None:
        self._future, self._part = future, part

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(self._part(self._future.result()), name)(*args, **kwargs)

        return call
