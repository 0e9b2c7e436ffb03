"""One committed message out, one judged answer back. The same road for every neighbour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from app.domain.errors import Bug, PlatformRejected, Trouble
from app.gateways.access import PlatformAccess
from app.gateways.envelopes.kept import kept_garbage
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.envelopes.verdict import Forged, InnerNo, Replays, Verdicts
from app.gateways.transport.carrier import Carrier
from app.gateways.transport.http import Limits
from app.ports.messages import Answer, Committed, WireFacts
from app.profile.model import Profile
from app.profile.operations import Operation

Q = TypeVar("Q")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Road:
    """How this message travels. ``operation`` names the address where it is not the draft's own,
    ``address`` is one that belongs to no operation."""

    headers: Mapping[str, str]
    limits: Limits
    fresh: bool
    operation: Operation | None = None
    address: str = ""


class Exchanger:
    """Sends through the transport and judges what comes back (architecture 9, 13)."""

    def __init__(
        self, profile: Profile, access: PlatformAccess, transport: Carrier, replays: Replays
    ) -> None:
        self.verdicts = Verdicts(profile)
        self._access = access
        self._transport = transport
        self._replays = replays

    def send(
        self,
        message: Committed[Q],
        road: Road,
        unwrap: Callable[[bytes], Reply],
        read: Callable[[Reply], R],
    ) -> Answer[R]:
        """Raises ``PlatformRejected``, ``NotSent`` or ``OutcomeUnknown``, with ``WireFacts``."""
        body, facts = self.send_bare(message, road)
        return self.judge(message, body, facts, unwrap, read)

    def send_bare(self, message: Committed[Q], road: Road) -> tuple[bytes, WireFacts]:
        """The whole body of an answer with status 200, not yet read."""
        operation = message.draft.operation
        addressed = road.operation or operation
        url = road.address or self._access.endpoints.get(addressed)
        if url is None:
            raise Bug(what=f"no address for {addressed.value}")
        exchanged = self._transport.post(
            url, message.draft.wire, road.headers, road.limits, fresh=road.fresh
        )
        return self.verdicts.body(operation, exchanged), exchanged.facts

    def judge(
        self,
        message: Committed[Q],
        body: bytes,
        facts: WireFacts,
        unwrap: Callable[[bytes], Reply],
        read: Callable[[Reply], R],
    ) -> Answer[R]:
        """A yes as ``Answer``; everything else raises as :meth:`send`."""
        try:
            reply = unwrap(body)
            facts = replace(
                facts,
                kept_reply=reply.kept,
                platform_ref=reply.platform_ref,
                platform_at=reply.answered_at,
            )
            self._replays.check(reply.replay_mark)
            if not reply.yes:
                raise self.verdicts.refusal(message.draft.operation, facts, reply.code, reply.text)
            return Answer(read(reply), replace(facts, platform_code=reply.code), reply.notice)
        except InnerNo as no:
            raise self.verdicts.refusal(message.draft.operation, facts, no.code, no.text) from no
        except Unreadable as wrong:
            shown = facts.kept_reply or kept_garbage(body)
            raise self.verdicts.unreadable(
                replace(facts, kept_reply=shown), wrong.reason
            ) from wrong
        except Forged as forged:
            shown = facts.kept_reply or kept_garbage(body)
            raise self.verdicts.forged(replace(facts, kept_reply=shown), forged.reason) from forged
        except PlatformRejected as refused:
            # a reader that finds an inner no does not know what the transport saw
            refused.evidence = refused.evidence or replace(
                facts,
                platform_code=refused.platform_code,
                platform_text=refused.platform_text,
            )
            raise
        except Trouble:
            raise
        # Bytes have left: an answer no reader foresaw is an unknown outcome, never a crash that
        # leaves its case underway (architecture 13, last row).
        except Exception as unforeseen:
            why = f"reader_{type(unforeseen).__name__}"
            shown = facts.kept_reply or kept_garbage(body)
            raise self.verdicts.unreadable(replace(facts, kept_reply=shown), why) from unforeseen
