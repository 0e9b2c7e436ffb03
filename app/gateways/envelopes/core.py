"""The envelope of the core platform (core-platform 2): message id, operator, input, output."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime, timedelta, timezone

from app.crypto.digests import sha256_hex
from app.domain.credential import Secret
from app.gateways.envelopes.kept import kept
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.signing import Bare, Signing
from app.gateways.envelopes.strict_json import (
    Json,
    Unreadable,
    read_json,
    read_object,
    write_json,
)
from app.gateways.fields import Fields, wire_moment
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile

_YES = "0"
_LONGEST_SERIAL = 300
"""Ten times what one is; a base at a server indexes no more than some thousand characters."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What a frame needs beside its fields: how it is signed, its characters where they are not
    the region's, and a sealed password, or the token of one that was typed before, where the region
    wants it with this message."""

    signing: Signing = field(default_factory=Bare)
    encoding: str = ""
    cainfo: str = ""
    password_token: str = ""


_MOMENT = re.compile(
    r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})[ T]?([0-9]{2}):?([0-9]{2}):?([0-9]{2})"
    r"[.,]?[0-9]{0,3}",
    re.ASCII,
)
"""17 digits on record; written for people it is the same time. With a zone behind it, none."""
_PLATFORM_ZONE = timezone(timedelta(hours=8))
_CODE = re.compile(r"0|-?0*[1-9][0-9]{0,19}|[A-Za-z][A-Za-z0-9_-]{0,31}", re.ASCII)


def write_envelope(
    profile: Profile,
    address: str,
    content: Mapping[str, object],
    sender: Sender,
    stamp: Stamp,
    insured_area: str,
    closing: Closing | None = None,
) -> tuple[bytes, str]:
    """The request body and its masked text.

    ``insured_area`` is empty where the input names no person; the region says what stands there
    then (``insuplc_default``).
    """
    closing = closing or Closing()
    core = profile.core
    local = sender.service_area if core.insuplc_default == "local" else ""
    head: dict[str, object] = {
        "infno": address,
        "msgid": stamp.message_id,
        "mdtrtarea_admvs": sender.service_area,
        "insuplc_admdvs": insured_area or local,
        "recer_sys_code": core.recer_sys_code,
        "dev_no": "",
        "dev_safe_info": "",
        "cainfo": closing.cainfo,
        "signtype": "",
        "infver": core.infver,
        "opter_type": core.opter_type,
        "opter": sender.operator_no,
        "opter_name": sender.operator_name,
        "inf_time": wire_moment(stamp.at),
        "fixmedins_code": sender.institution_code,
        "fixmedins_name": sender.institution_name,
        "sign_no": sender.sign_no,
    }
    if closing.password_token:
        head["pw_ecToken"] = closing.password_token
    sent = write_json(content) if core.input_as_string else content
    frame = closing.signing.close({**head, "input": sent})
    body = write_json(frame).encode(closing.encoding or core.encoding)
    return body, kept({**head, "input": content})


def read_envelope(profile: Profile, body: bytes, closing: Closing | None = None) -> Reply:
    """Take the envelope off. Raises ``Unreadable`` for anything that is not one (2.2)."""
    closing = closing or Closing()
    tree = read_object(body, closing.encoding or profile.core.encoding)
    return read_frame(closing.signing.open(tree))


def read_frame(tree: Mapping[str, Json]) -> Reply:
    """As :func:`read_envelope`, for an envelope that already is an object."""
    head = Fields({name: value for name, value in tree.items() if name != "output"})
    output = output_of(tree)
    code, reference = read_code(head, "infcode"), head.text("inf_refmsgid")
    if len(reference) > _LONGEST_SERIAL:
        raise Unreadable("inf_refmsgid")
    return Reply(
        yes=code == _YES,
        code=code,
        text=head.text("err_msg"),
        notice=head.text("warn_msg"),
        platform_ref=reference,
        replay_mark=reference,
        output=Fields(output),
        kept=kept({**tree, "output": output}),
        answered_at=_moment(head.text("respond_time")),
    )


def _moment(text: str) -> datetime | None:
    """``respond_time`` (core-platform 2.2); None for anything that is not a time.

    Nor is the first or the last year there is, which stand for "none" and "never": such a time
    cannot be carried on.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    try:
        digits = "".join(found.groups())
        told = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=_PLATFORM_ZONE)
    except ValueError:
        return None
    return told if MINYEAR < told.year < MAXYEAR else None


def read_code(head: Fields, name: str) -> str:
    """0, another whole number, or a word. A 0 in disguise is neither yes nor no, and neither is a
    truth value: false is a 0 to some and a failure to others."""
    code = head.need(name)
    if isinstance(head.raw(name), bool) or not _CODE.fullmatch(code):
        raise Unreadable(name)
    return code


def output_of(tree: Mapping[str, Json]) -> dict[str, Json]:
    """Object, JSON text, null or nothing (2.2 row 6)."""
    for name in tree:
        if name != "output" and name.lower() == "output":
            raise Unreadable(f"capitals_{name}")
    value = tree.get("output")
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = read_json(value)
        except Unreadable as broken:
            why = "text_output" if broken.reason == "not_json" else broken.reason
            raise Unreadable(why) from broken
    if not isinstance(value, dict):
        raise Unreadable("output")
    return value


def gateway_headers(profile: Profile, paasid: str, secret: Secret, at: datetime) -> dict[str, str]:
    """Headers of the gateway in front of the platform (core-platform 1.4).

    The signature covers identity and time, not the body.
    """
    headers = {"Content-Type": "application/json"}
    if not profile.core.security.tif:
        return headers
    timestamp, nonce = str(int(at.timestamp())), secrets.token_hex(8)
    signature = tif_signature(timestamp, secret, nonce)
    upper = profile.core.tif_hex_case == "upper"
    return headers | {
        "x-tif-paasid": paasid,
        "x-tif-timestamp": timestamp,
        "x-tif-nonce": nonce,
        "x-tif-signature": signature.upper() if upper else signature,
    }


def tif_signature(timestamp: str, secret: Secret, nonce: str) -> str:
    """SHA-256 of timestamp + secret + nonce + timestamp, lower-case hex (1.4)."""
    return sha256_hex(f"{timestamp}{secret.reveal()}{nonce}{timestamp}")
