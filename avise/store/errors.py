"""What can go wrong with a file of the store; each error has its sentence in the catalogue.

The library's own exceptions never leave this room: their text may quote a statement's values.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlcipher3 import dbapi2

from avise.models.errors import AviseError


class StoreError(AviseError):
    """Root of the store's errors. `message_key` names the sentence."""

    key = "store.failed"

    def __init__(self, **params: str) -> None:
        super().__init__(self.key, **params)


class UnexplainedStoreError(StoreError):
    """The library refused for a reason that no other class tells; `code` is SQLite's own word."""


class WrongKeyError(StoreError):
    """The file is ours, and this key does not open it. The file is left where it is."""

    key = "store.wrong_key"


class ForeignFileError(StoreError):
    """The file is not a store of Avise, or is another profile's."""

    key = "store.foreign"


class CorruptedFileError(StoreError):
    """The file is ours and damaged."""

    key = "store.corrupted"


class NewerVersionError(StoreError):
    """A later version of Avise wrote the file."""

    key = "store.too_new"


class DiskFullError(StoreError):
    """The disk is full: nothing of this write was kept, everything before it was."""

    key = "store.full"


class UnwritableError(StoreError):
    """The file or its folder cannot be written or opened."""

    key = "store.unwritable"


class StoreBusyError(StoreError):
    """Another program holds the file."""

    key = "store.busy"


class StoreClosedError(StoreError):
    """A call came after the store was closed."""

    key = "store.closed"


class MigrationError(StoreError):
    """A step could not be applied; the file is as it was, and its copy is beside it."""

    key = "store.migration_failed"


class LibraryTooOldError(StoreError):
    """The SQLCipher in use embeds a SQLite with the WAL-reset corruption (fixed in 3.51.3)."""

    key = "store.library_too_old"


class NirAtRestError(StoreError):
    """Somebody asked to write a NIR on the workstation (decision 4): refused, nothing is written."""

    key = "store.nir_at_rest"


class TooBigError(StoreError):
    """One value is larger than the store accepts: nothing is written."""

    key = "store.too_big"


_BY_CODE: dict[int, type[StoreError]] = {
    5: StoreBusyError,  # SQLITE_BUSY
    6: StoreBusyError,  # SQLITE_LOCKED
    8: UnwritableError,  # SQLITE_READONLY
    10: UnwritableError,  # SQLITE_IOERR
    11: CorruptedFileError,  # SQLITE_CORRUPT
    13: DiskFullError,  # SQLITE_FULL
    14: UnwritableError,  # SQLITE_CANTOPEN
    26: CorruptedFileError,  # SQLITE_NOTADB: a page that does not decrypt
}
"""SQLite's primary result codes (https://sqlite.org/rescode.html)."""

LIBRARY_ERRORS = (SQLAlchemyError, dbapi2.Error)
"""What `translated` takes."""


def translated(error: Exception) -> StoreError:
    """Return the store's error for one of the library's, without its text."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return UnexplainedStoreError(code=type(original).__name__)
    kind = _BY_CODE.get(code & 0xFF)
    return (
        kind()
        if kind is not None
        else UnexplainedStoreError(code=getattr(original, "sqlite_errorname", str(code)))
    )
