"""A torn network: one port per call, each passing bytes on until a scripted fault is its turn.

It stands in front of a platform that lives on behind it. A fault is one coroutine: what happens to
one exchange between the first byte of the request and the last of the answer. Every exchange has a
connection of its own, so that a fault meets exactly the call it was planned for.
"""

import asyncio
import socket
import struct
import threading
import urllib.parse
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

PATIENCE_S = 20.0
_LIMIT = 64 * 1024 * 1024


@dataclass
class Talk:
    """One exchange: the counter's end, and the way to the platform."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str
    port: int

    async def request(self) -> bytes:
        """Head and body as the counter sent them."""
        return await _whole(self.reader)

    async def deliver(self, request: bytes) -> bytes:
        """Hand a request to the platform, now; gives its whole answer."""
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=_LIMIT)
        try:
            writer.write(request)
            await writer.drain()
            return await _whole(reader)
        finally:
            writer.close()

    async def deliver_part(self, part: bytes) -> None:
        """The platform gets the beginning of a request, and then the end of the connection."""
        _, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(part)
        await writer.drain()
        writer.close()

    async def answer(self) -> bytes:
        """Pass the request on; gives the answer, which the counter has not seen yet."""
        return await self.deliver(await self.request())

    async def say(self, content: bytes) -> None:
        self.writer.write(content)
        await self.writer.drain()

    async def hung_up(self, within: float | None = None) -> bool:
        """Whether the counter gave up, at once or within so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                with suppress(ConnectionError):
                    while await self.reader.read(65536):
                        continue
                return True
        return False

    def reset(self) -> None:
        """End with RST instead of a farewell."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Act = Callable[[Talk], Awaitable[None]]
"""Plays one exchange; the connection is closed behind it."""


async def _whole(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(_length(head))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def last_answer(answer: bytes) -> bytes:
    """The same answer, after which the connection is over."""
    first, _, rest = answer.partition(b"\r\n")
    return first + b"\r\nConnection: close\r\n" + rest


async def passed_on(talk: Talk) -> None:
    await talk.say(last_answer(await talk.answer()))


class TornWire:
    """Use :func:`a_torn_wire`. ``plan`` sets what the next exchange of a call goes through."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="torn wire")
        self._plans: dict[str, deque[Act]] = {}
        self._sockets: dict[str, socket.socket] = {}
        self._servers: dict[str, asyncio.Server] = {}
        self._behind: dict[str, tuple[str, int]] = {}
        self._open: set[asyncio.Task[None]] = set()
        self.played: list[str] = []
        """Calls whose plan was carried out, in order."""
        self.broken: list[BaseException] = []
        """What went wrong in the wire itself; must stay empty."""
        self._thread.start()

    def road(self, ready: Mapping[str, Any], *calls: str) -> dict[str, Any]:
        """The ready line with a port of this wire in front of each of ``calls``."""
        endpoints = dict(ready["endpoints"])
        for call in calls:
            parts = urllib.parse.urlsplit(str(endpoints[call]))
            self._behind[call] = (str(parts.hostname), int(parts.port or 80))
            port = self._run(self._listen(call, 0))
            endpoints[call] = urllib.parse.urlunsplit(parts._replace(netloc=f"127.0.0.1:{port}"))
        return {**ready, "endpoints": endpoints}

    def plan(self, call: str, *acts: Act) -> None:
        """What the next exchanges of ``call`` go through, in order; later ones pass."""
        self._plans.setdefault(call, deque()).extend(acts)

    def waiting(self) -> bool:
        """Whether a planned fault has not had its turn."""
        return any(self._plans.values())

    @contextmanager
    def nobody_at(self, call: str) -> Iterator[None]:
        """Connections of ``call`` are refused meanwhile; its port stays ours."""
        port = self._sockets[call].getsockname()[1]
        self._run(self._shut(call))
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            deaf.bind(("127.0.0.1", port))
            yield
        self._run(self._listen(call, port))

    def quiet(self) -> None:
        """Wait until every exchange is over, also those the counter gave up. Fails where one
        does not end, or where the wire itself broke."""
        self._run(self._drained())
        assert not self.broken, self.broken

    def close(self) -> None:
        for call in list(self._servers):
            self._run(self._shut(call))
        self._run(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, doing: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(PATIENCE_S)

    async def _listen(self, call: str, port: int) -> int:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        self._sockets[call] = listening
        serve = self._serving(call)
        self._servers[call] = await asyncio.start_server(serve, sock=listening, limit=_LIMIT)
        return int(listening.getsockname()[1])

    async def _shut(self, call: str) -> None:
        server = self._servers.pop(call)
        server.close()
        self._sockets.pop(call).close()

    def _serving(
        self, call: str
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._open.add(task)
            act = self._next(call)
            try:
                await act(Talk(reader, writer, *self._behind[call]))
            except (ConnectionError, asyncio.IncompleteReadError):
                # either end may hang up at any time: that is what this wire is for
                pass
            except Exception as wrong:  # noqa: BLE001 shown to the test that waits for quiet
                self.broken.append(wrong)
            finally:
                writer.close()
                self._open.discard(task)

        return serve

    def _next(self, call: str) -> Act:
        waiting = self._plans.get(call)
        if not waiting:
            return passed_on
        self.played.append(call)
        return waiting.popleft()

    async def _drained(self) -> None:
        while self._open:
            await asyncio.wait(self._open, timeout=PATIENCE_S)

    async def _cut(self) -> None:
        left = list(self._open)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@contextmanager
def a_torn_wire() -> Iterator[TornWire]:
    """Ready for :meth:`TornWire.road`; nothing of it is left afterwards."""
    wire = TornWire()
    try:
        yield wire
    finally:
        wire.close()
