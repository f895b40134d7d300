"""The worker process: reads long bodies where no window waits for the interpreter (decision 9).

It takes a function of ours with its arguments and a body, and gives back bytes only: a verdict, then what
the function yielded. Nothing heavy is imported here; the function's own module is, when it is first named.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from typing import Any

from avise.connectors.contract import ConnectorError
from avise.connectors.deadline import place_of
from avise.models.errors import ErrorKind, Origin

Work = Callable[..., Iterable[bytes]]
"""Takes the body first, then its arguments; a function of a module, so that its name is enough."""


def serve(connection: Connection) -> None:
    """Do what comes through the connection until it is closed.

    Args:
        connection: gives a pickled pair (function, arguments) and a body, again and again; takes the
            verdict and as many pieces as it says.
    """
    # Ctrl+C in a terminal reaches the whole group: the program decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            request = connection.recv_bytes()
            verdict, pieces = _done(request, connection.recv_bytes())
            connection.send_bytes(json.dumps(verdict).encode())
            for piece in pieces:
                connection.send_bytes(piece)


def _end_with_parent() -> None:
    """End at once when the program does, whatever this process is doing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _done(request: bytes, body: bytes) -> tuple[Mapping[str, Any], tuple[bytes, ...]]:
    try:
        # Written by the program that started this process, never by a tool.
        function, arguments = pickle.loads(request)  # noqa: S301 - see above
        pieces = tuple(function(body, *arguments))
    except ConnectorError as error:
        return {"error": _told(error)}, ()
    except Exception as error:  # noqa: BLE001 - the border: what comes is a BUG, named by its place only
        return {"error": _told(ConnectorError(ErrorKind.BUG, place_of(error), origin=Origin.CONNECTOR))}, ()
    return {"pieces": len(pieces)}, pieces


def _told(error: ConnectorError) -> Mapping[str, Any]:
    wait_s = error.retry_after.total_seconds() if error.retry_after is not None else None
    return {
        "kind": error.kind.value,
        "detail": error.detail,
        "origin": error.origin.value,
        "retry_after": wait_s,
        "source_code": error.source_code,
        "user_message": error.user_message,
    }


def error_in(verdict: Mapping[str, Any]) -> ConnectorError | None:
    """Return the error that a verdict tells, None when the work was done."""
    told = verdict.get("error")
    if told is None:
        return None
    wait_s = told["retry_after"]
    return ConnectorError(
        ErrorKind(told["kind"]),
        told["detail"],
        origin=Origin(told["origin"]),
        retry_after=timedelta(seconds=wait_s) if wait_s is not None else None,
        source_code=told["source_code"],
        user_message=told["user_message"],
    )
