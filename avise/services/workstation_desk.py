"""What a desk offers around the screen itself: its lock, data errors told, a file taken out.

A part of `avise.services.desk.Desk`, which inherits it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from avise.models.customer import PersonId

if TYPE_CHECKING:
    # The window imports this before its first frame.
    from avise.models.acts import Act
    from avise.models.data_report import DataReport
    from avise.services.desk_lock import Unlocking
    from avise.services.exported_file import ExportedFile, ExportWish


class WorkstationDesk(Protocol):
    """What the window asks for its own sake."""

    async def has_pin(self) -> bool:
        """Return whether a code opens this desk once locked."""

    async def keep_pin(self, pin: str, current: str = "") -> None:
        """Set the code that opens this desk, or take it away with an empty one.

        Raises:
            AviseError: `lock.pin_form`, `lock.pin_weak`, `lock.pin_wrong` or `lock.wait`.
        """

    async def unlock(self, pin: str) -> Unlocking:
        """Say whether a code opens this desk.

        Raises:
            AviseError: `lock.wait` when it is too early to try again.
        """

    async def report_data(self, person: PersonId, report: DataReport) -> Act:
        """Tell data quality that something is wrong in a file; the act's subject is the task.

        Raises:
            AviseError: `report.unknown`, `report.note_long` or `note.restricted`.
        """

    async def export_file(self, person: PersonId, wish: ExportWish) -> ExportedFile:
        """Return an open file as it leaves Avise, once the journal says that it does and why.

        Raises:
            AviseError: `open.nobody`, `role.no_customers`, `export.not_allowed`, `export.reason_needed`,
                `export.words_long` or `note.restricted`.
        """
