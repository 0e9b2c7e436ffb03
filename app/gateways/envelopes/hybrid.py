"""The prescription centre's message as the input and output of the core envelope.

Reported of one region by one source, whose own code is untested (prescription-centre 1, R4): the
outer envelope says who sends and whether it was accepted, the inner one signs and seals.
"""

from dataclasses import replace

from app.gateways.envelopes import epc
from app.gateways.envelopes.core import output_of, read_frame
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.signing import Bare, Signing
from app.gateways.envelopes.strict_json import read_object
from app.gateways.envelopes.verdict import Forged
from app.profile.model import Profile

_YES = "0"


def read_hybrid(
    profile: Profile, keys: epc.RxKeys, body: bytes, signing: Signing | None = None
) -> Reply:
    """Both envelopes off. Raises ``Unreadable`` or ``Forged``.

    A no of the outer envelope may come with nothing inside; a yes has a signed message inside.
    """
    tree = (signing or Bare()).open(read_object(body, profile.core.encoding))
    outer = read_frame(tree)
    if not outer.yes:
        return outer
    inner = output_of(tree)
    if not inner and profile.rxcentre.epc_verify_mode == "strict":
        raise Forged("unsigned")
    opened = epc.read_tree(profile.rxcentre, keys, inner, _YES)
    return replace(
        opened,
        text=opened.text or outer.text,
        notice=outer.notice,
        platform_ref=outer.platform_ref or opened.platform_ref,
        answered_at=outer.answered_at,
        kept=f"{outer.kept}\n{opened.kept}",
    )
