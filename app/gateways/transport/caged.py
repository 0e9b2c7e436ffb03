"""The child that holds a vendor's library: lines of JSON in, lines of JSON out, one call at a time.

Standard library only, and nothing of this program: a Python of 32 bits runs this file by itself
(docs/library.md). Whatever the library does to its process, it does it to this one.

In: one opening (path, convention, signature, functions, arguments, sizes), then calls. Bytes are
Base64. Out: ``hello``, then ``open`` or why not, then for each call ``entered`` before the
library has it and ``returned`` after. A call that was never ``entered`` never left this machine.
"""

import base64
import contextlib
import ctypes
import json
import os
import queue
import struct
import sys
import threading
from typing import Any, BinaryIO

PROTOCOL = 2
_GUARD = b"\xa5" * 65536
_BAD_FORMAT = 193  # ERROR_BAD_EXE_FORMAT
_NO_BOXES = (
    0x0001 | 0x0002 | 0x8000
)  # SEM_FAILCRITICALERRORS, NOGPFAULTERRORBOX, NOOPENFILEERRORBOX
_FELL = 70


class NotOpened(Exception):
    """Why the library cannot be used: a word, and what the system or the library says of it."""

    def __init__(self, word: str, text: bytes = b"") -> None:
        super().__init__(word)
        self.word = word
        self.text = text


class Room:
    """Memory a library writes a text into, with a strip behind it that nobody may touch."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.memory = ctypes.create_string_buffer(size + len(_GUARD))
        ctypes.memmove(ctypes.addressof(self.memory) + size, _GUARD, len(_GUARD))

    def text(self) -> bytes:
        """What stands before the first zero; all of it where there is none."""
        return self.memory.raw[: self._size].partition(b"\0")[0]

    @property
    def kept_within(self) -> bool:
        """A zero ends the text, and the strip is as it was."""
        raw = self.memory.raw
        return b"\0" in raw[: self._size] and raw[self._size :] == _GUARD


class Library:
    """A library that is open."""

    def __init__(self, order: dict[str, Any]) -> None:
        """Load, look for the functions, open a session. Raises ``NotOpened``."""
        self._sized = order["signature"] == "sized"
        self._error_bytes = int(order["error_bytes"])
        library = _loaded(str(order["path"]), str(order["convention"]))
        self._call = _function(library, str(order["call"]))
        arguments = [base64.b64decode(one) for one in order["arguments"]]
        named = str(order.get("decode", ""))
        self._decode = _function(library, named) if named else None
        self._address: bytes | None = None
        if order["signature"] == "national":
            # nothing to open: the address goes with every call, and a text comes back
            self._address = arguments[0]
            self._call.restype = ctypes.c_char_p
            return
        start = _function(library, str(order["start"]))
        error = Room(self._error_bytes)
        value = int(start(*arguments, error.memory))
        if value != 0:
            raise NotOpened("refused", error.text())

    def call(self, text: bytes, size: int, decoding: bool) -> dict[str, Any]:
        """One call, and what it left behind."""
        room, error = Room(size), Room(self._error_bytes)
        if self._address is not None:
            return _told(self._call(self._address, text, room.memory), room)
        if decoding and self._decode is not None:
            value = self._decode(text, room.memory, error.memory)
        elif self._sized:
            value = self._call(text, ctypes.c_int(size), room.memory, error.memory)
        else:
            value = self._call(text, room.memory)
        return {
            "value": int(value),
            "answer": base64.b64encode(room.text()).decode(),
            "error": base64.b64encode(error.text()).decode(),
            "kept_within": room.kept_within and error.kept_within,
        }


def _told(word: "bytes | None", room: Room) -> dict[str, Any]:
    """What a call that gives back a text left behind: 0 or 0000 is a yes, any other number is
    itself, and whatever is no number is -1."""
    said = (word or b"").strip()
    try:
        value = int(said)
    except ValueError:
        value = -1
    return {
        "value": value,
        "answer": base64.b64encode(room.text()).decode(),
        "error": base64.b64encode(said if value else b"").decode(),
        "kept_within": room.kept_within,
    }


def _loaded(path: str, convention: str) -> ctypes.CDLL:
    if not os.path.isfile(path):
        raise NotOpened("absent")
    folder = os.path.dirname(os.path.abspath(path))
    # vendors look for their settings and their neighbours where they lie themselves
    os.chdir(folder)
    kind: Any = ctypes.CDLL
    if sys.platform == "win32":
        os.add_dll_directory(folder)
        # a box that asks whether to close the program would be a hang
        ctypes.windll.kernel32.SetErrorMode(_NO_BOXES)
        kind = ctypes.WinDLL if convention == "stdcall" else ctypes.CDLL
    try:
        library: ctypes.CDLL = kind(os.path.abspath(path))
    except OSError as failed:
        said = str(failed)
        bits = getattr(failed, "winerror", 0) == _BAD_FORMAT or "ELFCLASS" in said
        word = "bits" if bits else "unloadable"
        raise NotOpened(word, said.encode("utf-8", "replace")) from failed
    return library


def _function(library: ctypes.CDLL, name: str) -> Any:
    try:
        found = getattr(library, name)
    except AttributeError as missing:
        raise NotOpened("export", name.encode()) from missing
    found.restype = ctypes.c_int
    return found


def serve(orders: "queue.Queue[bytes]", tell: BinaryIO) -> int:
    """Open once, then call as often as asked. Gives back the exit status."""

    def say(**words: Any) -> None:
        tell.write(json.dumps(words).encode() + b"\n")
        tell.flush()

    say(state="hello", protocol=PROTOCOL, bits=struct.calcsize("P") * 8)
    try:
        library = Library(json.loads(orders.get()))
    except NotOpened as why:
        say(state=why.word, text=base64.b64encode(why.text).decode())
        return 1
    say(state="open")
    while True:
        order = json.loads(orders.get())
        text = base64.b64decode(order["text"])
        say(state="entered", call=order["call"])
        done = library.call(text, int(order["size"]), bool(order.get("decoding")))
        say(state="returned", call=order["call"], **done)


def _listen(source: BinaryIO, orders: "queue.Queue[bytes]") -> None:
    """The parent's end is ours, also in the middle of a call."""
    for line in source:
        orders.put(line)
    os._exit(0)


def _own_pipes() -> "tuple[BinaryIO, BinaryIO]":
    """Our ends of the pipes, where nothing that a library prints can reach them."""
    source, tell = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return source, tell


def _leave_no_image() -> None:
    """What is in memory is about people: no file of it when the library falls."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """The child on its standard input and output. Never comes back."""
    source, tell = _own_pipes()
    _leave_no_image()
    orders: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(source, orders), daemon=True).start()
    status = _FELL
    try:
        status = serve(orders, tell)
    finally:
        # on Windows a fault inside the library is an exception here: it is a crash all the same,
        # and nothing of the library may run once more at the end
        os._exit(status)


if __name__ == "__main__":
    main()
