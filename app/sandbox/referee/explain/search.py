"""Which way was taken? The right one, else the single wrong one, else two of them together.

A signature and a key tell the digest that must have been signed, so each way costs one SM3 and
no point multiplication (``app.crypto.sm2.signed_digest``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.crypto.sm2 import signed_digest
from app.sandbox.referee.explain.canonical import RIGHT
from app.sandbox.referee.explain.deviations import RIGHT_WAYS, Deviation, deviations
from app.sandbox.referee.explain.recipe import Recipe, Sent, digest_of, signed_text, user_id_of
from app.sandbox.referee.explain.signatures import Form
from app.sandbox.referee.wire import Note

PAIRS_UP_TO = 24_000
"""Characters of content up to which two deviations at once are looked for."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that may have signed; ``said`` is None for the one that should have."""

    said: Note | None
    public: bytes


@dataclass(frozen=True, slots=True)
class Way:
    """How a signature came about: the variant, and every deviation from the right way."""

    variant: str
    turns: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    public: bytes
    digest: int
    turns: tuple[Note, ...]


def find_way(sent: Sent, keys: Iterable[Key], forms: Iterable[Form]) -> Way | None:
    """The way with the fewest deviations, two at most; None where no known way fits."""
    targets = _targets(keys, forms)
    if not targets:
        return None
    singles = list(deviations(sent))
    for most in range(3):
        for count in range(most + 1):
            wanted = [target for target in targets if len(target.turns) == most - count]
            found = _among(sent, _ways(sent, singles, count), wanted) if wanted else None
            if found is not None:
                return found
    return None


def _targets(keys: Iterable[Key], forms: Iterable[Form]) -> list[_Target]:
    found = []
    shapes = list(forms)
    for key in keys:
        for form in shapes:
            digest = signed_digest(key.public, form.raw)
            if digest is not None:
                turns = tuple(turn for turn in (key.said, form.said) if turn)
                found.append(_Target(key.public, digest, turns))
    return found


def _ways(
    sent: Sent, singles: list[Deviation], count: int
) -> Iterator[tuple[str, Recipe, tuple[Note, ...]]]:
    for variant, right in RIGHT_WAYS:
        if count and variant == "B" and sent.canonical(right.style) == sent.canonical(RIGHT):
            # without numbers and truth values the two variants are one
            return
        if count == 0:
            yield variant, right, ()
            # an object of which nothing stays is left out by one lineage, written {} by another
            yield variant, replace(right, content="braces"), ()
        elif count == 1:
            for one in singles:
                yield variant, one.on(right), (one.said,)
        elif sent.size <= PAIRS_UP_TO:
            for place, one in enumerate(singles):
                for other in singles[place + 1 :]:
                    if one.touches.isdisjoint(other.touches):
                        yield variant, other.on(one.on(right)), (one.said, other.said)


def _among(
    sent: Sent,
    ways: Iterator[tuple[str, Recipe, tuple[Note, ...]]],
    targets: list[_Target],
) -> Way | None:
    texts: dict[Recipe, bytes] = {}
    for variant, recipe, turns in ways:
        plain = _without_digest(recipe)
        if plain not in texts:
            texts[plain] = _encoded(signed_text(sent, plain), plain)
        text, user_id = texts[plain], user_id_of(recipe, sent)
        for target in targets:
            if digest_of(text, target.public, user_id, recipe) == target.digest:
                return Way(variant, target.turns + turns)
    return None


def _encoded(text: str, recipe: Recipe) -> bytes:
    return text.encode(recipe.encoding, "surrogatepass")


def _without_digest(recipe: Recipe) -> Recipe:
    return replace(recipe, user_id="default", digest="sm2")
