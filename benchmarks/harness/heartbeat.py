"""How long Qt's thread is blocked, who blocks it, and how long it only waited for a processor."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer, Slot

PERIOD_S = 0.005
LATE_S = 0.016
"""Beyond it, a frame is missed: the watchdog says who did it."""

_OURS = str(Path(__file__).resolve().parents[2] / "avise")


@dataclass(slots=True)
class Lateness:
    """What a heartbeat saw, one value a beat, in seconds."""

    late: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    """How much of each the thread spent ready to run, without a processor."""
    worked: list[float] = field(default_factory=list)
    """How long the thread itself worked between two beats, whatever the machine did to it."""


class ProcessorTimes:
    """Reads how long the calling thread has worked and has waited for a processor (Linux; 0 elsewhere)."""

    def __init__(self) -> None:
        self._file = -1
        with contextlib.suppress(OSError):
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)

    def seconds(self) -> tuple[float, float]:
        """Return how long it has worked and waited so far."""
        if self._file < 0:
            return 0.0, 0.0
        worked, waited, _slices = os.pread(self._file, 100, 0).split()
        return int(worked) / 1e9, int(waited) / 1e9

    def close(self) -> None:
        """Release the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Heartbeat(QObject):
    """A precise timer of 5 ms on Qt's thread that notes how late each beat comes."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.seen = Lateness()
        self.last = 0.0
        self._times = ProcessorTimes()
        self._before = (0.0, 0.0)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(PERIOD_S * 1000))
        self._timer.timeout.connect(self._on_beat)

    def start(self) -> None:
        """Start beating, from a clean page."""
        self.seen = Lateness()
        self.last, self._before = time.perf_counter(), self._times.seconds()
        self._timer.start()

    def stop(self) -> Lateness:
        """Stop; return what was seen."""
        self._timer.stop()
        self.last = 0.0
        self._times.close()
        return self.seen

    @Slot()
    def _on_beat(self) -> None:
        now, (worked, waited) = time.perf_counter(), self._times.seconds()
        self.seen.late.append(max(now - self.last - PERIOD_S, 0.0))
        self.seen.worked.append(worked - self._before[0])
        self.seen.waited.append(waited - self._before[1])
        self.last, self._before = now, (worked, waited)


class Watchdog:
    """A thread that names the lines on which Qt's thread stood when a beat was late.

    Args:
        heart: watched; made on Qt's thread, like this object.
    """

    def __init__(self, heart: Heartbeat) -> None:
        self._heart = heart
        self._watched = threading.get_ident()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="bench watchdog", daemon=True)
        self.guilty: Counter[str] = Counter()
        self.worst: dict[str, float] = {}

    def start(self) -> None:
        """Start watching."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching and join the thread."""
        self._ending.set()
        self._thread.join()

    def sentences(self, count: int = 8) -> list[str]:
        """Return the lines seen blocking longest, worst first."""
        order = sorted(self.worst, key=lambda line: self.worst[line], reverse=True)
        return [
            f"{self.worst[line] * 1000:6.1f} ms  {self.guilty[line]:3} ×  {line}" for line in order[:count]
        ]

    def _watch(self) -> None:
        while not self._ending.wait(PERIOD_S):
            last = self._heart.last
            late = time.perf_counter() - last - PERIOD_S
            if not last or late < LATE_S:
                continue
            frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - the one way to see it
            line = place_of(frame)
            self.guilty[line] += 1
            self.worst[line] = max(late, self.worst.get(line, 0.0))
            del frame  # it would keep alive what its locals hold


def place_of(frame: FrameType | None) -> str:
    """Return the innermost line of ours in a stack, and the innermost of all when it is another's."""
    innermost = frame
    while frame is not None and not frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if innermost is None:
        return "?"
    if frame is None:
        return _line(innermost)
    return _line(frame) if frame is innermost else f"{_line(frame)} in {_line(innermost)}"


def _line(frame: FrameType) -> str:
    name = frame.f_code.co_filename
    short = name[len(_OURS) + 1 :] if name.startswith(_OURS) else Path(name).name
    return f"{short}:{frame.f_lineno} {frame.f_code.co_name}"
