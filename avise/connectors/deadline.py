"""The one absolute limit on a call, and what becomes of anything that a connector lets out.

A client's timeout bounds one operation, not the call: a server that drips a byte a second never
reaches it. The limit here is absolute and interrupts whatever is under way.
"""

from __future__ import annotations

import asyncio
import sysconfig
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePath

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin


class Deadline:
    """Moment at which a call ends, on the clock of the running loop.

    Args:
        seconds: from now.
    """

    def __init__(self, seconds: float) -> None:
        self._clock = asyncio.get_running_loop()
        self.seconds = seconds
        self._at = self._clock.time() + seconds

    def remaining(self) -> float:
        """Return the seconds left, 0 when it is over."""
        return max(0.0, self._at - self._clock.time())

    def elapsed(self) -> float:
        """Return the seconds since the beginning, or since it was renewed."""
        return self._clock.time() - self._at + self.seconds

    def renew(self) -> None:
        """Give the same time again: a long reading has a deadline a page."""
        self._at = self._clock.time() + self.seconds


@asynccontextmanager
async def within(seconds: float | None) -> AsyncIterator[None]:
    """Run a connector's code for at most `seconds` (None: for ever) and let nothing out but ConnectorError.

    The caller's own cancellation passes through untouched.

    Raises:
        ConnectorError: TIMEOUT when the time is over; BUG, origin connector, for any other exception,
            which is named by its type and place only (its text may hold personal data).
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except ConnectorError:
        raise
    except TimeoutError:
        raise ConnectorError(
            ErrorKind.TIMEOUT, "deadline passed" if seconds is None else f"over {seconds:.3g} s"
        ) from None
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ConnectorError(ErrorKind.BUG, "cancelled itself", origin=Origin.CONNECTOR) from None
    except Exception as error:  # noqa: BLE001 - the border with code of others: whatever comes is a BUG
        raise ConnectorError(ErrorKind.BUG, place_of(error), origin=Origin.CONNECTOR) from None


def place_of(error: BaseException) -> str:
    """Return the type of an exception and the line that raised it, or cannot be read, without its text.

    A line of Python itself says nothing to an author: the one that called it is told.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f"{type(error).__name__} at {PurePath(error.filename).name}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = ([frame for frame in frames if not _is_of_python(frame.filename)] or frames)[-1]
    return f"{type(error).__name__} at {PurePath(last.filename).name}:{last.lineno}"


def _is_of_python(file: str) -> bool:
    path = PurePath(file)
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return file.startswith("<") or (path.is_relative_to(_STANDARD_LIBRARY) and not installed)


_STANDARD_LIBRARY = sysconfig.get_path("stdlib")
