"""Tokens of the gateway (core-platform 1.4): asked for with a form, shown with every message.

A token is its own end and a proof over it, so that no list of tokens is kept.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from app.profile.model import OauthPart
from app.sandbox.router import Reply, Request, json_reply
from app.sandbox.site import Site
from app.sandbox.tables import refusals

LIFE_S = 600


@dataclass(frozen=True, slots=True)
class Client:
    """Synthetic, the same for the same seed; opens nothing but this stand-in."""

    client_id: str
    client_secret: str = field(repr=False)
    user: str
    password: str = field(repr=False)

    def shown(self) -> dict[str, str]:
        """As the ready line shows it."""
        return {
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "user": self.user,
            "password": self.password,
        }


def client_of(seed: int) -> Client:
    drawn = hashlib.sha512(f"training client {seed}".encode()).hexdigest().upper()
    return Client(drawn[:32], drawn[32:64], "training", drawn[64:80])


class Desk:
    """Gives tokens and knows its own again."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._client = client_of(site.seed)
        self._rules: OauthPart = site.profile.oauth

    def token_request(self, request: Request) -> Reply:
        """The answer to a request for a token: a token, or 400 and 401 in the words of OAuth."""
        if not self._known(request.headers.get("authorization", "")):
            return json_reply({"error": "invalid_client"}, 401)
        told = parse_qs(request.body.decode("latin-1"))
        form = {name: values[0] for name, values in told.items()}
        if form.get("grant_type") != self._rules.grant_type:
            return json_reply({"error": "unsupported_grant_type"}, 400)
        if form.get("scope") != self._rules.scope:
            return json_reply({"error": "invalid_scope"}, 400)
        person = (form.get("username"), form.get("password"))
        if self._rules.grant_type == "password" and person != (
            self._client.user,
            self._client.password,
        ):
            reason = refusals().sentences["token_person"]
            return json_reply({"error": "invalid_grant", "error_description": reason}, 400)
        return json_reply(
            {"access_token": self.token(), "token_type": "bearer", "expires_in": LIFE_S}
        )

    def token(self) -> str:
        """A token good from now on for ``LIFE_S``."""
        ends = int(self._site.clock.real().timestamp()) + LIFE_S
        return f"{ends}.{self._proof(str(ends))}"

    def good(self, headers: Mapping[str, str]) -> bool:
        """Whether the headers show a token of ours that has not run out."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        ends, _, proof = token.partition(".")
        if kind.lower() != "bearer" or not (ends.isascii() and ends.isdigit()):
            return False
        if not proof.isascii() or not hmac.compare_digest(proof, self._proof(ends)):
            return False
        return int(ends) > self._site.clock.real().timestamp()

    def _known(self, header: str) -> bool:
        kind, _, coded = header.partition(" ")
        try:
            shown = base64.b64decode(coded, validate=True)
        except (binascii.Error, ValueError):
            return False
        wanted = f"{self._client.client_id}:{self._client.client_secret}".encode()
        return kind.lower() == "basic" and hmac.compare_digest(shown, wanted)

    def _proof(self, ends: str) -> str:
        key = f"training tokens {self._site.seed}".encode()
        return hmac.new(key, ends.encode(), hashlib.sha256).hexdigest()
