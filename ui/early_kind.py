"""What a text looks like while it is still arriving; the whole text is judged by the grammar."""

from app.domain.goods.codes import ScanGrammar, ScanKind, classify

_BEGINNINGS = (
    ("424", 28, ScanKind.VOUCHER),
    ("69", 13, ScanKind.PRODUCT_BARCODE),
    ("8", 20, ScanKind.DRUG_TRACE),
)
"""(first digits, full length, kind): identity-and-devices 2.1, trace-and-stock 1.1."""


class EarlyKind:
    """A recogniser for the scan field: beginnings first, then the grammar."""

    def __init__(self, grammar: ScanGrammar) -> None:
        self._grammar = grammar

    def __call__(self, text: str) -> ScanKind:
        """The likely kind of ``text``; UNKNOWN where nothing speaks for any."""
        plain = text.replace(" ", "")
        if plain.isascii() and plain.isdigit():
            for first, full, kind in _BEGINNINGS:
                if plain.startswith(first) and len(plain) < full:
                    return kind
        return classify(text, self._grammar).kind
