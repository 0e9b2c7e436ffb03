"""医保电子凭证: one code or one password, one attempt, by the channel of the region.

Identity-and-devices 2.3: A, a library that reads the code by itself; B1 and B2, a service that is
given the code's text; B3, the text stands for the person at the core platform; B4, a function of
the vendor's library, whose texts no source shows: those of B1 in the library's characters.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.crypto.derive import rx_content_key
from app.crypto.sm4 import encrypt_ecb
from app.domain.errors import Bug
from app.gateways.access import PlatformAccess
from app.gateways.core import CoreGateway
from app.gateways.envelopes.exchange import Exchanger, Road
from app.gateways.envelopes.kept import kept
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.strict_json import Json, read_object, write_json
from app.gateways.fields import Fields
from app.gateways.transport.http import Limits
from app.gateways.transport.library import TERMINAL, LibraryTransport
from app.gateways.wording import identity
from app.ports import replies as r
from app.ports import requests as q
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile
from app.profile.operations import Operation

Q = TypeVar("Q")
R = TypeVar("R")
_YES = frozenset({"0", "0000"})
"""Both mean success at either level (2.6)."""


class VoucherGateway:
    """Implements ``ports.platform.VoucherService``. ``terminal`` is there for channel A."""

    def __init__(
        self,
        profile: Profile,
        access: PlatformAccess,
        exchanger: Exchanger,
        core: CoreGateway,
        terminal: LibraryTransport | None = None,
    ) -> None:
        self._profile = profile
        self._access = access
        self._exchanger = exchanger
        self._core = core
        self._terminal = terminal
        self._channel = profile.voucher.ec_decode_channel

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        if isinstance(request, q.DecodeVoucher) and self._channel == "B3":
            asked = self._core.compose(identity.person_behind(request, stamp.at), sender, stamp)
            return Draft(
                request, asked.operation, stamp.message_id, asked.wire, asked.kept, stamp.at
            )
        content = self._asked(request, sender, stamp)
        wire = write_json(content).encode(self._encoding(request))
        operation = Operation.DECODE_VOUCHER
        return Draft(request, operation, stamp.message_id, wire, kept(content), stamp.at)

    def _encoding(self, request: object) -> str:
        if isinstance(request, q.DecodeVoucher) and self._channel == "A":
            return self._profile.terminal.encoding
        return self._profile.core.encoding if self._channel == "B4" else "utf-8"

    def _asked(self, request: object, sender: Sender, stamp: Stamp) -> identity.Content:
        match request:
            case q.DecodeVoucher():
                if bool(request.code) is (self._channel == "A"):
                    raise Bug(what=f"a code's text and channel {self._channel} do not go together")
                return identity.decode_voucher(self._profile, request, sender)
            case q.VerifyPassword():
                sealed = self._sealed(request.password.reveal(), stamp.message_id)
                return identity.verify_password(self._profile, request, sender, sealed)
            case _:
                raise Bug(what=f"{type(request).__name__} is nothing the voucher service is asked")

    def _sealed(self, password: str, message_id: str) -> str:
        """Under the store's own key, with the message number: no two messages look alike."""
        access, scheme = self._access, self._profile.rxcentre.epc_key_derivation
        key = rx_content_key(access.app_id, access.app_secret.reveal(), scheme)
        plain = write_json({"password": password, "messageId": message_id})
        return encrypt_ecb(key, plain.encode()).hex().upper()

    def verify_password(self, message: Committed[q.VerifyPassword]) -> Answer[r.Decoded]:
        """Never repeated: a wrong password counts against its owner."""
        person = message.draft.request.person
        return self._send(message, lambda reply: identity.vouched_for(reply.output, person))

    def decode(self, message: Committed[q.DecodeVoucher]) -> Answer[r.Decoded]:
        """The code is burnt after any answer and after none: never sent a second time (2.2)."""
        request = message.draft.request
        if self._channel == "B3":
            return self._at_the_core(message)
        return self._send(message, lambda reply: identity.decoded(reply.output, request))

    def leave(self) -> None:
        if self._terminal is not None:
            self._terminal.leave()

    def _at_the_core(self, message: Committed[q.DecodeVoucher]) -> Answer[r.Decoded]:
        """The text is the token: whose it is, is a question about a person (2.3, B3)."""
        draft = message.draft
        query = identity.person_behind(draft.request, draft.composed_at)
        asked = Draft(
            query, draft.operation, draft.message_id, draft.wire, draft.kept, draft.composed_at
        )
        answer = self._core.query_person(Committed(message.row_id, asked))
        found = identity.behind_code(draft.request, answer.value)
        return Answer(found, answer.facts, answer.notice)

    def _send(self, message: Committed[Q], read: Callable[[Reply], R]) -> Answer[R]:
        profile, request = self._profile, message.draft.request
        by_terminal = isinstance(request, q.DecodeVoucher) and self._channel == "A"
        limits = Limits(
            profile.core.timeout.connect,
            profile.terminal.wait_s if by_terminal else profile.voucher.timeout_s,
            profile.core.reply_limit_bytes,
        )
        headers = {"Content-Type": "application/json"}
        road = Road(headers, limits, fresh=False, address=TERMINAL if by_terminal else "")
        encoding = self._encoding(request)
        return self._exchanger.send(
            message, road, lambda body: _read(read_object(body, encoding)), read
        )


def _read(tree: Mapping[str, Json]) -> Reply:
    answer = Fields(tree)
    framed = answer.has("infcode")
    code = answer.need("infcode" if framed else "code")
    person = identity.framed_answer(answer) if framed else identity.voucher_answer(answer)
    return Reply(
        yes=code in _YES,
        code=code,
        text=answer.text("err_msg" if framed else "message"),
        notice="",
        platform_ref="",
        replay_mark="",
        output=Fields(person),
        kept=kept({**tree, "data": person}),
    )
