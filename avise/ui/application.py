"""The application of Qt: one a process, made before any widget."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from avise.ui.accessible_roles import tell_roles


def make_application() -> QApplication:
    """Return the application, made when there was none; the theme dresses it later."""
    if QApplication.instance() is None:
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QCoreApplication.setApplicationName("Avise")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        raise TypeError(type(application).__name__)
    tell_roles()
    application.setQuitOnLastWindowClosed(False)
    application.setApplicationDisplayName("")
    return application
