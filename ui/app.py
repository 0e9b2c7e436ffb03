"""The QApplication with the right attributes: Fusion, exact scaling, quiet effects."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ui.text import tr
from ui.theme import Density, Shade, apply_theme, density_for

_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


def make_application(
    argv: Sequence[str], theme: Shade | None = None, density: Density | None = None
) -> QApplication:
    """Make and dress the one application. ``theme`` None follows the desktop, ``density`` None
    the width of the screen."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus)
    # an argument is read before the desktop's style is made, and hands no style back to Python
    app = QApplication([*(argv or ["yaotai"]), "-style", "fusion"])
    app.setApplicationName("yaotai")
    app.setApplicationDisplayName(tr("shell.name"))
    app.setQuitOnLastWindowClosed(True)
    for effect in _EFFECTS:
        app.setEffectEnabled(effect, False)
    screen = app.primaryScreen()
    wide = screen.availableGeometry().width() if screen is not None else 0
    apply_theme(app, theme or desktop_shade(app), density or density_for(wide))
    return app


def desktop_shade(app: QApplication) -> Shade:
    """Light or dark as the desktop asks."""
    dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return Shade.DARK if dark else Shade.LIGHT
