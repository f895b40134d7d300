"""Telling data quality that something is wrong in a file: an event, and a task for whoever corrects it."""

from __future__ import annotations

from datetime import datetime, time

from avise.env import Env
from avise.models.acts import Act, act_of
from avise.models.customer import PersonId
from avise.models.data_report import DataReport
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.free_text import MAX_NOTE
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.masking import may_open
from avise.models.roles import Session
from avise.models.tasks import NewTask, TaskKind, added_body, task_stream
from avise.models.working_days import add_working_days
from avise.services.ports import JournalPort
from avise.services.wording import facet_title, field_label
from avise.services.wrap_up import refuse_restricted
from avise.texts import text
from avise.texts.formats import local

DAYS_TO_LOOK = 2
"""Working days that data quality has to look at a report."""
END_OF_DAY = time(18)


class DataReports:
    """Writes reports.

    Args:
        session: who reports.
        journal: where they are written.
        env: clock and identifiers.
        login: of whoever corrects data; "" leaves the task with its author.
    """

    def __init__(self, session: Session, journal: JournalPort, env: Env, login: str = "") -> None:
        self._session, self._journal, self._env = session, journal, env
        self.login = login

    async def report(
        self, person: PersonId, stream: str, report: DataReport
    ) -> tuple[Act, tuple[EventEnvelope, ...]]:
        """Write a report and the task that follows from it, both or neither.

        Args:
            person: whose file.
            stream: of the dossier.
            report: what is wrong.

        Raises:
            AviseError: `report.unknown` for a block or field that does not exist or that the role does not
                see, `report.note_long`, `note.restricted` for a number that a note may not hold.
        """
        self._refuse(report)
        task = self._env.uuid7()
        new = NewTask(TaskKind.TODO, task_words(report), due_after(self._env.now()), person=person)
        body = added_body(new, self.login or self._session.user)
        written = await self._journal.append_all(
            self._session,
            NewEvent(stream, EventKind.DATA_REPORTED, {**report.body(), "task": str(task)}),
            NewEvent(task_stream(task), EventKind.TASK_ADDED, body),
        )
        return act_of(written, task), written

    def _refuse(self, report: DataReport) -> None:
        spec = FACETS.get(report.facet)
        if spec is None or not may_open(self._session.role, spec):
            raise AviseError("report.unknown")
        if report.field and all(field.name != report.field for field in spec.fields):
            raise AviseError("report.unknown")
        if len(report.note) > MAX_NOTE:
            raise AviseError("report.note_long", limit=str(MAX_NOTE))
        refuse_restricted(report.note)


def task_words(report: DataReport) -> str:
    """Return what the task says: which block and field, and what is wrong; never a value, nor the note."""
    where = facet_title(report.facet)
    if report.field:
        where = f"{where} · {field_label(report.facet, report.field)}"
    return text("report.task", where=where, problem=text(f"report.problem.{report.problem}"))


def due_after(now: datetime) -> datetime:
    """Return the end of the second working day after a moment (`domain.md` 3.2 for working days)."""
    day = add_working_days(local(now).date(), DAYS_TO_LOOK)
    return datetime.combine(day, END_OF_DAY, local(now).tzinfo)
