"""From what the transport saw and the answer says to the three families of an exchange.

The allow-list of reliability 2.2 and the table of architecture 13: a verified, correlated,
well-formed answer is a yes or a no; proof that nothing left is ``NotSent``; all else is unknown.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from app.domain.case import Kind
from app.domain.errors import Code, LocalTrouble, NotSent, OutcomeUnknown, PlatformRejected
from app.gateways.envelopes.unreadable import meaning
from app.gateways.transport.cage_words import CageWord
from app.gateways.transport.http import Exchanged
from app.ports.messages import WireFacts
from app.profile.model import Profile
from app.profile.operations import Operation

_UNCLEAR: Mapping[Operation, Code] = {
    Operation.SETTLE: Code.SETTLEMENT_UNKNOWN,
    Operation.REVOKE_SETTLEMENT: Code.REFUND_UNKNOWN,
    Operation.UPLOAD_SALE: Code.UPLOAD_UNKNOWN,
    Operation.RETURN_SALE: Code.UPLOAD_UNKNOWN,
    Operation.UPLOAD_RX_SALE: Code.UPLOAD_UNKNOWN,
    Operation.UNDO_RX_SALE: Code.UPLOAD_UNKNOWN,
    Operation.COUNT_STOCK: Code.UPLOAD_UNKNOWN,
    Operation.CHANGE_STOCK: Code.UPLOAD_UNKNOWN,
    Operation.RECEIVE: Code.UPLOAD_UNKNOWN,
    Operation.RETURN_TO_SUPPLIER: Code.UPLOAD_UNKNOWN,
    Operation.AUDIT: Code.AUDIT_UNKNOWN,
}
_REFUSED: Mapping[Operation, Code] = {
    Operation.UPLOAD_SALE: Code.SALE_REFUSED,
    Operation.RETURN_SALE: Code.SALE_REFUSED,
    Operation.UPLOAD_RX_SALE: Code.SALE_REFUSED,
    Operation.UNDO_RX_SALE: Code.SALE_REFUSED,
    Operation.PRESETTLE: Code.SETTLEMENT_REFUSED,
    Operation.SETTLE: Code.SETTLEMENT_REFUSED,
    Operation.REVOKE_SETTLEMENT: Code.REFUND_REFUSED,
    Operation.REVERSE: Code.REFUND_REFUSED,
}
_NOT_LEFT: Mapping[str, Code] = {
    CageWord.HOST: Code.LIBRARY_HOST,
    CageWord.ABSENT: Code.LIBRARY_ABSENT,
    CageWord.UNLOADABLE: Code.LIBRARY_UNLOADABLE,
    CageWord.BITS: Code.LIBRARY_BITS,
    CageWord.EXPORT: Code.LIBRARY_EXPORT,
    CageWord.REFUSED: Code.LIBRARY_REFUSED,
    CageWord.FELL: Code.LIBRARY_FELL,
    CageWord.RESTING: Code.LIBRARY_RESTING,
    CageWord.BUSY: Code.LIBRARY_BUSY,
    CageWord.ROOM: Code.LIBRARY_ROOM,
    "token_refused": Code.TOKEN_NOT_GIVEN,
    "token_missing": Code.TOKEN_MISSING,
    "certificate_expired": Code.CERTIFICATE_EXPIRED,
    "certificate_other_name": Code.CERTIFICATE_OTHER_NAME,
    "certificate_untrusted": Code.CERTIFICATE_UNTRUSTED,
    "certificate_not_pinned": Code.CERTIFICATE_NOT_PINNED,
    "tls_absent": Code.TLS_ABSENT,
}
_NO_ANSWER: Mapping[str, Code] = {
    CageWord.CRASHED: Code.LIBRARY_CRASHED,
    CageWord.HUNG: Code.LIBRARY_HUNG,
    CageWord.SILENT: Code.LIBRARY_SILENT,
    CageWord.OVERFLOW: Code.LIBRARY_OVERFLOW,
    CageWord.ERROR: Code.LIBRARY_ERROR,
    CageWord.LEFT: Code.READING_LEFT,
}
_LISTED_ONLY = frozenset({Operation.SETTLE, Operation.REVOKE_SETTLEMENT})
_CODE_FORM = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)


class Forged(Exception):
    """A wrong signature, or an answer to a question that was not asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InnerNo(Exception):
    """The envelope says yes and the output says no (core-platform 6.10)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class Replays:
    """Answers seen before, by the platform's own serial or signature (reliability 2.2).

    Covers this process; ``WireFacts.platform_ref`` lets the inside look further back.
    """

    def __init__(self, remembered: int = 20_000) -> None:
        self._remembered = remembered
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, mark: str) -> None:
        """Raises ``Forged`` where ``mark`` was seen; an empty mark shows nothing."""
        if not mark:
            return
        with self._lock:
            if mark in self._seen:
                raise Forged("seen_before")
            self._seen[mark] = None
            if len(self._seen) > self._remembered:
                self._seen.popitem(last=False)


class Refusals:
    """Which of our codes a refusal of this region means: data, by code or by words in the text.

    Profile tables ``refusal_codes`` and ``refusal_texts`` map to names of ``Code``; a code with
    an operation in front (``decode_voucher:-2``) counts for its answers only.
    """

    def __init__(self, profile: Profile) -> None:
        self._codes = self._table(profile, "refusal_codes")
        self._texts = self._table(profile, "refusal_texts")

    @staticmethod
    def _table(profile: Profile, name: str) -> dict[str, Code]:
        table: dict[str, Code] = {}
        for key, word in profile.tables.get(name, {}).items():
            if word not in Code.__members__ or Code[word] // 1000 != PlatformRejected.thousands:
                raise LocalTrouble(
                    Code.PROFILE_INVALID, profile=profile.id, what=f"tables.{name}.{key}"
                )
            table[key] = Code[word]
        return table

    def code(self, operation: Operation, platform_code: str, text: str) -> Code:
        for key in (f"{operation.value}:{platform_code}", platform_code):
            if key in self._codes:
                return self._codes[key]
        for part, code in self._texts.items():
            if part in text:
                return code
        return _REFUSED.get(operation, Code.REFUSED)


class Verdicts:
    """Judges answers for one region."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._refusals = Refusals(profile)

    def body(self, operation: Operation, exchanged: Exchanged) -> bytes:
        """The whole answer with status 200. Raises ``NotSent`` or ``OutcomeUnknown``."""
        facts = exchanged.facts
        if exchanged.nothing_left:
            code = _NOT_LEFT.get(facts.failure, Code.DID_NOT_LEAVE)
            raise NotSent(code, evidence=facts, **_told(reason=facts.platform_text))
        if facts.failure == CageWord.NO:
            raise self.refusal(operation, facts, facts.platform_code, facts.platform_text)
        if exchanged.body is None:
            if facts.failure in ("too_long", "encoded"):
                raise self.unreadable(facts, facts.failure)
            raise self.missing(operation, facts, facts.failure)
        if facts.status != 200:
            raise self.missing(operation, facts, f"http_{facts.status}")
        return exchanged.body

    def missing(self, operation: Operation, facts: WireFacts, why: str) -> OutcomeUnknown:
        """No answer of the platform: the code says what is now unknown."""
        general = _NO_ANSWER.get(why, Code.ANSWER_MISSING)
        code = _UNCLEAR.get(operation, general)
        told = replace(facts, failure=why)
        return OutcomeUnknown(code, evidence=told, **_told(reason=facts.platform_text))

    def unreadable(self, facts: WireFacts, why: str) -> OutcomeUnknown:
        code, field = meaning(why)
        return OutcomeUnknown(code, evidence=replace(facts, failure=why), **_told(what=field))

    def forged(self, facts: WireFacts, why: str) -> OutcomeUnknown:
        """A security event: the answer is not the platform's, or not to this question."""
        return OutcomeUnknown(Code.ANSWER_FORGED, evidence=replace(facts, failure=why))

    def refusal(
        self, operation: Operation, facts: WireFacts, platform_code: str, text: str
    ) -> PlatformRejected | OutcomeUnknown:
        """A well-formed no — which for money is a no only where the region lists it."""
        told = replace(facts, platform_code=platform_code, platform_text=text)
        if self._hides_unknown(operation, platform_code, text):
            return self.missing(operation, told, "refusal_not_definite")
        code = self._refused(operation, platform_code, text)
        return PlatformRejected(
            code, platform_code=platform_code, platform_text=text, evidence=told
        )

    def row_refused(self, operation: Operation, platform_code: str, text: str) -> Code:
        """What the no to one row of a list means: the code it would have alone."""
        if self._hides_unknown(operation, platform_code, text):
            return _UNCLEAR.get(operation, Code.ANSWER_MISSING)
        return self._refused(operation, platform_code, text)

    def _refused(self, operation: Operation, platform_code: str, text: str) -> Code:
        if any(word in text for word in self._profile.core.sign_in_text_patterns):
            return Code.SIGN_IN_REQUIRED
        return self._refusals.code(operation, platform_code, text)

    def _hides_unknown(self, operation: Operation, platform_code: str, text: str) -> bool:
        lowered = text.lower()
        if any(word.lower() in lowered for word in self._profile.core.unknown_text_patterns):
            return self._profile.operations[operation].kind is not Kind.ASK
        if operation not in _LISTED_ONLY:
            return False
        listed = self._profile.settle.definite_rejects
        return not any(_says(entry, platform_code, text) for entry in listed if entry)


def _says(entry: str, platform_code: str, text: str) -> bool:
    """Whether a refusal is the listed one. A code is looked for among codes alone: in a sentence
    it may be a part of any number (``-2`` of ``ORA-20001``), which says nothing about money."""
    if _CODE_FORM.fullmatch(entry):
        return entry == platform_code
    return entry in text


def _told(**facts: str) -> dict[str, str]:
    """What is known of them: a sentence with a gap is worse than the plain one."""
    return {name: text for name, text in facts.items() if text}
