"""Answers that a broken or hostile platform could give: each a change of the true one.

The message had its full effect before the answer was spoiled, so whoever takes one of these for a
"no" has made a ghost. ``ENVELOPE`` fits every call, ``BILL`` those whose answer carries amounts.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tests.support.torn_wire import Act, Talk

Spoil = Callable[[bytes], bytes]
"""From the true body to everything that is sent, head included."""
CAP_BYTES = 8 * 1024 * 1024
LISTED = "不得重复结算"
"""Words that the training region counts as a definite no."""


def response(body: bytes, extra: str = "", length: int | None = None) -> bytes:
    stated = len(body) if length is None else length
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n{extra}"
    return f"{head}Content-Length: {stated}\r\n\r\n".encode() + body


def answered_with(spoil: Spoil) -> Act:
    """The platform has its effect; the counter sees the spoiled answer."""

    async def act(talk: Talk) -> None:
        answer = await talk.answer()
        await talk.say(spoil(answer.partition(b"\r\n\r\n")[2]))

    return act


def whole(change: Callable[[bytes], bytes]) -> Spoil:
    return lambda body: response(change(body))


def frame(change: Callable[[dict[str, Any]], object]) -> Spoil:
    """Change the parsed envelope; numbers keep their digits."""

    def spoil(body: bytes) -> bytes:
        tree = json.loads(body, parse_float=_Digits, parse_int=_Digits)
        change(tree)
        return response(_written(tree).encode())

    return spoil


class _Digits(str):
    """A number exactly as it is to be written."""

    __slots__ = ()


def _written(value: object) -> str:
    if isinstance(value, _Digits):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def with_code(code: object, text: str = "") -> Spoil:
    return frame(lambda tree: tree.update(infcode=code, err_msg=text))


def without_code(tree: dict[str, Any]) -> None:
    del tree["infcode"]


def output_is(value: object) -> Spoil:
    return frame(lambda tree: tree.update(output=value))


def literal(text: str) -> Spoil:
    """The part paid by the account as ``text``, not quoted."""
    pattern = rb'("acct_pay"\s*:\s*)-?[0-9.]+'
    return whole(lambda body: re.sub(pattern, rb"\g<1>" + text.encode(), body, count=1))


def bill_with(**changes: object) -> Spoil:
    return frame(lambda tree: tree["output"]["setlinfo"].update(changes))


def amount_moved(tree: dict[str, Any]) -> None:
    """Everything adds up, but a fen went from account to cash."""
    node = tree["output"]["setlinfo"]
    account, cash = Decimal(node["acct_pay"]), Decimal(node["psn_cash_pay"])
    fen = Decimal("0.01").copy_sign(account)
    node.update(acct_pay=_Digits(account - fen), psn_cash_pay=_Digits(cash + fen))


def said_twice(name: bytes, value: bytes) -> Spoil:
    """A second value under one name, before the true one."""
    return whole(lambda body: body.replace(b'"' + name, value + b',"' + name, 1))


def nested(opening: bytes, closing: bytes, depth: int) -> Spoil:
    deep = opening * depth + b"1" + closing * depth
    return whole(lambda body: b'{"infcode":0,"output":' + deep + b"}")


def bomb(kind: str) -> Spoil:
    """A few kilobytes that would become more than the cap."""
    zeros = b" " * (2 * CAP_BYTES)
    packed = gzip.compress(zeros) if kind == "gzip" else zlib.compress(zeros)
    return lambda _: response(packed, f"Content-Encoding: {kind}\r\n")


def chunked_without_end(_: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    return head + chunk * 9


def answer_behind_the_answer(body: bytes) -> bytes:
    """A cut answer, and a whole one behind it for whoever asks next."""
    cut = body[: len(body) // 2]
    return response(cut) + response(body)


ENVELOPE: Mapping[str, Spoil] = {
    "oversized": lambda body: response(body + b" " * CAP_BYTES),
    "oversized_in_chunks": chunked_without_end,
    "gzip_bomb": bomb("gzip"),
    "deflate_bomb": bomb("deflate"),
    "gzip_unannounced": whole(gzip.compress),
    "encoding_unknown": lambda body: response(body, "Content-Encoding: br\r\n"),
    "deep_objects": nested(b'{"a":', b"}", 200),
    "deep_lists": nested(b"[", b"]", 100_000),
    "code_twice": said_twice(b"infcode", b'"infcode":-1'),
    "code_in_two_spellings": said_twice(b"infcode", b'"infCode":-1'),
    "text_behind_the_end": whole(lambda body: body + b"{}"),
    "byte_order_mark": whole(lambda body: b"\xef\xbb\xbf" + body),
    "bad_utf8": whole(lambda body: body.replace(b'"infcode"', b'"x":"\xff","infcode"', 1)),
    "utf16": whole(lambda body: body.decode().encode("utf-16")),
    "gbk_text": whole(lambda body: body.decode().encode("gbk") + "好".encode("gbk")),
    "half_a_character": said_twice(b"infcode", b'"err_text":"\\ud800"'),
    "a_login_page": whole(lambda _: "<html>门户认证 200</html>".encode()),
    "a_list": whole(lambda body: b"[" + body + b"]"),
    "a_text": whole(lambda body: json.dumps(body.decode()).encode()),
    "nothing": whole(lambda _: b""),
    "one_byte_less": whole(lambda body: body.rstrip()[:-1]),
    "shorter_than_promised": lambda body: response(body, length=len(body) + 1),
    "answer_behind_the_answer": answer_behind_the_answer,
    "code_missing": frame(without_code),
    "code_null": with_code(None),
    "code_empty": with_code(""),
    "code_true": with_code(True),
    "code_full_width": with_code("０"),
    "code_two_zeros": with_code("00"),
    "code_minus_zero": with_code(_Digits("-0")),
    "code_zero_as_fraction": with_code(_Digits("0.0")),
    "code_zero_with_exponent": with_code(_Digits("0e0")),
    "code_padded": with_code(" 0"),
    "code_in_a_list": with_code(["0"]),
    "code_nan": with_code(_Digits("NaN")),
    "code_1e9999": with_code(_Digits("1e9999")),
    "output_is_a_number": output_is(_Digits("5")),
    "output_is_a_list": output_is([]),
    "output_is_half_json": output_is('{"setlinfo":'),
}
UNLISTED: Mapping[str, Spoil] = {
    "busy_with_listed_words": with_code("-1", f"系统忙，请稍后再试（{LISTED}）"),
    "unlisted_minus_one": with_code("-1", "其他原因"),
    "unlisted_number": with_code("730001", "未登记的返回"),
    "unlisted_word": with_code("FSI-0001", "未登记的返回"),
    "unlisted_without_words": with_code("-1"),
}
"""A no that only a listed region may believe: for settlement and refund not a no."""
BILL: Mapping[str, Spoil] = {
    "nan": literal("NaN"),
    "infinity": literal("-Infinity"),
    "1e9999": literal("1e9999"),
    "exponent": literal("1.5e1"),
    "1_000": literal('"1_000"'),
    "full_width_digits": literal('"１５.００"'),
    "thousands": literal('"1,000.00"'),
    "plus_sign": literal('"+15.00"'),
    "hexadecimal": literal('"0x10"'),
    "blank_before": literal('" 15.00"'),
    "three_decimals": literal("15.001"),
    "truth_as_amount": literal("true"),
    "list_as_amount": literal("[15.00]"),
    "object_as_amount": literal('{"v":15.00}'),
    "no_amount": literal("null"),
    "empty_amount": literal('""'),
    "huge_amount": literal("9" * 40),
    "amount_twice": said_twice(b"acct_pay", b'"acct_pay":0.01'),
    "amount_in_two_spellings": said_twice(b"acct_pay", b'"acctPay":0.01'),
    "does_not_add_up": literal("0.01"),
    "no_bill": output_is({}),
    "bill_is_a_list": output_is({"setlinfo": [_Digits("1")]}),
    "output_null": output_is(None),
}
BOOKED: Mapping[str, Spoil] = {
    "no_settlement_id": bill_with(setl_id=None),
    "no_visit": bill_with(mdtrt_id=""),
}
ANOTHERS: Mapping[str, Spoil] = {
    "another_person": bill_with(psn_no="35010000000000009999"),
    "another_message": bill_with(medins_setl_id="P35010000001202501010000000000"),
}
"""An answer to somebody else's question: a security event."""


def seen_before(reference: str) -> Mapping[str, Spoil]:
    """Yesterday's answers, told by the platform's own serial ``reference``."""

    def again(tree: dict[str, Any]) -> None:
        tree["inf_refmsgid"] = reference

    def refused_again(tree: dict[str, Any]) -> None:
        tree.update(inf_refmsgid=reference, infcode=-1, err_msg=LISTED, output=None)

    return {"yesterdays_yes": frame(again), "yesterdays_no": frame(refused_again)}
