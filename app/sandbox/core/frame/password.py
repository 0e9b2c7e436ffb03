"""The holder's password inside a message (core-platform 1.5): who must show it, and whether it is
the right one."""

import base64
import binascii

from app.crypto.errors import CryptoRefused
from app.crypto.rsa import new_rsa_pair, open_rsa
from app.profile.operations import Operation
from app.sandbox.core.frame.envelope import Call, Refusal
from app.sandbox.site import Site
from app.sandbox.voucher import password_of

_PROVINCE = 2


class Passwords:
    """One key pair, made at the start where the region wants passwords."""

    def __init__(self, site: Site) -> None:
        rules = site.profile.voucher
        wanted = rules.password_mode in ("cainfo_rsa", "pw_ectoken")
        self._by_token = rules.password_mode == "pw_ectoken"  # noqa: S105 the name of a mode
        self._operations: frozenset[Operation] = (
            frozenset(rules.password_operations) if wanted else frozenset()
        )
        self._private, self.public = new_rsa_pair() if wanted else (b"", b"")

    def check(self, call: Call) -> None:
        """Raises ``Refusal``. People insured in another province are exempt."""
        if call.operation not in self._operations:
            return
        if call.insured_area[:_PROVINCE] != call.site.demo.store.area[:_PROVINCE]:
            return
        number = str(call.content.get("druginfo", {}).get("psn_no", ""))
        holder = next((p for p in call.site.demo.persons if p.person_no == number), None)
        id_no = holder.id_no if holder is not None else ""
        if self._by_token:
            self._check_token(call, id_no)
            return
        if not call.cainfo:
            raise Refusal("password_needed")
        try:
            shown = open_rsa(self._private, base64.b64decode(call.cainfo, validate=True))
        except (binascii.Error, ValueError, CryptoRefused) as broken:
            raise Refusal("password_unreadable") from broken
        if not id_no or shown.decode("utf-8", "replace") != password_of(id_no):
            raise Refusal("password_wrong")

    @staticmethod
    def _check_token(call: Call, id_no: str) -> None:
        """The token that the voucher service gave for the holder's password."""
        if not call.password_token:
            raise Refusal("password_needed")
        if not id_no or call.site.identities.holder(call.password_token) != id_no:
            raise Refusal("password_wrong")
