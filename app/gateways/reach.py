"""Is anybody there, and is it who the settings believe? A connection without a message."""

import socket
from contextlib import closing
from hashlib import sha256
from urllib.parse import urlsplit

from app.domain.errors import Code, NotSent
from app.gateways.transport.http import Tls
from app.gateways.transport.trust import NotPinned, certificate_word, tls_context

PATIENCE_S = 5.0
_PORTS = {"https": 443, "http": 80}
_CODES = {
    "certificate_expired": Code.CERTIFICATE_EXPIRED,
    "certificate_other_name": Code.CERTIFICATE_OTHER_NAME,
    "certificate_untrusted": Code.CERTIFICATE_UNTRUSTED,
    "certificate_not_pinned": Code.CERTIFICATE_NOT_PINNED,
}


def reach(url: str, tls: Tls, patience_s: float = PATIENCE_S) -> str:
    """What was seen there: the version of TLS and the last day of the certificate, or ``http``.

    Not one byte of HTTP is written. Raises ``NotSent`` naming what is in the way.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    where = f"{host}:{port}"
    with closing(_connected(host, port, where, patience_s)) as line:
        if parts.scheme != "https":
            return "http"
        try:
            with tls_context(tls.roots).wrap_socket(line, server_hostname=host) as secured:
                shown = sha256(secured.getpeercert(True) or b"").hexdigest()
                if tls.pins and shown not in tls.pins:
                    raise NotPinned
                until = (secured.getpeercert() or {}).get("notAfter", "")
                return f"{secured.version()} {until}"
        except (OSError, ValueError) as refused:
            code = _CODES.get(certificate_word(refused), Code.TLS_ABSENT)
            raise NotSent(code, what=where) from refused


def _connected(host: str, port: int, where: str, patience_s: float) -> socket.socket:
    try:
        return socket.create_connection((host, port), patience_s)
    except (socket.gaierror, UnicodeError) as nowhere:
        raise NotSent(Code.ADDRESS_UNKNOWN, what=where) from nowhere
    except OSError as shut:
        raise NotSent(Code.ADDRESS_REFUSED, what=where) from shut
