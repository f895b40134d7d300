"""Work that tests give to the worker process; it imports this module by its name."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin


def pieces_of(body: bytes, size: int) -> Iterator[bytes]:
    """Cut a body into pieces."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def pid_of(body: bytes) -> Iterator[bytes]:
    """Tell the process."""
    del body
    yield str(os.getpid()).encode()


def modules(body: bytes) -> Iterator[bytes]:
    """Tell what is imported."""
    del body
    yield json.dumps(sorted(sys.modules)).encode()


def slow(body: bytes, seconds: float) -> Iterator[bytes]:
    """Take a time."""
    time.sleep(seconds)
    yield body


def endless(body: bytes) -> Iterator[bytes]:
    """Make the file that is named, then take a minute."""
    Path(body.decode()).touch()
    time.sleep(60)
    yield b""


def held(body: bytes, told: str) -> Iterator[bytes]:
    """Make the file `told`, then take until the file that the body names is there."""
    path = Path(body.decode())
    Path(told).touch()
    while not path.exists():
        time.sleep(0.01)
    yield b"let go"


def refused(body: bytes) -> Iterator[bytes]:
    """Fail as a connector does."""
    yield body
    raise ConnectorError(
        ErrorKind.RATE_LIMITED,
        "too often",
        origin=Origin.SOURCE,
        retry_after=timedelta(seconds=2.5),
        source_code="E12",
        user_message="Trop",
    )


def broken(body: bytes) -> Iterator[bytes]:
    """Fail as code with a fault does, with personal data in the text."""
    yield body
    raise ValueError(body.decode())


def ending(body: bytes) -> Iterator[bytes]:
    """End the process in the middle of the work."""
    yield body
    os._exit(3)
