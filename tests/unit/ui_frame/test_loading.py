"""What happens before the first page: the bindings load, and nothing of theirs stays on import."""

import builtins
import gc
import importlib
import linecache
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from ui.loading import collect_due, display_here, load_application, load_qt


@pytest.fixture
def loaded() -> Iterator[None]:
    """Qt loaded as the window loads it; import and collector as they were afterwards."""
    kept = builtins.__import__
    load_qt()
    try:
        yield
    finally:
        vars(builtins)["__import__"] = kept
        gc.unfreeze()
        gc.enable()


def test_no_source_is_read_for_a_module_that_loads_later(
    loaded: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = tmp_path / "loaded_after_qt.py"
    late.write_text("WORDS = 'read by the interpreter alone'\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    monkeypatch.delitem(sys.modules, "loaded_after_qt", raising=False)
    namespace: dict[str, object] = {}
    exec("import loaded_after_qt", namespace)  # noqa: S102 - the statement is what was wrapped
    monkeypatch.delitem(sys.modules, "loaded_after_qt")
    assert "loaded_after_qt" in namespace
    assert str(late) not in linecache.cache


def test_the_bindings_still_know_what_loads_late(loaded: None) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QStyle

    assert QEvent.Type.KeyPress.value == 6
    assert QStyle.StateFlag.State_Enabled.value == 1


class _Knot:
    """Garbage that only the collector can take away."""

    def __init__(self) -> None:
        self.itself = self


def test_nothing_is_collected_until_somebody_asks(loaded: None) -> None:
    assert not gc.isenabled()
    knot = weakref.ref(_Knot())
    # what dies meanwhile is counted off again, so far more than the threshold
    _many = [_Knot() for _ in range(gc.get_threshold()[0] * 50)]
    assert knot() is not None
    collect_due()
    assert knot() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows always has a display")
def test_a_display_must_be_named_or_none_be_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not display_here()
    with pytest.raises(LocalTrouble) as told:
        load_application(["yaotai"])
    assert told.value.code is Code.DISPLAY_MISSING
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert display_here()
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display_here()
