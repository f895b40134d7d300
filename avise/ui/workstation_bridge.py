"""The part of the bridge around the screen itself: its lock, data errors told, a file taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avise.models.customer import PersonId
from avise.ui.crossing import Crossing

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.models.data_report import DataReport
    from avise.services.desk_lock import Unlocking
    from avise.services.exported_file import ExportedFile, ExportWish


class WorkstationBridge(Crossing):
    """The intentions of `avise.services.workstation_desk.WorkstationDesk`, as the window calls them."""

    async def has_pin(self) -> bool:
        """Return whether a code opens this desk once locked."""
        return await self._call(self._desk.has_pin())

    async def keep_pin(self, pin: str, current: str = "") -> None:
        """Set the code that opens this desk, or take it away with an empty one."""
        await self._call(self._desk.keep_pin(pin, current))

    async def unlock(self, pin: str) -> Unlocking:
        """Say whether a code opens this desk."""
        return await self._call(self._desk.unlock(pin))

    async def report_data(self, person: PersonId, report: DataReport) -> Act:
        """Tell data quality that something is wrong in a file."""
        return await self._call(self._desk.report_data(person, report))

    async def export_file(self, person: PersonId, wish: ExportWish) -> ExportedFile:
        """Return an open file as it leaves Avise."""
        return await self._call(self._desk.export_file(person, wish))
