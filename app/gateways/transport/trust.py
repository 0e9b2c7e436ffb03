"""Whom a connection believes, and in one word why it does not."""

import ssl
from collections.abc import Iterator

_EXPIRED = frozenset({9, 10})
"""OpenSSL: not yet valid, no longer valid."""
_OTHER_NAME = frozenset({62, 64})
"""OpenSSL: host name or address differs."""
CERTIFICATE_WORDS = frozenset(
    {
        "certificate_expired",
        "certificate_other_name",
        "certificate_untrusted",
        "certificate_not_pinned",
        "tls_absent",
    }
)
"""What ended a handshake, so that nothing was written."""


class NotPinned(ssl.SSLError):
    """A certificate that the roots vouch for, and that is none of the pinned ones."""


def tls_context(roots: str) -> ssl.SSLContext:
    """A client context that believes ``roots`` (PEM) and nobody else.

    Raises ``ssl.SSLError`` for roots that are none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if roots:
        context.load_verify_locations(cadata=roots)
    return context


def certificate_word(trouble: BaseException) -> str:
    """Why the other end was not believed; empty where the handshake failed otherwise."""
    for cause in _causes(trouble):
        if isinstance(cause, NotPinned):
            return "certificate_not_pinned"
        if isinstance(cause, ssl.SSLCertVerificationError):
            if cause.verify_code in _EXPIRED:
                return "certificate_expired"
            other = cause.verify_code in _OTHER_NAME
            return "certificate_other_name" if other else "certificate_untrusted"
        if isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS:
            return "tls_absent"
    return ""


_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST"})


def _causes(trouble: BaseException) -> Iterator[BaseException]:
    """The exception and all it wraps: requests and urllib3 put the cause into the arguments."""
    waiting, seen = [trouble], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [found for found in inner if isinstance(found, BaseException)]
