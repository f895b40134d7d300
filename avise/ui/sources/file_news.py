"""Tells, without a word aloud, that a connector's file changed while Avise runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from avise.models.source_status import FileChange, SourceStatus
from avise.texts import text
from avise.ui.notifications.centre import Notification, notify


class FileNews:
    """Compares what became of the files with what it was at the last look."""

    def __init__(self) -> None:
        self._told: Mapping[str, FileChange | None] = {}

    def tell(self, sources: Sequence[SourceStatus], now: datetime) -> None:
        """Tell each change that the last look had not seen."""
        before, self._told = self._told, {source.instance: source.file_change for source in sources}
        for source in sources:
            change = source.file_change
            if change is None or change == before.get(source.instance):
                continue
            icon = "circle-x" if change.refused_because else "circle-check"
            about, sentence = f"file/{source.instance}", text(f"notifications.{_told(source, change)}")
            notify(Notification(about, sentence, source.name, now, icon, page="sources"))


def _told(source: SourceStatus, change: FileChange) -> str:
    if not change.refused_because:
        return "file_taken"
    return "file_still_bad" if source.refused_because else "file_kept"
