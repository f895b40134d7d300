"""Remembers, from one run to the next, which instances fail to start, and sets them apart.

Three failed starts running, or starts that never came to an end, and the instance is quarantined:
it is neither imported nor opened until a person says so (`connectors.md` C5), or its connector is mended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from avise.connectors.safe_log import SafeLogger

STRIKES = 3

START_FILE = "connector-starts.json"
"""Of a profile: how the last starts of each instance went."""

ABSENT = "absent"
"""Content of a connector that is not there any more: nothing is held against it."""

NEVER_ENDED = "never ended"
"""Reason of a start that took the whole program with it."""


@dataclass(slots=True)
class _Start:
    strikes: int = 0
    under_way: bool = False
    reason: str = ""
    """Why the last start failed, for support; no personal data."""
    content: str = ""
    """What the connector was made of at its last start; "" when nobody knows."""
    proven: bool = False
    """It was opened and ended well, made of the same."""


class StartLog:
    """The failed starts of a profile's instances.

    Args:
        path: a small JSON file, rewritten whole; None remembers nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._starts = _read(path)

    def quarantined(self, instance: str) -> bool:
        """Tell whether an instance must not be started."""
        return self._starts.get(instance, _Start()).strikes >= STRIKES

    def reason(self, instance: str) -> str:
        """Return why an instance's last start failed, "" when it did not or nobody knows."""
        return self._starts.get(instance, _Start()).reason

    def compare(self, instance: str, content: str) -> None:
        """Forget the failures of a connector that is not what failed: somebody mended it, or took it away.

        Args:
            instance: whose.
            content: what its connector is made of now; ABSENT, or "" when nobody knows.
        """
        if not content:
            return
        start = self._starts.setdefault(instance, _Start())
        if content == ABSENT or start.content not in ("", content):
            start.strikes, start.reason = 0, ""
        if start.content != content:
            start.proven = False
        start.content = content

    def begin(self, instances: Iterable[str]) -> None:
        """Note that instances are being started; what kills the process meanwhile is held against them."""
        for instance in instances:
            self._starts.setdefault(instance, _Start()).under_way = True
        self._write()

    def loaded(self, instance: str) -> None:
        """Note that an instance was read and imported, and took nobody with it; it is not open yet."""
        self._starts.setdefault(instance, _Start()).under_way = False
        self._write()

    def ended(self, instance: str, *, well: bool, reason: str = "", opened: bool = True) -> None:
        """Note how a start ended; a good one forgets the failures before it.

        Args:
            instance: whose.
            well: whether it started, or failed by no fault of its own.
            reason: why it failed, for support; no personal data.
            opened: False for one that is switched off or refused, of which nothing is proven.
        """
        start = self._starts.setdefault(instance, _Start())
        start.under_way = False
        start.proven = start.proven or (well and opened)
        start.strikes = 0 if well else start.strikes + 1
        start.reason = "" if well else reason
        self._write()

    def forgive(self, instance: str) -> None:
        """Let an instance be started again (« Réactiver », `avise connector enable`)."""
        self._starts[instance] = _Start()
        self._write()

    def closing(self) -> None:
        """Note that a start that has not ended is ours to stop, and nobody's fault."""
        if any(start.under_way for start in self._starts.values()):
            for start in self._starts.values():
                start.under_way = False
            self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        plain = {name: asdict(start) for name, start in self._starts.items()}
        aside = self._path.with_suffix(".new")
        try:
            aside.write_text(json.dumps(plain), encoding="utf-8")
            aside.replace(self._path)
        except OSError as error:
            # A full disk must not keep anybody from working; the memory of failures is a comfort.
            SafeLogger().warning("starts not kept", kind=type(error).__name__)


def _read(path: Path | None) -> dict[str, _Start]:
    """Read the file; a start that never ended is a strike, an unreadable file is an empty one."""
    if path is None:
        return {}
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        blamed = _blamed(plain)
        return {name: _read_start(start, blamed=name in blamed) for name, start in plain.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _blamed(plain: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Return whom the end of the program is held against: of several under way, those not proven yet."""
    fallen = frozenset(name for name, start in plain.items() if start["under_way"])
    unproven = frozenset(name for name in fallen if not plain[name].get("proven", False))
    return unproven or fallen


def _read_start(plain: Mapping[str, Any], *, blamed: bool) -> _Start:
    content, proven = str(plain.get("content", "")), bool(plain.get("proven", False))
    if blamed:
        return _Start(plain["strikes"] + 1, reason=NEVER_ENDED, content=content, proven=proven)
    reason = str(plain.get("reason", ""))
    return _Start(plain["strikes"] + 0, reason=reason, content=content, proven=proven)
