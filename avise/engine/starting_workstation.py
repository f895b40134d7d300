"""The part of a starting desk around the screen itself: every intention waits for the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avise.engine.awaited_desk import AwaitedDesk
from avise.models.customer import PersonId

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.models.data_report import DataReport
    from avise.services.desk_lock import Unlocking
    from avise.services.exported_file import ExportedFile, ExportWish


class StartingWorkstation(AwaitedDesk):
    """Implements `avise.services.workstation_desk.WorkstationDesk` by waiting for the real desk."""

    async def has_pin(self) -> bool:
        """See `WorkstationDesk.has_pin`."""
        return await (await self._desk()).has_pin()

    async def keep_pin(self, pin: str, current: str = "") -> None:
        """See `WorkstationDesk.keep_pin`."""
        await (await self._desk()).keep_pin(pin, current)

    async def unlock(self, pin: str) -> Unlocking:
        """See `WorkstationDesk.unlock`."""
        return await (await self._desk()).unlock(pin)

    async def report_data(self, person: PersonId, report: DataReport) -> Act:
        """See `WorkstationDesk.report_data`."""
        return await (await self._desk()).report_data(person, report)

    async def export_file(self, person: PersonId, wish: ExportWish) -> ExportedFile:
        """See `WorkstationDesk.export_file`."""
        return await (await self._desk()).export_file(person, wish)
