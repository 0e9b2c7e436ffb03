"""Which of our codes an answer that cannot be read means: one sentence an integrator can act on."""

from collections.abc import Mapping

from app.domain.errors import Code

_WORDS: Mapping[str, Code] = {
    "gbk_not_utf8": Code.ANSWER_IS_GBK,
    "utf8_not_gbk": Code.ANSWER_IS_UTF8,
    "missing_infcode": Code.ANSWER_WITHOUT_CODE,
}
_KINDS: Mapping[str, Code] = {
    "capitals": Code.ANSWER_IN_CAPITALS,
    "text": Code.ANSWER_TEXT_FOR_OBJECT,
    "missing": Code.ANSWER_LACKS,
}
UNREADABLE = frozenset({Code.ANSWER_UNREADABLE, *_WORDS.values(), *_KINDS.values()})
"""Every code of an answer that cannot be read."""


def meaning(reason: str) -> tuple[Code, str]:
    """The code of ``Unreadable.reason``, and the field it is about, if any."""
    if reason in _WORDS:
        return _WORDS[reason], ""
    kind, _, name = reason.partition("_")
    if kind in _KINDS and name:
        return _KINDS[kind], name
    return Code.ANSWER_UNREADABLE, ""
