"""The part of the scripted desk around the screen itself: lock, data errors, files taken out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from avise.models.acts import Act
from avise.models.customer import PersonId
from avise.models.data_report import DataReport
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.services.desk_lock import Unlocking, refuse_weak, wait_after
from avise.services.exported_file import ExportedFile, ExportWish

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)


@dataclass(kw_only=True)
class ScriptedWorkstation:
    """Implements `WorkstationDesk` from values; a test changes them and reads `asked`."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    pin: str = ""
    pin_errors: int = 0
    exported: ExportedFile | None = None
    report_error: AviseError | None = None

    async def has_pin(self) -> bool:
        """Say whether a code was set."""
        return bool(self.pin)

    async def keep_pin(self, pin: str, current: str = "") -> None:
        """Keep a code."""
        if pin:
            refuse_weak(pin)
        if self.pin and current != self.pin:
            raise AviseError("lock.pin_wrong")
        self.pin = pin

    async def unlock(self, pin: str) -> Unlocking:
        """Compare a code; nobody waits in tests."""
        if pin == self.pin:
            self.pin_errors = 0
            return Unlocking(opened=True)
        self.pin_errors += 1
        return Unlocking(False, self.pin_errors, wait_after(self.pin_errors), self.pin_errors >= 5)

    async def report_data(self, person: PersonId, report: DataReport) -> Act:
        """Note the report."""
        if self.report_error is not None:
            raise self.report_error
        self.asked.append(("report_data", person, report))
        return Act(EventKind.DATA_REPORTED, (UUID(int=9),), NOW + timedelta(minutes=10), UUID(int=10))

    async def export_file(self, person: PersonId, wish: ExportWish) -> ExportedFile:
        """Give the scripted file."""
        self.asked.append(("export_file", person, wish))
        if self.exported is None:
            raise AviseError("open.nobody")
        return self.exported
