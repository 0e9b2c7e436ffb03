"""This computer as the platform's network sees it; signing in tells it (core-platform 4.1)."""

import socket
import uuid
from contextlib import closing
from urllib.parse import urlsplit

_UNKNOWN_CARD = "00-00-00-00-00-00"
_UNKNOWN_ADDRESS = "127.0.0.1"
_MADE_UP = 1 << 40
"""The bit ``uuid.getnode`` sets in a number that belongs to no card."""
_ANY_PORT = 80


def network_name() -> str:
    """The number of a network card, as ``AA-BB-CC-DD-EE-FF``."""
    node = uuid.getnode()
    if node & _MADE_UP:
        return _UNKNOWN_CARD
    return "-".join(f"{byte:02X}" for byte in node.to_bytes(6, "big"))


def address_towards(url: str) -> str:
    """The address this computer has on the way to ``url``. Nothing is sent."""
    host = urlsplit(url).hostname
    if not host:
        return _UNKNOWN_ADDRESS
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as asked:
        try:
            asked.connect((host, _ANY_PORT))
            return str(asked.getsockname()[0])
        except OSError:
            return _UNKNOWN_ADDRESS
