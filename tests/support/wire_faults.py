"""What can happen to one exchange between counter and platform (reliability 6, torn network).

Each is a coroutine over :class:`tests.support.torn_wire.Talk`. ``KINDS`` says what a counter may
know afterwards, whichever call it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.support.torn_wire import Act, Talk, last_answer, passed_on

SLOW_GAP_S = 1.0
_PAGE = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"


class Known(StrEnum):
    """What the message row of the counter must say afterwards."""

    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    ANSWERED = "answered"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Kind:
    """One fault. ``act`` is None where nobody listens; ``waits`` needs a counter in a hurry."""

    known: frozenset[Known]
    act: Act | None
    waits: bool = False


def page(status: int, body: bytes = _PAGE, extra: str = "") -> bytes:
    """An answer of somebody in between."""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\nConnection: close\r\n{extra}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def reset_at_once(talk: Talk) -> None:
    talk.reset()


async def closed_at_once(_: Talk) -> None:
    return


async def silent(talk: Talk) -> None:
    await talk.hung_up()


async def reset_in_head(talk: Talk) -> None:
    await talk.reader.readexactly(40)
    talk.reset()


async def reset_in_body(talk: Talk) -> None:
    await talk.reader.readuntil(b"\r\n\r\n")
    await talk.reader.readexactly(60)
    talk.reset()


async def half_forwarded(talk: Talk) -> None:
    """The platform gets a request that breaks off in its body."""
    request = await talk.request()
    await talk.deliver_part(request[: request.index(b"\r\n\r\n") + 64])
    talk.reset()


async def lost(talk: Talk) -> None:
    await talk.request()


async def lost_with_reset(talk: Talk) -> None:
    await talk.request()
    talk.reset()


def without_effect(status: int, extra: str = "") -> Act:
    async def act(talk: Talk) -> None:
        await talk.request()
        await talk.say(page(status, extra=extra))

    return act


def with_effect(status: int, extra: str = "", body: bytes = _PAGE) -> Act:
    async def act(talk: Talk) -> None:
        await talk.answer()
        await talk.say(page(status, body, extra))

    return act


async def gateway_gave_up(talk: Talk) -> None:
    """504 at once; the request goes on its way all the same."""
    request = await talk.request()
    await talk.say(page(504))
    await talk.deliver(request)


async def reset_after(talk: Talk) -> None:
    await talk.answer()
    talk.reset()


async def closed_after(talk: Talk) -> None:
    await talk.answer()


async def silent_after(talk: Talk) -> None:
    await talk.answer()
    await talk.hung_up()


async def half_head(talk: Talk) -> None:
    answer = await talk.answer()
    await talk.say(answer[:24])


async def half_body(talk: Talk) -> None:
    answer = await talk.answer()
    await talk.say(answer[: -(len(answer) - answer.index(b"\r\n\r\n")) // 2])


async def half_body_with_reset(talk: Talk) -> None:
    await half_body(talk)
    talk.reset()


async def half_body_and_silence(talk: Talk) -> None:
    await half_body(talk)
    await talk.hung_up()


async def slow(talk: Talk) -> None:
    """One byte a second, until nobody listens any more."""
    for byte in await talk.answer():
        await talk.say(bytes([byte]))
        if await talk.hung_up(SLOW_GAP_S):
            return


async def late(talk: Talk) -> None:
    """The answer comes when the counter has given up."""
    answer = await talk.answer()
    await talk.hung_up()
    await talk.say(answer)


async def delivered_late(talk: Talk) -> None:
    """The request arrives when the counter has given up."""
    request = await talk.request()
    await talk.hung_up()
    await talk.deliver(request)


async def delivered_twice(talk: Talk) -> None:
    """The counter sees the first answer."""
    request = await talk.request()
    answer = await talk.deliver(request)
    await talk.deliver(request)
    await talk.say(last_answer(answer))


async def delivered_twice_seen_last(talk: Talk) -> None:
    """A gateway in front that knows the nonce refuses the second one: the counter sees that."""
    request = await talk.request()
    await talk.deliver(request)
    await talk.say(last_answer(await talk.deliver(request)))


async def delivered_twice_unseen(talk: Talk) -> None:
    request = await talk.request()
    await talk.deliver(request)
    await talk.deliver(request)


_UNKNOWN: dict[str, Act] = {
    "closed_at_once": closed_at_once,
    "reset_in_head": reset_in_head,
    "reset_in_body": reset_in_body,
    "half_forwarded": half_forwarded,
    "lost": lost,
    "lost_with_reset": lost_with_reset,
    "429_without_effect": without_effect(429),
    "502_without_effect": without_effect(502),
    "504_without_effect": without_effect(504),
    "302_without_effect": without_effect(302, "Location: http://127.0.0.1:9/\r\n"),
    "502_with_effect": with_effect(502),
    "504_with_effect": with_effect(504),
    "200_page_with_effect": with_effect(200),
    "200_empty_with_effect": with_effect(200, body=b""),
    "504_and_delivered_later": gateway_gave_up,
    "reset_after": reset_after,
    "closed_after": closed_after,
    "half_head": half_head,
    "half_body": half_body,
    "half_body_with_reset": half_body_with_reset,
    "delivered_twice_unseen": delivered_twice_unseen,
    "delivered_twice_seen_last": delivered_twice_seen_last,
}
_WAITING: dict[str, Act] = {
    "silent": silent,
    "silent_after": silent_after,
    "half_body_and_silence": half_body_and_silence,
    "slow": slow,
    "late": late,
    "delivered_late": delivered_late,
}
_HARMLESS: dict[str, Act] = {
    "passed_on": passed_on,
    "delivered_twice": delivered_twice,
}
_NOT_SENT, _OPEN, _TOLD, _ = (frozenset({known}) for known in Known)
KINDS: Mapping[str, Kind] = {
    "refused": Kind(_NOT_SENT, None),
    # where the reset is faster than the connecting side looks, connecting itself fails
    "reset_at_once": Kind(_NOT_SENT | _OPEN, reset_at_once),
    **{name: Kind(_OPEN, act) for name, act in _UNKNOWN.items()},
    **{name: Kind(_OPEN, act, waits=True) for name, act in _WAITING.items()},
    **{name: Kind(_TOLD, act) for name, act in _HARMLESS.items()},
}
