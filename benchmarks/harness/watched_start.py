"""Start the real program and tell when it was first painted and when its palette answered a search.

    python -m benchmarks.harness.watched_start PROFILE WORDS

Goes the way of `python -m avise`; only an event filter and a timer of ours look on. The words are typed
at the first paint, as somebody in a hurry does. Prints `{"painted": …, "answered": …}`, on the clock
that all processes share, and ends the program.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise import cli
from avise.ui import first_frame

if TYPE_CHECKING:
    pass

LOOK_EVERY_MS = 2
GIVE_UP_S = 20.0


class FirstPaint(QObject):
    """Notes when the first window of the program is painted, then looks no more."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = 0.0

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first paint of a top-level window."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            self.painted = time.monotonic()
            watched.removeEventFilter(self)
        return False


class Onlooker(QObject):
    """Sees the first paint of a window, types in its palette, waits for a person among the rows."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self._started = time.monotonic()
        self._window: QWidget | None = None
        self.painted = self.answered = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._on_look)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first paint of a top-level window."""
        if (
            not self.painted
            and event.type() == QEvent.Type.Paint
            and isinstance(watched, QWidget)
            and watched.isWindow()
        ):
            self.painted = time.monotonic()
            self._window = watched
            QTimer.singleShot(0, self._search)
        return False

    @Slot()
    def _search(self) -> None:
        from avise.ui.shell.main_window import MainWindow  # noqa: PLC0415 - imported by the program

        if self._window is not None:
            self._window.removeEventFilter(self)
        if not isinstance(self._window, MainWindow):
            raise TypeError(type(self._window).__name__)
        palette = self._window.palette_view
        palette.open((), (), self._words)
        self._timer.start()

    @Slot()
    def _on_look(self) -> None:
        from avise.ui.shell.main_window import MainWindow  # noqa: PLC0415 - imported by the program

        if time.monotonic() > self._started + GIVE_UP_S:
            raise TimeoutError
        if not isinstance(self._window, MainWindow):
            return
        answer = self._window.palette_model.found
        if any(row.hit is not None for row in answer.rows):
            self._timer.stop()
            self.answered = time.monotonic()
            self._window.palette_view.close_palette()
            self._window.close()


def main(profile: str, words: str) -> int:
    """Run the program under the eyes of two onlookers."""
    onlooker, first = Onlooker(words), FirstPaint()

    class WatchedFrame(first_frame.FirstFrame):
        """The first frame, with somebody looking at it."""

        def __init__(self, application: QApplication, share: first_frame.Share) -> None:
            super().__init__(application, share)
            self.installEventFilter(first)

    def show_then_watch(
        application: QApplication, share: first_frame.Share = first_frame.ALONE
    ) -> first_frame.FirstFrame:
        frame = show_frame(application, share)
        watch_desktop(onlooker)
        return frame

    show_frame = first_frame.show_first_frame
    vars(first_frame)["FirstFrame"] = WatchedFrame
    vars(first_frame)["show_first_frame"] = show_then_watch
    status = cli.main(["--profile", profile])
    print(json.dumps({"painted": first.painted, "answered": onlooker.answered}), flush=True)
    return status


def watch_desktop(onlooker: Onlooker) -> None:
    """Have the program build a desktop whose window is watched."""
    # Imported where the program imports it: behind its first frame.
    from avise import app  # noqa: PLC0415
    from avise.ui.shell.desktop import Desktop  # noqa: PLC0415

    def watched(*arguments: object, **named: object) -> Desktop:
        desktop = Desktop(*arguments, **named)  # type: ignore[arg-type]  # as the program gives them
        desktop.window.installEventFilter(onlooker)
        return desktop

    vars(app)["Desktop"] = watched  # the program builds the watched one


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
