"""A form completed by two people at once: the later to arrive does not silently win.

Who completes a field says in `was` what they saw there. When the hub's order put somebody else's value in
between, theirs stands and the other one waits beside it, in the fold of every workstation alike, until
somebody chooses by a new event (`settles`). An event of an older version says no `was`: it counts as
written on what was there.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from avise.models.event_fold import identity_of
from avise.models.journal import EventEnvelope
from avise.models.json_types import JSON
from avise.models.merging import MergedField, Side
from avise.models.request_bodies import fields_of, texts_of
from avise.models.requests import FieldConflict, Request

WAS, SETTLES = "was", "settles"
"""In the body of `request_completed`: what its author saw in each field; the collisions that it ends."""


@dataclass(slots=True)
class FoldedForm:
    """What a fold has gathered of a form."""

    values: dict[str, JSON] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)
    waiting: dict[tuple[uuid.UUID, str], FieldConflict] = field(default_factory=dict)

    @property
    def conflicts(self) -> tuple[FieldConflict, ...]:
        """Return what waits for a choice, the oldest first, beside what stands by now."""
        return tuple(self.waiting.values())

    def create(self, values: Mapping[str, JSON], author: str) -> None:
        """Take the form as it was sent."""
        self.values = dict(values)
        self.authors = dict.fromkeys(values, author)

    def complete(self, event: EventEnvelope, at: datetime, *, tentative: bool) -> None:
        """Take what an event that counts says of the form."""
        told, was = fields_of(event.body.get("fields")), fields_of(event.body.get(WAS))
        settled = {identity_of(each) for each in texts_of(event.body.get(SETTLES))}
        for waiting in [key for key in self.waiting if key[0] in settled and key[1] in told]:
            del self.waiting[waiting]
        for name, value in told.items():
            found = MergedField(name, was.get(name, self.values.get(name)), value, self.values.get(name))
            if _collides(found, settles=bool(settled)):
                self._keep_waiting(found, event, at, tentative=tentative)
            elif found.side is not Side.THEIRS:
                self.values[name], self.authors[name] = value, event.author

    def _keep_waiting(
        self, found: MergedField, event: EventEnvelope, at: datetime, *, tentative: bool
    ) -> None:
        before = found.before
        for key, waiting in tuple(self.waiting.items()):
            mine = (waiting.name, waiting.author, waiting.mine) == (found.name, event.author, found.before)
            if mine:
                # Its author changed their mind before anybody chose: the last word is what waits.
                before = waiting.before
                del self.waiting[key]
        self.waiting[event.event_id, found.name] = FieldConflict(
            event.event_id,
            found.name,
            event.author,
            at,
            before,
            found.mine,
            found.theirs,
            self.authors.get(found.name, ""),
            tentative,
        )


def _collides(found: MergedField, *, settles: bool) -> bool:
    """Say whether a value waits: a choice to leave a field as it is counts as much as a change."""
    chosen = settles and found.side is Side.THEIRS
    return found.side is Side.BOTH or chosen


def first_conflicts(request: Request) -> dict[str, FieldConflict]:
    """Return, by field, what waits for a choice first."""
    return {found.name: found for found in reversed(request.conflicts)}
