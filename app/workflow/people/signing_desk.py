"""Signing in, and PINs, with the till bound; ``surface`` hands them out."""

from collections.abc import Callable

from app.domain.access import Operator
from app.workflow.people import signing
from app.workflow.people.signing import StaffRow
from app.workflow.till import Till


class SigningDesk:
    """Who is at the counter, and the PINs they come in with."""

    _till: Till
    _pin_matches: Callable[[str, str], bool]
    _hash_pin: Callable[[str], str]

    def sign_in(self, login: str, pin: str) -> Operator:
        """Raises ``OperatorInput`` for a wrong login or PIN."""
        return signing.sign_in(self._till, login, pin, self._pin_matches)

    def renew_pin(self, login: str, pin: str, wanted: str) -> Operator:
        """Set a PIN of one's own where somebody else knew it, and sign in with it.

        Raises ``OperatorInput``.
        """
        signing.renew(self._till, login, pin, wanted, self._pin_matches, self._hash_pin)
        return self.sign_in(login, wanted)

    def reset_pin(self, staff_id: int, reason: str) -> str:
        """A PIN for one sign-in; shown once. Raises ``OperatorInput``."""
        return signing.reset_pin(self._till, staff_id, reason, self._hash_pin)

    def staff(self) -> tuple[StaffRow, ...]:
        """Everybody who may sign in here. Raises ``OperatorInput`` for who may not see it."""
        return signing.staff(self._till)

    def lock(self) -> None:
        signing.lock(self._till)
