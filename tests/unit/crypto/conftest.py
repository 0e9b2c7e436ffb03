"""A small authority, a sealed document and the shipped vectors; people and names are made up."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.crypto import ca, sm2
from app.crypto.self_check import Vectors, shipped_vectors
from app.crypto.signed_pdf import seal

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Authority:
    """A root, an authority below it, and a hospital below that."""

    root: ca.Signer
    middle: ca.Signer
    hospital: ca.Signer

    @property
    def roots(self) -> list[bytes]:
        return [self.root.certificate.der]


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def authority() -> Authority:
    root = ca.new_root("Training Root", NOW)
    pair = sm2.new_key_pair()
    middle = ca.Signer(pair, ca.issue(root, "Training Authority", pair, NOW, ca.Usage.AUTHORITY))
    own = sm2.new_key_pair()
    certificate = ca.issue(middle, "测试医院", own, NOW)
    return Authority(root, middle, ca.Signer(own, certificate, (middle.certificate,)))


@pytest.fixture(scope="session")
def document() -> bytes:
    """A two-page PDF with a real cross-reference table."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1)
    canvas.setTitle("Prescription (specimen)")
    for page in ("first", "second"):
        canvas.drawString(72, 720, page)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


@pytest.fixture(scope="session")
def sealed(document: bytes, authority: Authority) -> bytes:
    return seal(document, authority.hospital, NOW, "电子处方")


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    return shipped_vectors()
