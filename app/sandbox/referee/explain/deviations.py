"""The known wrong ways, each a word and the recipe it leads to.

From prescription-centre 3 (traps and variants seen in public code), and from what serialisers of
the common languages do unless told otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.sandbox.referee.explain.canonical import BARE, RIGHT, objects_of
from app.sandbox.referee.explain.recipe import NOT_SIGNED, Recipe, Sent
from app.sandbox.referee.wire import Note, note

MOST_PLACES = 64


@dataclass(frozen=True, slots=True)
class Deviation:
    """A wrong way. ``changes`` are the fields of ``Style`` and of ``Recipe`` it sets."""

    said: Note
    style: Mapping[str, Any]
    frame: Mapping[str, Any]

    def on(self, recipe: Recipe) -> Recipe:
        style = replace(recipe.style, **self.style) if self.style else recipe.style
        return replace(recipe, style=style, **self.frame)

    @property
    def touches(self) -> frozenset[str]:
        return frozenset(self.style) | frozenset(self.frame)


_STYLES: Mapping[str, Mapping[str, Any]] = {
    "numbers_bare": {"numbers": "bare"},
    "truths_bare": {"truths": "bare"},
    "numbers_shortened": {"numbers": "double"},
    "numbers_bare_shortened": {"numbers": "bare_double", "truths": "bare"},
    "digit_texts_bare": {"numbers": "digits_bare"},
    "truths_capital": {"truths": "capital"},
    "truths_digit": {"truths": "digit"},
    "nulls_bare": {"nulls": "bare"},
    "nulls_empty": {"nulls": "empty"},
    "nulls_word": {"nulls": "word"},
    "texts_kept": {"texts": "keep"},
    "lists_kept": {"lists": "keep"},
    "objects_kept": {"objects": "keep"},
    "containers_kept": {"lists": "keep", "objects": "keep"},
    "elements_kept": {"elements": "keep", "texts": "keep", "nulls": "bare"},
    "empties_kept": {
        "texts": "keep",
        "lists": "keep",
        "objects": "keep",
        "nulls": "bare",
        "elements": "keep",
    },
    "order_folded": {"order": "folded"},
    "spaces": {"spacing": "python"},
    "slash_escaped": {"slash": "escaped"},
    "letters_escaped": {"letters": "lower"},
    "letters_escaped_upper": {"letters": "upper"},
    "markup_gson": {"markup": "gson"},
    "markup_go": {"markup": "go"},
}
_FRAMES: Mapping[str, Mapping[str, Any]] = {
    "user_id_secret": {"user_id": "secret"},
    "user_id_app_id": {"user_id": "app_id"},
    "user_id_empty": {"user_id": "empty"},
    "user_id_hex": {"user_id": "hex"},
    "user_id_short": {"user_id": "short"},
    "digest_without_za": {"digest": "bare"},
    "digest_twice": {"digest": "twice"},
    "digest_hex": {"digest": "hex"},
    "digest_hex_upper": {"digest": "HEX"},
    "digest_sha256": {"digest": "sha256"},
    "content_raw": {"content": "raw"},
    "content_sealed": {"content": "sealed"},
    "content_quoted": {"content": "quoted"},
    "content_absent": {"content": "absent"},
    "names_sent": {"names": "sent"},
    "names_folded": {"names": "folded"},
    "empties_in_frame": {"empties": "keep"},
    "app_id_unsent": {"own_app_id": True},
    "key_absent": {"key": "none"},
    "key_joined": {"key": "joined"},
    "key_named_secret": {"key": "appSecret"},
    "key_first": {"key": "first"},
    "key_lower": {"key": "lower"},
    "key_app_id": {"key": "app_id"},
    "whole_json": {"whole": "json"},
    "only_content": {"whole": "content"},
    "only_content_and_key": {"whole": "content_key"},
    "values_only": {"whole": "values"},
    "escaped_as_address": {"escaped": True},
    "line_end": {"ending": "\n"},
    "line_end_windows": {"ending": "\r\n"},
    "ampersand_end": {"ending": "&"},
    "gbk_bytes": {"encoding": "gb18030"},
    "utf16_bytes": {"encoding": "utf-16-le"},
}
RIGHT_WAYS = (("A", Recipe(RIGHT)), ("B", Recipe(BARE)))


def deviations(sent: Sent) -> Iterator[Deviation]:
    """Every single wrong way that can be asked of this message, the likelier ones first."""
    for word, frame in _FRAMES.items():
        if word.startswith("user_id"):
            yield Deviation(note(word), {}, frame)
    yield from _orders(sent)
    for word, style in _STYLES.items():
        yield Deviation(note(word), style, {})
    for word, frame in _FRAMES.items():
        if not word.startswith("user_id"):
            yield Deviation(note(word), {}, frame)
    yield from _fields(sent)


def _orders(sent: Sent) -> Iterator[Deviation]:
    """Keys left in the order of the sender: at one place, below the top, in lists, everywhere."""
    unsorted = [p for p, found in objects_of(sent.content) if list(found) != sorted(found)]
    for path in unsorted[:MOST_PLACES]:
        yield Deviation(note("unsorted_at", path=path), {"sent_at": frozenset({path})}, {})
    nested = [path for path in unsorted if path != "data"]
    listed = [path for path in unsorted if "[" in path]
    if nested:
        yield _left(note("unsorted_nested", path=nested[0]), nested)
    if listed:
        yield _left(note("unsorted_lists", path=listed[0]), listed)
    if unsorted:
        yield _left(note("unsorted", path=unsorted[0]), unsorted)


def _left(said: Note, paths: list[str]) -> Deviation:
    return Deviation(said, {"sent_at": frozenset(paths)}, {})


def _fields(sent: Sent) -> Iterator[Deviation]:
    for name in sent.fields:
        if name in NOT_SIGNED:
            yield Deviation(note("field_besides", name=name), {}, {"besides": frozenset({name})})
        elif name != "data":
            yield Deviation(note("field_missing", name=name), {}, {"without": frozenset({name})})
