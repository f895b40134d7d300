"""Wrap-up of an exchange: kept while it is written, recorded with its call-back in one transaction.

A draft is JSON in the desk's memory; those of version 0.1.0 are plain words and are read as a note. A
number that must not stay is masked in the draft, so that the rest of it is never lost for it; the
recording waits until the agent has masked or removed it (`domain.md` 6, free-text policy).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from avise.env import Env
from avise.models.acts import Act, act_of
from avise.models.contact_reasons import ContactReason
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.event_fold import identity_of
from avise.models.free_text import check_note, masked_note
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.note_findings import Finding, blocking
from avise.models.roles import Session
from avise.models.tasks import NewTask, TaskKind, added_body, task_stream
from avise.models.wrap_up import SCHEMA_V, Lack, WrapUp, interaction_body, lacks, wrap_up_from, wrap_up_json
from avise.services.day_values import SavedWrapUp, WrapUpDraft
from avise.services.note_words import note_words
from avise.services.ports import DeskMemoryPort, JournalPort
from avise.services.reason_file import contact_reasons
from avise.texts import text

_DRAFT_MARK = "wrap_up"
_CALLS = uuid.UUID("6d2a7f5c-54e5-5f0b-9a57-0f2f6c9e7a10")
"""Namespace of the drafts of calls with somebody whom nobody knows yet."""


class IncompleteWrapUpError(AviseError):
    """A wrap-up cannot be recorded yet; `avise.models.wrap_up.lacks_told` reads why from its parameters.

    Args:
        found: why, in the order of the form.
    """

    def __init__(self, found: tuple[Lack, ...]) -> None:
        told = " ".join(text(f"wrap_up.lack.{lack}") for lack in found)
        super().__init__("wrap_up.incomplete", lacks=told, codes=" ".join(found))


def refuse_restricted(*words: str, key: str = "note.restricted") -> None:
    """Refuse words that hold a number which must not be kept.

    Raises:
        AviseError: `key`.
    """
    if any(blocking(check_note(written)) for written in words):
        raise AviseError(key)


def draft_key(person: PersonId | None, call_id: str) -> PersonId:
    """Return under which identity a draft is kept: the person's, else the call's own."""
    return person if person is not None else uuid.uuid5(_CALLS, call_id)


def draft_text(person: PersonId | None, wrap_up: WrapUp) -> str:
    """Return a draft as it is kept."""
    content: dict[str, JSON] = {
        "avise": _DRAFT_MARK,
        "v": 1,
        "person": str(person) if person is not None else None,
        "wrap_up": wrap_up_json(wrap_up),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def draft_of(key: PersonId, kept: str) -> tuple[PersonId | None, WrapUp]:
    """Return whom a draft is about and what it says; words that are no draft of ours are a note."""
    try:
        content = json.loads(kept) if kept.startswith("{") else None
    except ValueError:
        content = None
    if not isinstance(content, dict) or content.get("avise") != _DRAFT_MARK:
        return key, WrapUp(note=kept)
    said = content.get("wrap_up")
    return identity_of(content.get("person")), wrap_up_from(said if isinstance(said, dict) else {})


class WrapUps:
    """Keeps drafts of wrap-ups and records them.

    Args:
        session: who writes.
        journal: where exchanges are written.
        memory: where drafts are kept.
        env: clock and identifiers.
        reasons: gives the contact reasons.
    """

    def __init__(
        self,
        session: Session,
        journal: JournalPort,
        memory: DeskMemoryPort,
        env: Env,
        reasons: Callable[[], Mapping[str, ContactReason]] = contact_reasons,
    ) -> None:
        self._session = session
        self._journal = journal
        self._memory = memory
        self._env = env
        self._reasons = reasons

    @staticmethod
    def check(note: str) -> tuple[Finding, ...]:
        """Return what a note asks for."""
        return check_note(note, note_words())

    async def save(self, person: PersonId | None, wrap_up: WrapUp) -> SavedWrapUp:
        """Keep a draft; one without anything to miss is forgotten.

        Raises:
            AviseError: the store could not write; what was kept before stays.
        """
        kept = _without_restricted(wrap_up)
        words = "" if wrap_up.is_blank else draft_text(person, kept)
        await self._memory.save_draft(draft_key(person, wrap_up.call_id), words)
        return SavedWrapUp(self._env.now(), self.check(wrap_up.note), kept != wrap_up)

    async def draft(self, person: PersonId | None, call_id: str = "") -> WrapUpDraft | None:
        """Return a draft, None when there is none."""
        key = draft_key(person, call_id)
        kept = await self._memory.draft(key)
        if kept is None:
            return None
        return WrapUpDraft(person, draft_of(key, kept.text)[1], kept.saved_at)

    async def drafts(self) -> tuple[WrapUpDraft, ...]:
        """Return every draft, the newest first: what is left to finish."""
        found = [(draft_of(kept.person, kept.text), kept.saved_at) for kept in await self._memory.drafts()]
        return tuple(WrapUpDraft(person, wrap_up, saved_at) for (person, wrap_up), saved_at in found)

    async def record(
        self, person: PersonId | None, stream: str, wrap_up: WrapUp
    ) -> tuple[Act, tuple[EventEnvelope, ...]]:
        """Write an exchange, with the call-back that it promises, and forget its draft; all or nothing.

        Args:
            person: whom it was with; None while nobody knows.
            stream: where the exchange belongs.
            wrap_up: as the agent closes it.

        Raises:
            IncompleteWrapUpError: it lacks something; the draft stays.
            AviseError: the store could not write; the draft stays.
        """
        now = self._env.now()
        said = wrap_up.callback.words if wrap_up.callback is not None else ""
        found = lacks(wrap_up, self._reasons(), (*check_note(wrap_up.note), *check_note(said)), now)
        if found:
            raise IncompleteWrapUpError(found)
        promise = wrap_up.callback
        task = self._env.uuid7() if promise is not None else None
        body = interaction_body(wrap_up, now, person, task)
        events = [NewEvent(stream, EventKind.INTERACTION_RECORDED, body, SCHEMA_V)]
        if promise is not None and task is not None:
            new = NewTask(
                TaskKind.CALLBACK, promise.words, promise.due, promise.remind_at, person, wrap_up.reason
            )
            events.append(
                NewEvent(task_stream(task), EventKind.TASK_ADDED, added_body(new, self._session.user))
            )
        forgetting = self._memory.keeping_draft(draft_key(person, wrap_up.call_id), "")
        written = await self._journal.append_all(self._session, *events, beside=(forgetting,))
        return act_of(written, task), written


def _without_restricted(wrap_up: WrapUp) -> WrapUp:
    """Return a draft as it may stay on a workstation."""
    callback = wrap_up.callback
    if callback is not None:
        callback = replace(callback, words=masked_note(callback.words))
    return replace(wrap_up, note=masked_note(wrap_up.note), callback=callback)
