"""What somebody decided about a nightly file that is much smaller than the one before, kept over restarts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from avise.connectors.contract import AsksAboutFile, Connector
from avise.connectors.safe_log import SafeLogger
from avise.models.bulk_reading import BulkReading, Decision, Doubt, ReadingStep
from avise.models.source_status import SourceStatus

DECISION_FILE = "file-decisions.json"
"""Of a profile: the last decision of each instance."""


class FileDoubts:
    """The doubts of a profile's instances, and the last decision about each.

    Args:
        path: a small JSON file, rewritten whole; None remembers nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._decided = _read(path)

    def shown(self, row: SourceStatus, connector: Connector) -> SourceStatus:
        """Return an instance's row with what somebody must decide."""
        doubt = self._doubt(row.instance, connector)
        if doubt is None:
            return row
        return replace(row, bulk=BulkReading(ReadingStep.HELD, doubt=doubt, of_directory=False))

    def _doubt(self, instance: str, connector: Connector) -> Doubt | None:
        if not isinstance(connector, AsksAboutFile):
            return None
        doubt = connector.file_doubt()
        mark, decision = self._decided.get(instance, ("", None))
        if doubt is None or decision is None or doubt.mark != mark:
            return doubt
        # Decided by an earlier run of the program, or before the connector was opened again.
        connector.decide_file(mark, decision)
        return None

    def remind(self, instance: str, connector: Connector) -> bool:
        """Tell an open connector what was decided last about its files; say whether anything was."""
        mark, decision = self._decided.get(instance, ("", None))
        if decision is None or not isinstance(connector, AsksAboutFile):
            return False
        connector.decide_file(mark, decision)
        return True

    def decide(self, instance: str, connector: Connector, decision: Decision, mark: str = "") -> bool:
        """Decide about what waits, or take afterwards what was not wanted; say whether there was either.

        Args:
            instance: whose file it is.
            connector: of that instance.
            decision: what somebody decided.
            mark: of the file, when others than its connector doubt it: the directory that it fills.
        """
        if not isinstance(connector, AsksAboutFile):
            return False
        doubt = self._doubt(instance, connector)
        mark = doubt.mark if doubt is not None else mark or self._unwanted(instance, decision)
        if not mark:
            return False
        connector.decide_file(mark, decision)
        self._decided[instance] = (mark, decision)
        self._write()
        return True

    def _unwanted(self, instance: str, decision: Decision) -> str:
        """Return the mark of the file that somebody did not want and now takes, "" for none."""
        mark, before = self._decided.get(instance, ("", None))
        return mark if (before, decision) == (Decision.KEEP, Decision.ACCEPT) else ""

    def _write(self) -> None:
        if self._path is None:
            return
        plain = {name: [mark, str(decision)] for name, (mark, decision) in self._decided.items()}
        aside = self._path.with_suffix(".new")
        try:
            aside.write_text(json.dumps(plain), encoding="utf-8")
            aside.replace(self._path)
        except OSError as error:
            # It is asked again at the next start.
            SafeLogger().warning("decision not kept", detail=type(error).__name__)


def _read(path: Path | None) -> dict[str, tuple[str, Decision]]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): (str(mark), Decision(decision)) for name, (mark, decision) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
