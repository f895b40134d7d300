"""Whether the last window ended well: a file that stands in the profile while a window is open.

It holds nothing: that it is there is all that it says.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

MARK_NAME = "window.open"


class EndingMark:
    """The mark of one run of the window.

    Args:
        folder: the profile's.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK_NAME
        self._stands = False

    def begin_blocking(self) -> bool:
        """Put the mark down; return whether one stood there already: that window did not end well.

        A folder that cannot be written is told by the store, whose sentence says what to do.
        """
        stood = self._path.exists()
        with contextlib.suppress(OSError):
            self._path.write_bytes(b"")
            self._stands = True
        return stood

    def end_blocking(self) -> None:
        """Take the mark away: this window ends well."""
        if self._stands:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
