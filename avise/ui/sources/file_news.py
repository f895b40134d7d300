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
            key, icon = (
                ("file_kept", "circle-x") if change.refused_because else ("file_taken", "circle-check")
            )
            sentence = text(f"notifications.{key}")
            notify(Notification(f"file/{source.instance}", sentence, source.name, now, icon, page="sources"))
