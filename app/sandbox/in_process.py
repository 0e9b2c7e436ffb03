"""The stand-in without a wire: bytes in, bytes out, in one process and on one thread.

For simulated days, which play time, chance and every fault themselves.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

from app.profile.model import Profile
from app.sandbox.router import Fault, Registry, Reply, Request
from app.sandbox.server import furnish
from app.sandbox.site import Site, TrainingClock
from app.sandbox.state import State
from resources.scenarios import DemoStore

_NUMBERED = re.compile(rb'"msgid":\s*"([0-9A-Z]+)"')
_PHONE = "/sandbox/issue_evoucher"
ADDRESS = "http://in.process.invalid"
"""Stands before every path of the ready line; nothing listens there."""


@dataclass(frozen=True, slots=True)
class InProcessSandbox:
    """A furnished stand-in. ``ready`` has the keys of cli.md but those of a process."""

    site: Site
    registry: Registry
    ready: Mapping[str, object]

    def operation(self, url: str, body: bytes) -> str:
        """The name under which an address is answered; empty where nobody answers."""
        entry = self.registry.find(urlsplit(url).path, body)
        return entry.name if entry is not None else ""

    def answer(
        self, url: str, body: bytes, headers: Mapping[str, str], fault: Fault | None = None
    ) -> Reply:
        """One whole request and its whole answer; the effect is committed when this returns."""
        path = urlsplit(url).path
        entry = self.registry.find(path, body)
        if entry is None:
            return Reply(b'{"message":"no such address"}', 404)
        named = {name.lower(): value for name, value in headers.items()}
        return entry.handler(Request("POST", path, named, body, fault))

    def message_id(self, body: bytes) -> str:
        """The sender's own number in the frame; empty where this kind of message has none."""
        found = _NUMBERED.search(body)
        return found[1].decode() if found else ""

    def issue(self, id_no: str) -> str:
        """A fresh e-voucher, as the phone of a synthetic person would show it."""
        body = json.dumps({"id_no": id_no}).encode()
        shown = json.loads(self.answer(_PHONE, body, {}).body)
        return str(shown["evoucher"])


@contextmanager
def in_process_sandbox(
    profile: Profile,
    demo: DemoStore,
    seed: int,
    clock: TrainingClock,
    chance: Random,
    image: bytes | None = None,
) -> Iterator[InProcessSandbox]:
    """Open memory, furnish it, close it in the end. ``image`` is what ``State.image`` gave.

    ``profile`` is a region under its training overlay, ``demo`` the store of the clock's day.
    """
    with State(None, image=image) as state:
        site, registry, shown = furnish(profile, state, seed, clock, chance, demo)
        ready: dict[str, object] = {
            "url": ADDRESS,
            "profile": profile.id,
            "endpoints": registry.endpoints(ADDRESS),
            **shown,
        }
        yield InProcessSandbox(site, registry, ready)
