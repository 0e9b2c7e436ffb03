"""The seal of a prescription file behind its port: it holds unless a test breaks it."""

import hashlib

from app.domain.errors import Trouble
from app.ports.platform import SealFacts

SIGNER = "示例医保电子签章"


class FakeSeal:
    """A file is sealed unless ``broken`` says otherwise."""

    def __init__(self) -> None:
        self.broken: Trouble | None = None

    def digest(self, document: bytes) -> str:
        return hashlib.sha256(document).hexdigest()

    def inspect(self, document: bytes) -> SealFacts:
        if self.broken is not None:
            raise self.broken
        return SealFacts(SIGNER, "0a1b2c", None)
