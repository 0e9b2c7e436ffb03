"""The shipped table of initials, as the program reads it."""

from functools import cache

from app.domain.goods.initials import Initials
from resources.initials import load_initials


@cache
def initials() -> Initials:
    return Initials.of(*load_initials())
