"""SQLite's files seen from below: each write, cut, sync and deletion of a process, recorded or refused.

SQLCipher's own library exports SQLite's interface; a file system of ours (`sqlite3_vfs`) is put before its
own, in Python, for the process that calls `watch`. Pages arrive encrypted there, as they reach a disk.
https://sqlite.org/c3ref/vfs.html, https://sqlite.org/c3ref/io_methods.html
"""

from __future__ import annotations

import ctypes
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from sqlcipher3 import _sqlite3

SQLITE_FULL, SQLITE_IOERR_FSYNC = 13, 1034
_JOURNALS = 0x00000800 | 0x00004000 | 0x00080000
"""SQLITE_OPEN_MAIN_JOURNAL, _SUPER_JOURNAL and _WAL: their folder is synced with their first sync."""

_Pointer, _Int, _Long = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_Open = ctypes.CFUNCTYPE(_Int, _Pointer, _Pointer, _Pointer, _Int, _Pointer)
_Delete = ctypes.CFUNCTYPE(_Int, _Pointer, _Pointer, _Int)
_Write = ctypes.CFUNCTYPE(_Int, _Pointer, _Pointer, _Int, _Long)
_Truncate = ctypes.CFUNCTYPE(_Int, _Pointer, _Long)
_Sync = ctypes.CFUNCTYPE(_Int, _Pointer, _Int)


class _Vfs(ctypes.Structure):
    _fields_: ClassVar[list[tuple[str, Any]]] = [
        ("version", _Int), ("file_size", _Int), ("longest_path", _Int), ("next", _Pointer),
        ("name", ctypes.c_char_p), ("app_data", _Pointer), ("open", _Pointer), ("delete", _Pointer),
        *((f"rest_{number}", _Pointer) for number in range(14)),
    ]  # fmt: skip


class _Methods(ctypes.Structure):
    _fields_: ClassVar[list[tuple[str, Any]]] = [
        ("version", _Int), ("close", _Pointer), ("read", _Pointer), ("write", _Pointer),
        ("truncate", _Pointer), ("sync", _Pointer), *((f"rest_{number}", _Pointer) for number in range(13)),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was done to a disk, in order."""

    what: str
    """"open" (of a name, made when absent), "write", "truncate", "sync", "delete", or "mark": not of the
    disk, something that was said at that moment."""
    file: int = 0
    """Which opening it is of."""
    name: str = ""
    offset: int = 0
    content: bytes = b""
    folder: bool = False
    """Whether the folder is synced too."""


@dataclass
class Watch:
    """What a process did to its files, and what it is refused."""

    done: list[Operation] = field(default_factory=list)
    refuse_write: Callable[[], bool] = lambda: False
    """Asked at each write; True fills the disk."""
    refuse_sync: Callable[[], bool] = lambda: False
    """Asked at each sync; True loses the disk for that moment."""
    writes: int = 0
    syncs: int = 0

    def mark(self, said: str) -> None:
        """Note that something was said now."""
        self.done.append(Operation("mark", name=said))

    def save(self, path: Path) -> None:
        """Write the record to a file."""
        with path.open("wb") as output:
            pickle.dump(self.done, output)


def recorded(path: Path) -> list[Operation]:
    """Return a record that was saved."""
    with path.open("rb") as source:
        found: list[Operation] = pickle.load(source)  # noqa: S301 - our own file
    return found


class _Layer:
    """Our file system, which passes everything on to SQLite's own."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._library = library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self._below = library.sqlite3_vfs_find(None)
        self._methods: dict[int, _Methods] = {}
        self._files: dict[int, tuple[int, int]] = {}
        """By address of the open file: the number of its opening, and the methods below."""
        self._opened = 0
        self._first_syncs: set[int] = set()
        self._kept: list[Any] = []
        below = self._below.contents
        self._open_below, self._delete_below = _Open(below.open), _Delete(below.delete)
        self.vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self.vfs), self._below, ctypes.sizeof(_Vfs))
        self.vfs.name = b"watched"
        self.vfs.open = self._address(_Open(self._open))
        self.vfs.delete = self._address(_Delete(self._delete))

    def register(self) -> None:
        """Become the file system of every connection that this process opens from now on."""
        if self._library.sqlite3_vfs_register(ctypes.byref(self.vfs), 1):
            raise OSError("SQLite takes no file system")

    def _address(self, function: Any) -> int | None:  # noqa: ANN401 - any of ctypes' functions
        self._kept.append(function)
        return ctypes.cast(function, _Pointer).value

    # ---- what SQLite calls -----------------------------------------------------------------------
    def _open(self, _vfs: int, name: int | None, file: int, flags: int, told: int) -> int:
        path = ctypes.string_at(name).decode() if name else ""
        fresh = bool(path) and not Path(path).exists()
        status: int = self._open_below(ctypes.addressof(self._below.contents), name, file, flags, told)
        if status == 0 and path:
            self._opened += 1
            below = ctypes.cast(file, ctypes.POINTER(_Pointer)).contents.value or 0
            self._files[file] = self._opened, below
            if flags & _JOURNALS:
                self._first_syncs.add(self._opened)
            ctypes.cast(file, ctypes.POINTER(_Pointer)).contents.value = self._ours(below)
            self._watch.done.append(Operation("open", self._opened, Path(path).name, folder=fresh))
        return status

    def _ours(self, below: int) -> int:
        """Return the address of methods that go through here, before those of an open file."""
        if below not in self._methods:
            made = _Methods()
            ctypes.memmove(ctypes.byref(made), below, ctypes.sizeof(_Methods))
            write, cut = _Write(made.write), _Truncate(made.truncate)
            made.write = self._address(
                _Write(lambda file, page, size, at: self._write(write, file, page, size, at))
            )
            made.truncate = self._address(_Truncate(lambda file, size: self._truncate(cut, file, size)))
            made.sync = self._address(_Sync(lambda file, _flags: self._sync(file)))
            self._methods[below] = made
        return ctypes.addressof(self._methods[below])

    def _write(self, below: Any, file: int, page: int, size: int, at: int) -> int:  # noqa: ANN401 - a function
        self._watch.writes += 1
        if self._watch.refuse_write():
            return SQLITE_FULL
        content = ctypes.string_at(page, size)
        self._watch.done.append(Operation("write", self._files[file][0], offset=at, content=content))
        return int(below(file, page, size, at))

    def _truncate(self, below: Any, file: int, size: int) -> int:  # noqa: ANN401 - a function
        self._watch.done.append(Operation("truncate", self._files[file][0], offset=size))
        return int(below(file, size))

    def _sync(self, file: int) -> int:
        self._watch.syncs += 1
        if self._watch.refuse_sync():
            return SQLITE_IOERR_FSYNC
        number = self._files[file][0]
        folder = number in self._first_syncs
        self._first_syncs.discard(number)
        self._watch.done.append(Operation("sync", number, folder=folder))
        # What is recorded decides what a power cut leaves: the machine's own disk need not turn.
        return 0

    def _delete(self, _vfs: int, name: int, folder: int) -> int:
        path = ctypes.string_at(name).decode()
        if Path(path).exists():
            self._watch.done.append(Operation("delete", name=Path(path).name, folder=bool(folder)))
        return int(self._delete_below(ctypes.addressof(self._below.contents), name, folder))


_LAYERS: list[_Layer] = []
"""SQLite keeps no reference of ours."""


def watch() -> Watch:
    """Watch the files of every SQLCipher connection that this process opens from now on, for ever."""
    found = Watch()
    layer = _Layer(found)
    layer.register()
    _LAYERS.append(layer)
    return found
