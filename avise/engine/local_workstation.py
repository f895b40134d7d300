"""The desk around the screen itself: its lock, data errors told, a file taken out."""

from __future__ import annotations

from avise.engine.local_acting import LocalActing
from avise.models.acts import Act
from avise.models.customer import PersonId
from avise.models.data_report import DataReport
from avise.models.errors import AviseError
from avise.services.customer_rights import refuse_without_right
from avise.services.data_reports import DataReports
from avise.services.desk_lock import DeskLock, Unlocking
from avise.services.exported_file import ExportedFile, ExportWish
from avise.services.file_export import FileExport


class LocalWorkstation(LocalActing):
    """Implements `avise.services.workstation_desk.WorkstationDesk`; `LocalDesk` is one."""

    data_quality = ""
    """Login of whoever corrects data; "" leaves each report with its author."""

    ignores_code = False
    """The profile says that the code was forgotten."""

    _lock_kept: DeskLock | None = None

    @property
    def _lock(self) -> DeskLock:
        if self._lock_kept is None:
            self._lock_kept = DeskLock(self._memory, self._env, ignores_code=self.ignores_code)
        return self._lock_kept

    # ---- lock ----------------------------------------------------------------------------------
    async def has_pin(self) -> bool:
        """Return whether a code opens this desk."""
        return await self._lock.has_pin()

    async def keep_pin(self, pin: str, current: str = "") -> None:
        """Set the code that opens this desk."""
        await self._lock.keep(pin, current)

    async def unlock(self, pin: str) -> Unlocking:
        """Say whether a code opens this desk."""
        return await self._lock.unlock(pin)

    # ---- data errors, files taken out ----------------------------------------------------------
    async def report_data(self, person: PersonId, report: DataReport) -> Act:
        """Tell data quality that something is wrong in a file."""
        refuse_without_right(self.session.role)
        stream = await self._stream_of(person)
        reports = DataReports(self.session, self._journal, self._env, self.data_quality)
        act, written = await reports.report(person, stream, report)
        await self._take(written)
        return act

    async def export_file(self, person: PersonId, wish: ExportWish) -> ExportedFile:
        """Return an open file as it leaves Avise."""
        refuse_without_right(self.session.role)
        dossier = self._dossiers.get(person)
        if dossier is None:
            raise AviseError("open.nobody")
        return await FileExport(self._journal, self._env).export(dossier, wish)
