"""What the hub decides of an event of a pair of records held to be one person's.

Every desk of the house is given these events, so that they may name records and say nothing of them:
what one says beyond that is refused and its body is not kept. What was written before one of the two
persons was erased is refused as well, however late it comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from avise.hub.dialect import Statement, lock_erasures, row
from avise.hub.moments import microseconds
from avise.hub.received_event import Received
from avise.hub.rights import Rights
from avise.hub.stream_state import HOUSE
from avise.models.customer import CUSTOMER_STREAMS
from avise.models.event_fold import identity_of
from avise.models.identity.link_bodies import is_evidence
from avise.models.identity.links import ERASED, KINDS, MAY_LINK, PREFIX, pair_stream
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_rules import Refusal

_ERASED = Statement(
    "SELECT max(at) AS at FROM access_log WHERE what = 'erasure' AND granted = 1 AND dossier IN [persons]"
)
_WORD = re.compile(r"[\w.:?-]{0,64}")
_SIDE = frozenset(("person", "tool"))
_WORDS = frozenset(("how", "rule", "model", "seen"))
_IDENTITIES = frozenset(("over", "against", "others"))


def is_of_pair(received: Received) -> bool:
    """Say whether an event belongs to a pair of records."""
    return received.event.stream.startswith(PREFIX)


def may_decide(received: Received, rights: Rights) -> bool:
    """Say whether somebody may write an event of a pair: whoever works for the house proposes, few decide."""
    if received.kind not in KINDS or HOUSE not in rights.writable:
        return False
    # What somebody wrote they take back, whatever their role: `undone` is judged by its author.
    additive = received.kind in (EventKind.IDENTITY_PROPOSED, EventKind.UNDONE)
    return additive or rights.role in MAY_LINK


def refusal_of_link(connection: Connection, received: Received) -> str:
    """Return why what is said of records that may be one person's does not count; "" for all else."""
    if not is_of_pair(received) and received.kind is not EventKind.IDENTITY_DESCRIBED:
        return ""
    if is_of_pair(received) and not _is_sound(received):
        return Refusal.MALFORMED.value
    return ERASED if _was_erased_since(connection, received) else ""


def _was_erased_since(connection: Connection, received: Received) -> bool:
    """Say whether one of the persons was erased after an event about them was written."""
    persons = _persons(received)
    if persons:
        lock_erasures(connection, erases=False)
    found = row(connection, _ERASED, persons=sorted(map(str, persons))) if persons else None
    if found is None or found.at is None:
        return False
    event = received.event
    written = event.occurred_at + timedelta(milliseconds=event.clock_offset_ms)
    return microseconds(written) <= int(found.at)


def _persons(received: Received) -> frozenset[UUID]:
    if received.kind is EventKind.IDENTITY_DESCRIBED:
        found = {identity_of(received.event.stream.removeprefix(CUSTOMER_STREAMS))}
    else:
        found = {_person(received.body.get(name)) for name in ("one", "other")}
    return frozenset(person for person in found if person is not None)


def _person(side: JSON) -> UUID | None:
    return identity_of(side.get("person")) if isinstance(side, Mapping) else None


def _is_sound(received: Received) -> bool:
    """Say whether an event names the two records of its stream, and says nothing of them."""
    if received.kind is EventKind.UNDONE:
        return received.body.keys() == {"event"} and identity_of(received.body["event"]) is not None
    one, other = (_person(received.body.get(name)) for name in ("one", "other"))
    if one is None or other is None or received.event.stream != pair_stream(one, other):
        return False
    return all(_is_plain(name, value) for name, value in received.body.items())


def _is_plain(name: str, value: JSON) -> bool:
    match value:
        case dict():
            return name in ("one", "other") and value.keys() <= _SIDE and all(map(_is_word, value.values()))
        case list():
            if name in _IDENTITIES:
                return all(identity_of(each) is not None for each in value)
            return name == "why" and is_evidence(value)
        case str():
            return (name == "link" and identity_of(value) is not None) or (name in _WORDS and _is_word(value))
        case _:
            return name == "probability" and isinstance(value, float | int) and 0 <= value <= 1


def _is_word(value: JSON) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None
