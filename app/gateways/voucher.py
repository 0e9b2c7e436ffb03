"""医保电子凭证: one code text, one attempt, over HTTP (identity-and-devices 2)."""

from typing import TypeVar

from app.domain.errors import Bug
from app.gateways.envelopes.exchange import Exchanger, Road
from app.gateways.envelopes.kept import kept
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.strict_json import read_object, write_json
from app.gateways.fields import Fields
from app.gateways.transport.http import Limits
from app.gateways.wording import identity
from app.ports import replies as r
from app.ports import requests as q
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile
from app.profile.operations import Operation

Q = TypeVar("Q")
_YES = frozenset({"0", "0000"})
"""Both mean success at either level (2.6)."""


class VoucherGateway:
    """Implements ``ports.platform.VoucherService`` for channel B1."""

    def __init__(self, profile: Profile, exchanger: Exchanger) -> None:
        self._profile = profile
        self._exchanger = exchanger

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        if not isinstance(request, q.DecodeVoucher):
            raise Bug(what=f"{type(request).__name__} is nothing the voucher service is asked")
        content = identity.decode_voucher(self._profile, request, sender)
        return Draft(
            request,
            Operation.DECODE_VOUCHER,
            stamp.message_id,
            write_json(content).encode(),
            kept(content),
            stamp.at,
        )

    def decode(self, message: Committed[q.DecodeVoucher]) -> Answer[r.Decoded]:
        """The text is burnt after any answer and after none: never sent a second time (2.2)."""
        request, profile = message.draft.request, self._profile
        limits = Limits(
            profile.core.timeout.connect, profile.voucher.timeout_s, profile.core.reply_limit_bytes
        )
        road = Road({"Content-Type": "application/json"}, limits, fresh=False)
        return self._exchanger.send(
            message, road, _unwrap, lambda reply: identity.decoded(reply.output, request)
        )


def _unwrap(body: bytes) -> Reply:
    tree = read_object(body)
    answer = Fields(tree)
    code, person = answer.need("code"), identity.voucher_answer(answer)
    return Reply(
        yes=code in _YES,
        code=code,
        text=answer.text("message"),
        notice="",
        platform_ref="",
        replay_mark="",
        output=Fields(person),
        kept=kept({**tree, "data": person}),
    )
