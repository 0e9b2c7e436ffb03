"""裁判: one message, one question, one ruling. It keeps nothing and sends nothing."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.crypto.redact import redact
from app.domain.errors import Code, OperatorInput, Trouble
from app.ports.referee import Referee, Ruling
from ui.viewmodels.counter import CounterModel

SHOWN_CHARACTERS = 20_000
"""Of a message on the page; the ruling is about all of it."""
LARGEST_FILE = 32 << 20


class Question(StrEnum):
    """What may be asked on the page, in the order of its keys."""

    VERIFY = "verify"
    CHECK_REQUEST = "check_request"
    CHECK_RESPONSE = "check_response"
    DECRYPT = "decrypt"


class RefereeModel(QObject):
    """The message as bytes, the KEYS file by its path, the last ruling."""

    changed = Signal()

    def __init__(self, counter: CounterModel, work: Referee, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter, self.work = counter, work
        self.question = Question.VERIFY
        self.operations: Sequence[str] = ()
        self.operation = ""
        self.message = b""
        self.file = ""
        self.keys_file = ""
        self.ruling: Ruling | None = None
        self.asking = False
        self._asked = 0

    @property
    def checks(self) -> bool:
        return self.question in (Question.CHECK_REQUEST, Question.CHECK_RESPONSE)

    @property
    def lacks(self) -> str:
        """The first thing that is missing for F5, as a key of ``pages.referee.lacks``.

        Fields can be checked without keys, as long as nothing is sealed.
        """
        if self.asking:
            return "asking"
        if not self.message.strip():
            return "message"
        if not self.checks and not self.keys_file:
            return "keys"
        return "operation" if self.checks and not self.operation else ""

    @property
    def may_ask(self) -> bool:
        """Everything the question needs is here."""
        return not self.lacks

    @property
    def shown(self) -> str:
        """The message as far as the page shows it."""
        return self.message[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")[:SHOWN_CHARACTERS]

    @property
    def opened(self) -> str:
        """The business object, people and secrets masked; empty where none was opened."""
        document: Mapping[str, object] = self.ruling.document if self.ruling else {}
        text = document.get("canonical") or document.get("text")
        return redact(text[:SHOWN_CHARACTERS]) if isinstance(text, str) else ""

    def load(self) -> None:
        """Which operations have field tables."""
        if not self.operations:
            self.counter.bridge.submit("desk", self.work.operations, self._know)

    def ask_about(self, question: Question) -> None:
        self.question = question
        self._forget()

    def choose(self, operation: str) -> None:
        if operation != self.operation:
            self.operation = operation
            self._forget()

    def write(self, text: str) -> None:
        """Pasted or typed; a file that was dropped before is forgotten."""
        self.message, self.file = text.encode("utf-8", "surrogatepass"), ""
        self._forget()

    def clear(self) -> None:
        self.write("")

    def use_keys(self, path: str) -> None:
        self.keys_file = path.strip()
        self._forget()

    def take_file(self, path: str) -> None:
        """A file that was dropped, byte for byte: its encoding is part of the question."""
        self.counter.bridge.submit(
            "desk", lambda: _content(path), lambda raw: self._took(path, raw), self._failed
        )

    def ask(self) -> None:
        """The ruling comes back on the screen's thread."""
        if not self.may_ask:
            return
        self.asking, self.ruling = True, None
        self._asked += 1
        turn = self._asked
        self.counter.bridge.submit(
            "desk", self._asking(), lambda ruling: self._ruled(turn, ruling), self._failed
        )
        self.changed.emit()

    def _asking(self) -> Callable[[], Ruling]:
        work, message, keys_file = self.work, self.message, self.keys_file
        question, operation = self.question, self.operation

        def ask() -> Ruling:
            keys = _content(keys_file) if keys_file else None
            if question is Question.VERIFY:
                return work.verify(keys or b"", message)
            if question is Question.DECRYPT:
                return work.decrypt(keys or b"", message)
            response = question is Question.CHECK_RESPONSE
            return work.check(operation, message, response=response, keys=keys)

        return ask

    def _know(self, operations: Sequence[str]) -> None:
        self.operations = operations
        self.operation = self.operation or next(iter(operations), "")
        self.changed.emit()

    def _took(self, path: str, raw: bytes) -> None:
        self.message, self.file = raw, Path(path).name
        self._forget()

    def _ruled(self, turn: int, ruling: Ruling) -> None:
        self.asking = False
        # what was asked meanwhile is another question
        self.ruling = ruling if turn == self._asked else None
        self.changed.emit()

    def _failed(self, trouble: Trouble) -> None:
        self.asking = False
        self.counter.troubled.emit(trouble)
        self.changed.emit()

    def _forget(self) -> None:
        """A ruling about something else must not stand beside this."""
        self._asked += 1
        self.ruling = None
        self.changed.emit()


def _content(path: str) -> bytes:
    """Raises ``OperatorInput`` ``FILE_UNREADABLE``, also for a file no message can be."""
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as failed:
        raise OperatorInput(Code.FILE_UNREADABLE, file=path) from failed
    if len(raw) > LARGEST_FILE:
        raise OperatorInput(Code.FILE_UNREADABLE, file=path)
    return raw
