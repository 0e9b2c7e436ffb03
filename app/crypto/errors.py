"""The one refusal of this room; doors map it to their families."""


class CryptoRefused(Exception):
    """Input that is malformed, forged or out of range.

    ``reason`` is one short word in snake case. It never carries key material or plain text.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
