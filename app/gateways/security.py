"""How a store proves itself in its region, put together from the profile and the store's keys."""

import base64

from app.crypto.rsa import seal_rsa
from app.domain.errors import Code, OperatorInput
from app.gateways.access import PlatformAccess
from app.gateways.envelopes.signing import Bare, SealedInput, SignedFields
from app.gateways.envelopes.signing import Signing as FrameSigning
from app.ports import requests as q
from app.ports.platform import Sender
from app.profile.model import Profile, Signing
from app.profile.operations import Operation

_PROVINCE = 2


def signing_of(profile: Profile, access: PlatformAccess) -> FrameSigning:
    """How this store closes its frames in this region."""
    match profile.core.signing:
        case Signing.SM2_FIELDS:
            return SignedFields(access.keys)
        case Signing.SM2_SEALED:
            client = access.oauth.client_id if access.oauth else access.app_id
            return SealedInput(client, access.keys, access.platform_public)
        case _:
            return Bare()


def password_proof(
    profile: Profile, access: PlatformAccess, operation: Operation, request: object, sender: Sender
) -> str:
    """``cainfo`` of a message that carries the holder's password; empty where none is wanted.

    People insured in another province are exempt (core-platform 1.5). Raises ``OperatorInput``
    ``PASSWORD_NEEDED`` where it is wanted and nobody typed one.
    """
    rules = profile.voucher
    if rules.password_mode != "cainfo_rsa" or operation not in rules.password_operations:  # noqa: S105 a mode
        return ""
    if not isinstance(request, q.Settle) or _elsewhere(request, sender):
        return ""
    if request.password is None:
        raise OperatorInput(Code.PASSWORD_NEEDED)
    token = request.bill.credential.token
    behind = token.reveal() if rules.password_with_token and token else ""
    sealed = seal_rsa(access.password_key, (request.password.reveal() + behind).encode())
    return base64.b64encode(sealed).decode()


def password_token(profile: Profile, operation: Operation, request: object, sender: Sender) -> str:
    """``pw_ecToken`` of a message that proves a password typed before; empty where none is wanted.

    identity-and-devices 2.8 [S]: a field of the envelope. Raises as :func:`password_proof`.
    """
    rules = profile.voucher
    if rules.password_mode != "pw_ectoken" or operation not in rules.password_operations:  # noqa: S105 a mode
        return ""
    if not isinstance(request, q.Settle) or _elsewhere(request, sender):
        return ""
    if request.password is None:
        raise OperatorInput(Code.PASSWORD_NEEDED)
    return request.password.reveal()


def _elsewhere(request: q.Settle, sender: Sender) -> bool:
    return request.bill.insured_area[:_PROVINCE] != sender.service_area[:_PROVINCE]
