"""How long what a live store stands on is still good: its keys, roots of seals, roots of https."""

import ssl
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from app.crypto.certificate import read_certificate
from app.domain.ending import Ending, Ends
from app.gateways.live_access import seal_root, tls_of
from app.gateways.transport.trust import tls_context
from app.profile.settings import Installation

_CHINA = timezone(timedelta(hours=8))


def endings_of(installation: Installation) -> tuple[Ending, ...]:
    """Keys carry no date of their own: the settings say what the province wrote beside them.

    Raises ``LocalTrouble`` for a certificate that cannot be read.
    """
    settings = installation.settings
    found: list[Ending] = []
    if settings.keys.valid_until is not None:
        found.append(Ending(Ends.KEYS, "", settings.keys.valid_until))
    for name in settings.trust.seal_roots:
        root = read_certificate(seal_root(installation, name))
        found.append(Ending(Ends.SEAL_ROOT, root.subject, _day(root.not_after)))
    roots = tls_of(installation).roots
    for authority in tls_context(roots).get_ca_certs() if roots else ():
        ends = ssl.cert_time_to_seconds(str(authority["notAfter"]))
        at = datetime.fromtimestamp(ends, UTC)
        found.append(Ending(Ends.TLS_ROOT, _common_name(authority), _day(at)))
    return tuple(found)


def _day(moment: datetime) -> date:
    return moment.astimezone(_CHINA).date()


def _common_name(authority: Mapping[str, Any]) -> str:
    named = [value for part in authority["subject"] for key, value in part if key == "commonName"]
    return str(named[-1]) if named else ""
