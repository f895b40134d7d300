"""What a power cut leaves of a disk whose every operation was recorded: any legal remains, drawn by chance.

What was synced is there. Of the rest, each write may be there, lack, or be there in part, sector by
sector; a new name or a deletion may be there or not, those of one folder in their order.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.file_layer import Operation

SECTOR = 512


@dataclass
class _Inode:
    """A file, whatever it is called."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[Operation] = field(default_factory=list)

    def sync(self) -> None:
        for operation in self.since:
            _apply(self.synced, operation)
        self.since.clear()

    def left(self, chance: random.Random) -> bytes:
        """Return what a power cut leaves of it."""
        content = bytearray(self.synced)
        mood = chance.random()
        for operation in self.since:
            if operation.what == "write" and chance.random() < 0.2:
                _apply_torn(content, operation, chance)
            elif chance.random() < mood:
                _apply(content, operation)
        return bytes(content)


def _apply(content: bytearray, operation: Operation) -> None:
    at = operation.offset
    if operation.what == "truncate":
        del content[at:]
        return
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(operation.content)] = operation.content


def _apply_torn(content: bytearray, operation: Operation, chance: random.Random) -> None:
    at, end = operation.offset, operation.offset + len(operation.content)
    while at < end:
        border = min(end, (at // SECTOR + 1) * SECTOR)
        if chance.random() < 0.5:
            part = operation.content[at - operation.offset : border - operation.offset]
            _apply(content, Operation("write", offset=at, content=part))
        at = border


@dataclass
class Disk:
    """A folder as it is, and as it would be after a power cut.

    Args:
        content: files that are there already, synced.
    """

    content: dict[str, bytes] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    """What was said so far."""
    _names: dict[str, _Inode] = field(default_factory=dict)
    _synced_names: dict[str, _Inode] = field(default_factory=dict)
    _renamed: list[tuple[str, _Inode | None]] = field(default_factory=list)
    """New names and deletions since the folder was synced."""
    _opened: dict[int, _Inode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {name: _Inode(bytearray(found)) for name, found in self.content.items()}
        self._synced_names = dict(self._names)

    def take(self, operations: Iterable[Operation]) -> None:
        """Go on with what was done."""
        for operation in operations:
            self._take(operation)

    def _take(self, operation: Operation) -> None:
        match operation.what:
            case "mark":
                self.said.append(operation.name)
            case "open":
                if operation.name not in self._names:
                    self._rename(operation.name, _Inode())
                self._opened[operation.file] = self._names[operation.name]
            case "delete":
                self._rename(operation.name, None)
                if operation.folder:
                    self._sync_folder()
            case "sync":
                self._opened[operation.file].sync()
                if operation.folder:
                    self._sync_folder()
            case _:
                self._opened[operation.file].since.append(operation)

    def _rename(self, name: str, inode: _Inode | None) -> None:
        self._renamed.append((name, inode))
        _keep_name(self._names, name, inode)

    def _sync_folder(self) -> None:
        self._synced_names = dict(self._names)
        self._renamed.clear()

    def left(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files that a power cut leaves now."""
        names = dict(self._synced_names)
        for name, inode in self._renamed[: chance.randint(0, len(self._renamed))]:
            _keep_name(names, name, inode)
        return {name: inode.left(chance) for name, inode in names.items()}


def _keep_name(names: dict[str, _Inode], name: str, inode: _Inode | None) -> None:
    if inode is None:
        names.pop(name, None)
    else:
        names[name] = inode


def written_to(folder: Path, files: dict[str, bytes]) -> None:
    """Write what is left of a disk to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
