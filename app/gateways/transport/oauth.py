"""A token of the gateway, asked for before it is needed (core-platform 1.4).

A message without a token does not leave: whatever goes wrong with the token is proof that nothing
was sent. A gateway that refuses a token after the message left proves nothing, so the message is
unknown; the token is forgotten, and the next message brings a new one.
"""

import base64
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from app.domain.credential import Secret
from app.gateways.envelopes.strict_json import Json, Unreadable, read_object
from app.gateways.transport.carrier import Carrier
from app.gateways.transport.http import Exchanged, Limits
from app.ports.clock import Clock
from app.profile.model import OauthPart

TOKEN_REFUSED, TOKEN_MISSING = "token_refused", "token_missing"
_REFUSALS = frozenset({400, 401, 403})
_NOT_LET_IN = 401
_SHOWN = 200
_SHOWABLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
"""What may stand in a header: with anything else the message could not be built."""
_SECONDS = re.compile(r"[0-9]{1,20}", re.ASCII)
_LONGEST_S = 24 * 3600
"""Some say the largest number there is for "never ends", which no calendar can add."""


@dataclass(frozen=True, slots=True)
class OauthAccess:
    """With what this store asks for a token."""

    url: str
    client_id: str
    client_secret: Secret
    user: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))


class TokenCarrier:
    """Implements ``Carrier``: adds the token to what is addressed to ``covered``."""

    def __init__(
        self,
        inner: Carrier,
        part: OauthPart,
        access: OauthAccess,
        covered: frozenset[str],
        clock: Clock,
    ) -> None:
        self._inner = inner
        self._part = part
        self._access = access
        self._covered = covered
        self._clock = clock
        self._turn = threading.Lock()
        self._token = Secret("")
        self._ends: datetime | None = None

    @property
    def waited_ms(self) -> int:
        return self._inner.waited_ms

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], limits: Limits, *, fresh: bool
    ) -> Exchanged:
        if url not in self._covered:
            return self._inner.post(url, body, headers, limits, fresh=fresh)
        with self._turn:
            failed = None if self._holds() else self._fetch(limits)
            token = self._token
        if failed is not None:
            return failed
        shown = {**headers, "Authorization": f"Bearer {token.reveal()}"}
        exchanged = self._inner.post(url, body, shown, limits, fresh=fresh)
        if exchanged.facts.status == _NOT_LET_IN:
            self._forget(token)
        return exchanged

    def _holds(self) -> bool:
        return self._ends is not None and self._clock.now() < self._ends

    def _forget(self, token: Secret) -> None:
        with self._turn:
            if self._token == token:
                self._ends = None

    def _fetch(self, limits: Limits) -> Exchanged | None:
        """None where a token is there now, else what the business message has come to."""
        answer = self._inner.post(
            self._access.url, self._form(), self._headers(), limits, fresh=False
        )
        if answer.nothing_left:
            return answer
        told: dict[str, Json] = {}
        if answer.body is not None:
            try:
                told = read_object(answer.body)
            except Unreadable:
                told = {}
        token = told.get("access_token")
        if answer.facts.status == 200 and isinstance(token, str) and _SHOWABLE.fullmatch(token):
            self._keep(token, told.get("expires_in"))
            return None
        refused = answer.facts.status in _REFUSALS
        return _not_sent(answer, TOKEN_REFUSED if refused else TOKEN_MISSING, told)

    def _keep(self, token: str, life: Json) -> None:
        seconds = self._part.life_s
        if isinstance(life, str) and _SECONDS.fullmatch(life):
            seconds = min(int(life), _LONGEST_S)
        usable = max(seconds - self._part.early_s, 0)
        self._token = Secret(token)
        self._ends = self._clock.now() + timedelta(seconds=usable)

    def _form(self) -> bytes:
        fields = {"grant_type": self._part.grant_type, "scope": self._part.scope}
        if self._part.grant_type == "password":
            fields["username"] = self._access.user
            fields["password"] = self._access.password.reveal()
        return urlencode(fields).encode()

    def _headers(self) -> dict[str, str]:
        pair = f"{self._access.client_id}:{self._access.client_secret.reveal()}"
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        }

    def close(self) -> None:
        self._inner.close()


def _not_sent(answer: Exchanged, word: str, told: Mapping[str, Json]) -> Exchanged:
    """The facts of the token's exchange, said of the message that did not leave."""
    reason = told.get("error_description") or told.get("error") or ""
    facts = replace(
        answer.facts,
        first_byte_left=False,
        bytes_sent=0,
        platform_code=str(answer.facts.status or ""),
        platform_text=str(reason)[:_SHOWN] if isinstance(reason, str) else "",
        failure=word,
    )
    return Exchanged(facts, None)
