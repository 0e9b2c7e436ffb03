"""What is done once per store, whichever counter does it: comparing money, comparing stock."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from app.domain.errors import Code, OperatorInput
from app.workflow.till import Till

MONEY, STOCK = "money", "stock"
P = ParamSpec("P")
R = TypeVar("R")


def once_per_store(
    errand: str,
) -> Callable[[Callable[Concatenate[Till, P], R]], Callable[Concatenate[Till, P], R]]:
    """Only while no other counter of the store has the same ``errand``.

    What is decorated raises ``OperatorInput`` ``COMPARED_ELSEWHERE`` besides.
    """

    def decorated(work: Callable[Concatenate[Till, P], R]) -> Callable[Concatenate[Till, P], R]:
        @wraps(work)
        def alone(till: Till, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if till.holding is None:
                return work(till, *args, **kwargs)
            with till.holding.errand(errand) as mine:
                if not mine:
                    raise OperatorInput(Code.COMPARED_ELSEWHERE)
                return work(till, *args, **kwargs)

        return alone

    return decorated
