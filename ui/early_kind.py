"""What a text looks like while it is still arriving; the whole text is judged by the grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.goods.codes import ScanGrammar, ScanKind

_BEGINNINGS = (
    ("424", 28, "voucher"),
    ("69", 13, "product_barcode"),
    ("8", 20, "drug_trace"),
)
"""(first digits, full length, value of the kind): identity-and-devices 2.1, trace-and-stock 1.1."""


class EarlyKind:
    """A recogniser for the scan field: beginnings first, then the grammar."""

    def __init__(self, grammar: Callable[[], ScanGrammar]) -> None:
        """``grammar`` is asked for when a text needs it: the region loads behind the window."""
        self._grammar = grammar

    def __call__(self, text: str) -> ScanKind:
        """The likely kind of ``text``; UNKNOWN where nothing speaks for any."""
        from app.domain.goods.codes import ScanKind, classify

        plain = text.replace(" ", "")
        if plain.isascii() and plain.isdigit():
            for first, full, kind in _BEGINNINGS:
                if plain.startswith(first) and len(plain) < full:
                    return ScanKind(kind)
        return classify(text, self._grammar()).kind
