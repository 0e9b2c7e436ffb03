"""One message, judged: form, cipher, signature (prescription-centre 2 to 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.crypto.errors import CryptoRefused
from app.sandbox.referee.explain.canonical import canonical
from app.sandbox.referee.explain.recipe import Sent
from app.sandbox.referee.explain.sealed import open_sealed
from app.sandbox.referee.explain.search import Key, find_way
from app.sandbox.referee.explain.signatures import forms, why_not
from app.sandbox.referee.keys import Keys, KeysWrong
from app.sandbox.referee.wire import (
    Note,
    Object,
    Unreadable,
    decode,
    is_text,
    note,
    read,
    read_any,
)

ENVELOPE = ("appId", "encType", "signType", "timestamp", "version", "encData", "signData")
_KINDS = {"encType": "SM4", "signType": "SM2"}
_MOVED = frozenset({"encData", "signData", "data"})
_INSIDE = ("input", "output")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``faults`` each make it invalid, the first is the reason; ``remarks`` are worth knowing."""

    valid: bool
    variant: str | None
    content: Any
    canonical: str | None
    faults: tuple[Note, ...]
    remarks: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """The business object of a message, and every fault on the way to it."""

    text: str = ""
    content: Any = None
    there: bool = False
    faults: tuple[Note, ...] = ()


def read_message(raw: bytes) -> tuple[Object, tuple[Note, ...], tuple[Note, ...]]:
    """The envelope, its faults and remarks. Raises ``Unreadable``."""
    text, remarks = decode(raw)
    found = read(text)
    for name in _INSIDE:
        inner = found.get(name)
        outer = bool({"encData", "signData"} & set(found))
        if not outer and isinstance(inner, dict) and _sealed(inner):
            found, remarks = inner, (*remarks, note("envelope_inside", name=name))
    renamed, faults = _renamed(found)
    return renamed, faults, (*remarks, *_odd(renamed))


def _sealed(inner: Object) -> bool:
    return bool({name.lower() for name in inner} & {"encdata", "signdata"})


def _renamed(found: Object) -> tuple[Object, tuple[Note, ...]]:
    """Names in another case mean what they should, and are told."""
    faults = []
    renamed: Object = {}
    for name, value in found.items():
        meant = next((n for n in (*ENVELOPE, "data") if n.lower() == name.lower()), name)
        if meant != name and meant not in found:
            faults.append(note("name_case", name=name, meant=meant))
            renamed[meant] = value
        else:
            renamed[name] = value
    return renamed, tuple(faults)


def _as_called(found: Object, faults: Iterable[Note]) -> Object:
    """The fields under the names they were sent with, but for those no signature covers."""
    sent_as = {
        str(dict(fault.params)["meant"]): str(dict(fault.params)["name"])
        for fault in faults
        if fault.word == "name_case"
    }
    return {
        name if name in _MOVED else sent_as.get(name, name): value for name, value in found.items()
    }


def _odd(found: Object) -> tuple[Note, ...]:
    """What a centre may take amiss, although a signature can hold with it."""
    odd = []
    for name, kind in _KINDS.items():
        told = found.get(name)
        if told is None:
            odd.append(note("kind_absent", name=name, kind_wanted=kind))
        elif str(told).upper() != kind:
            odd.append(note("kind_other", name=name, told=str(told)[:20], kind_wanted=kind))
    if "timestamp" in found and not is_text(found["timestamp"]):
        odd.append(note("timestamp_no_text"))
    if "encData" in found and found.get("data") is not None:
        odd.append(note("both_contents"))
    return tuple(odd)


def plain_of(found: Object, keys: Keys, scheme: str) -> Plain:
    """Decrypt ``encData``, or take ``data``. Raises ``KeysWrong`` for an underivable key."""
    sealed = found.get("encData")
    if sealed in (None, ""):
        return _open_content(found.get("data"))
    if not is_text(sealed):
        return Plain(faults=(note("sealed_no_text"),))
    try:
        opened = open_sealed(sealed, keys.app_id, keys.app_secret, scheme)
    except CryptoRefused as refused:
        raise KeysWrong(note("key_short", name="appId", length=len(keys.app_id))) from refused
    if opened.plain is None:
        return Plain(faults=(opened.why,) if opened.why else ())
    faults = opened.turns
    try:
        text = opened.plain.decode()
    except UnicodeDecodeError:
        try:
            text = opened.plain.decode("gb18030")
        except UnicodeDecodeError:
            return Plain(faults=(*faults, note("plain_bytes")))
        faults += (note("plain_gbk"),)
    return _read_plain(text, faults)


def _open_content(content: Any) -> Plain:
    if is_text(content) and content:
        return _read_plain(content, (note("content_is_text"),))
    if content is None or content == "":
        return Plain()
    faults = () if isinstance(content, dict) else (note("content_no_object"),)
    return Plain(canonical(content) or "", content, True, faults)


def _read_plain(text: str, faults: tuple[Note, ...]) -> Plain:
    try:
        content = read_any(text)
        if is_text(content) and content.lstrip().startswith("{"):
            content, faults = read_any(content), (*faults, note("plain_twice_encoded"))
    except Unreadable as wrong:
        return Plain(text, text, True, (*faults, note("plain_no_json", why=wrong.note.word)))
    if not isinstance(content, dict):
        faults += (note("content_no_object"),)
    return Plain(text, content, True, faults)


def judge(found: Object, faults: Iterable[Note], keys: Keys, scheme: str) -> Verdict:
    """Raises ``KeysWrong`` where there is no key to judge by."""
    candidates = _keys(found, keys)
    plain = plain_of(found, keys, scheme)
    faults = tuple(faults)
    seen = (*faults, *plain.faults)
    if found.get("appId") not in (None, "", keys.app_id):
        seen += (note("other_application", told=str(found["appId"])[:64]),)
    text = canonical(plain.content) if plain.there else None
    signature = found.get("signData")
    if not is_text(signature) or not signature:
        # a centre may leave a refusal unsigned (prescription-centre 2.2)
        refused = str(found.get("code", "0")) != "0"
        word = "unsigned_refusal" if refused else "unsigned"
        return Verdict(False, None, plain.content, text, (*seen, note(word)))
    shapes = forms(signature)
    if not shapes:
        return Verdict(False, None, plain.content, text, (*seen, why_not(signature)))
    spellings = [found, _as_called(found, faults)] if faults else [found]
    way = None
    for fields in spellings:
        sent = Sent(fields, plain.text, plain.content, plain.there, keys.app_secret, keys.app_id)
        way = way or find_way(sent, candidates, shapes)
    if way is None:
        more = (note("no_way_fits"),) if plain.there or not plain.faults else ()
        return Verdict(False, None, plain.content, text, (*seen, *more))
    seen += way.turns
    bare = (note("variant_b"),) if way.variant == "B" else ()
    return Verdict(not seen, None if seen else way.variant, plain.content, text, seen, bare)


def _keys(found: Object, keys: Keys) -> list[Key]:
    """Whose signature it must be, then whose it might be: an answer is by the platform."""
    answer = "code" in found
    if answer and keys.platform is not None:
        ordered = [(keys.platform, None), (keys.public, note("signed_by_application"))]
    else:
        ordered = [(keys.public, None), (keys.platform, note("signed_by_platform"))]
    if keys.pair is not None and keys.pair.public not in (keys.public, keys.platform):
        ordered.append((keys.pair.public, note("signed_by_private")))
    if ordered[0][0] is None:
        raise KeysWrong(note("key_absent_from_file", name="publicKey"))
    return [Key(said, public) for public, said in ordered if public is not None]
