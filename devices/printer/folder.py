"""A folder is a printer too: each paper becomes a PDF in it, whole or not at all."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.domain.errors import Code, DeviceTrouble, LocalTrouble
from app.ports.devices import DeviceState, DeviceStatus, Printed
from app.ports.paper import Paper
from devices.printer import system

_BINARY: int = getattr(os, "O_BINARY", 0)

Render = Callable[[Paper], tuple[bytes, int]]

_UNSAFE = re.compile(r"[^\w.\-]+")
_MOST_COPIES = 1000


def safe_name(filename: str) -> str:
    """A file name without folders and without characters a file system refuses."""
    stem = filename.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".pdf")
    return _UNSAFE.sub("_", stem).strip("._") or "paper"


def write_new(folder: Path, stem: str, content: bytes, ending: str = ".pdf") -> Path:
    """Write under a name nobody has; a paper already there is never overwritten.

    Raises ``LocalTrouble(DISK_FULL)`` when the disk refuses.
    """
    unfinished = folder / f".{stem}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # a paper names people and their medicine: for whoever runs the counter alone
        opened = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | _BINARY, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        for number in range(1, _MOST_COPIES):
            target = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
            if not target.exists():
                unfinished.replace(target)
                return target
    except OSError as refused:
        raise LocalTrouble(Code.DISK_FULL, name=stem) from refused
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    raise LocalTrouble(Code.STORE_FAILED, name=stem)


class FolderPrinter:
    """Prints PDFs into a folder; as the virtual printer it can be unplugged and run empty."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "",
        virtual: bool = True,
        render: Render = system.render_pdf,
    ) -> None:
        self._folder = folder
        self._name = name
        self._fine = DeviceStatus.VIRTUAL if virtual else DeviceStatus.READY
        self._render = render
        self.plugged = True
        self.paper_left = True
        self.printed: list[Path] = []

    def print(self, paper: Paper) -> Printed:
        """Raises ``DeviceTrouble`` when unplugged or empty, ``LocalTrouble`` for a full disk."""
        trouble = self._trouble()
        if trouble is not None:
            raise DeviceTrouble(trouble, name=self._name)
        content, pages = self._render(paper)
        target = write_new(self._folder, safe_name(paper.filename), content)
        self.printed.append(target)
        return Printed(str(target), pages, len(content))

    def state(self) -> DeviceState:
        """Virtual, empty or missing; ``detail`` is the folder the papers go to."""
        trouble = self._trouble()
        if trouble is Code.PRINTER_MISSING:
            return DeviceState(DeviceStatus.MISSING, self._name, trouble)
        if trouble is not None:
            return DeviceState(DeviceStatus.ATTENTION, self._name, trouble)
        return DeviceState(self._fine, self._name, detail=str(self._folder))

    def _trouble(self) -> Code | None:
        if not self.plugged:
            return Code.PRINTER_MISSING
        return None if self.paper_left else Code.PRINTER_OUT_OF_PAPER
