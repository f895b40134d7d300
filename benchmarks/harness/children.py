"""Child processes that end for sure: with their block, with us, or when their time is over."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Child:
    """A child that prints one JSON line when it is ready and one for each order.

    Args:
        process: running.
        ready: its first line.
    """

    process: subprocess.Popen[str]
    ready: Mapping[str, object]

    def told_path(self, name: str) -> Path:
        """Return a path of the first line."""
        return Path(str(self.ready[name]))

    def told_list(self, name: str) -> list[object]:
        """Return a list of the first line; empty when it is none."""
        value = self.ready[name]
        return value if isinstance(value, list) else []

    def order(self, **values: str) -> None:
        """Write an order; its answer is read by `answer`."""
        assert self.process.stdin is not None  # noqa: S101 - opened as a pipe by `child`
        self.process.stdin.write(json.dumps(values) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, float]:
        """Wait for the answer to the oldest order that was not answered."""
        return dict(json.loads(_line(self.process)))


@contextlib.contextmanager
def child(module: str, *arguments: str) -> Iterator[Child]:
    """Run a module of ours until the block ends."""
    process = subprocess.Popen(  # noqa: S603 - a module of ours
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Child(process, json.loads(_line(process)))
    finally:
        end(process)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101 - opened as a pipe by `child`
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a child of the benchmark ended too early")
    return line


def end(process: subprocess.Popen[str]) -> None:
    """Close what the child watches, then insist."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    for insist in (None, process.terminate, process.kill):
        if insist is not None:
            insist()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
            break
    if process.stdout is not None:
        process.stdout.close()


def run_to_end(command: Sequence[str], seconds: float) -> None:
    """Run a program of ours; it is killed when its time is over.

    Raises:
        subprocess.SubprocessError: it failed or took too long.
    """
    subprocess.run([sys.executable, *command], cwd=ROOT, timeout=seconds, check=True)  # noqa: S603 - ours
