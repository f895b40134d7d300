"""The baseline of the start: an empty PySide6 window; prints when it was first painted."""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override


class BareWindow(QWidget):
    """Nothing, in the size of the real window."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Say when, and end."""
        print(json.dumps({"painted": time.monotonic()}), flush=True)
        QTimer.singleShot(0, QApplication.quit)


def main() -> int:
    """Show the window once."""
    application = QApplication(sys.argv[:1])
    window = BareWindow()
    window.resize(1280, 800)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
