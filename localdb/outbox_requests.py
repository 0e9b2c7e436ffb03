"""What a waiting record is to tell, sealed in its row."""

from app.domain.errors import LocalTrouble
from app.ports.outbox import Unreadable
from app.profile.operations import Operation
from localdb.mapping.codec import Codec, request_of, request_text
from localdb.statements import Row


def sealed(codec: Codec, operation: Operation, business_key: str, request: object) -> bytes:
    """Raises ``Bug`` for anything that is no request."""
    return codec.seal_text(request_text(codec, request), _context(operation, business_key))


def opened(codec: Codec, row: Row) -> object:
    """One that does not open is no reason to show, or to tell, none at all: ``Unreadable``."""
    try:
        return request_of(
            codec, codec.open_text(row.request, _context(row.operation, row.business_key))
        )
    except LocalTrouble:
        return Unreadable()


def _context(operation: str, business_key: str) -> str:
    return f"outbox:{operation}:{business_key}"
