"""What the doctor asks of the screen."""

from PySide6.QtGui import QFontDatabase, QGuiApplication

from app.domain.errors import Code
from app.workflow.upkeep.doctor import Finding, Health, Probe
from ui.errors import sentences
from ui.loading import display_here


def _display() -> Finding:
    here = display_here()
    if here:
        return Finding(Health.OK, "there")
    return Finding(Health.WARN, "offscreen only", sentences(Code.DISPLAY_MISSING).remedy)


def _chinese() -> Finding:
    """A font that can write Chinese; asks the font system, which needs an application."""
    application = QGuiApplication.instance() or QGuiApplication(
        ["yaotai", "-platform", "offscreen"]
    )
    able = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    del application
    return Finding(Health.OK if able else Health.FAIL, able[0] if able else "no Chinese font")


PROBES: tuple[tuple[str, Probe], ...] = (("display", _display), ("font", _chinese))
