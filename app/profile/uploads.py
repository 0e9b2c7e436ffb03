"""The rules of waiting records: checked when a region loads, read as the domain wants them.

A word nobody knows, or a rule that would tell a record twice where that may harm, refuses to load.
"""

from datetime import timedelta

from app.domain.case import Kind
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.uploads import DOUBTFUL, FURTHEST, AnswerClass, Pace, Remedy, UploadRules
from app.profile.model import OperationPart, Profile
from app.profile.operations import Operation
from app.profile.unknown import Way, rule_of

_BY_WAY = {Way.RESEND: Remedy.RETRY, Way.QUERY: Remedy.QUERY, Way.PERSON: Remedy.STOP}
_ANSWERED = (PlatformRejected.thousands, OutcomeUnknown.thousands)


def pace_of(profile: Profile) -> Pace:
    """How soon and how often this region is told again."""
    part = profile.uploads
    return Pace(
        timedelta(seconds=part.first_gap_s),
        part.growth,
        timedelta(seconds=part.longest_gap_s),
        part.most_tries,
    )


def rules_of(profile: Profile, operation: Operation) -> UploadRules:
    """The rules of one operation, those of the region below it."""
    part = profile.operations[operation]
    doubt = _BY_WAY[rule_of(profile, operation).way]
    own = {AnswerClass(name): to for name, to in part.answers.items() if _is_class(name)}
    return UploadRules(
        by_class={**dict.fromkeys(DOUBTFUL, doubt), **profile.uploads.answers, **own},
        by_code={Code[name]: to for name, to in part.answers.items() if not _is_class(name)},
        already_there=frozenset(Code[name] for name in part.already_there),
    )


def _is_class(name: str) -> bool:
    return name in AnswerClass.__members__.values()


def check_uploads(profile: Profile) -> str:
    """An empty text, or the first thing wrong with the rules of waiting records."""
    part = profile.uploads
    missing = set(AnswerClass) - DOUBTFUL - part.answers.keys()
    if missing:
        return f"uploads.answers: nothing said about {min(missing)}"
    if DOUBTFUL & part.answers.keys():
        return "uploads.answers: what is in doubt is said per operation"
    if not 0 < part.first_gap_s <= part.longest_gap_s or part.growth < 1 or part.most_tries < 1:
        return "uploads: the gaps do not grow"
    if part.longest_gap_s > FURTHEST.total_seconds():
        return "uploads.longest_gap_s: two hours at most"
    if not 1 <= part.at_once <= 16:
        return "uploads.at_once: from 1 to 16"
    if not 1 <= part.rows_at_once <= profile.rules.max_rows_A:
        return "uploads.rows_at_once: from 1 to rules.max_rows_A"
    patience = profile.core.timeout.connect + max(
        profile.core.timeout.query, profile.rxcentre.timeout_s
    )
    if part.lease_s < 2 * patience:
        return "uploads.lease_s: shorter than two exchanges may take"
    audit = profile.operations.get(Operation.AUDIT)
    if audit is not None and audit.deferrable and profile.rules.pharmacist_proof != "login":
        return "operations.audit.deferrable: a token may not wait"
    for operation, own in profile.operations.items():
        problem = _check_operation(own)
        if problem:
            return f"operations.{operation}.{problem}"
    return ""


def _check_operation(part: OperationPart) -> str:
    named = bool(part.answers or part.already_there or part.after or part.deferrable)
    if named and part.kind is not Kind.TELL:
        return "answers: only a record may wait"
    for name in part.already_there:
        if name not in Code.__members__ or Code[name] // 1000 != PlatformRejected.thousands:
            return f"already_there: {name}"
    for name, remedy in part.answers.items():
        problem = _check_answer(part, name, remedy)
        if problem:
            return f"answers.{name}: {problem}"
    return ""


def _check_answer(part: OperationPart, name: str, remedy: Remedy) -> str:
    if not _is_class(name) and (
        name not in Code.__members__ or Code[name] // 1000 not in _ANSWERED
    ):
        return "no class of answers and no code of one"
    doubtful = name in DOUBTFUL or (
        not _is_class(name) and Code[name] // 1000 == OutcomeUnknown.thousands
    )
    if remedy is Remedy.QUERY and not doubtful:
        return "only what is in doubt is asked about"
    if remedy is Remedy.RETRY and doubtful and part.on_unknown != Way.RESEND.value:
        return "told again where a repeat may harm"
    return ""
