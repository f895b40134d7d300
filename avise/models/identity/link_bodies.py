"""How the events of pairs are written and read: who, why, and never what a record says.

The feed of the house gives these bodies to every desk, so that they name records by their identities
alone. What a tool told of a record that the directory does not list, and why a link ended, is written in
that record's own stream (`identity_described`), which the hub gives only to whoever opens the file, and
logs.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from avise.models.customer import Party, PartyKind
from avise.models.event_fold import identity_in, identity_of, text_in
from avise.models.identity.comparison import Feature, Level
from avise.models.identity.explanation import Evidence
from avise.models.identity.links import How, Link, Proposal, Reasoning, Side, pair_of, pair_stream
from avise.models.journal import EventEnvelope
from avise.models.json_types import JSON

UNNAMED_TOOL = "?"
"""Of a record whose tool is not told."""
MOST_BITS = 1_000
"""No feature weighs more, for or against: what is beyond it was written by no run of the matcher."""


def side_body(side: Side) -> dict[str, JSON]:
    """Return one record of a pair as a body holds it: which one, and nothing of what it says."""
    written: dict[str, JSON] = {"person": str(side.person)}
    tool = side.tool or (tool_of(side.party) if side.party is not None else "")
    return written | ({"tool": tool} if tool else {})


def reasoning_body(reasoning: Reasoning) -> dict[str, JSON]:
    """Return the reasons of a link or a proposal as a body holds them."""
    written: dict[str, JSON] = {"how": reasoning.how.value}
    if reasoning.rule:
        written["rule"] = reasoning.rule
    if reasoning.probability is not None:
        written["probability"] = round(reasoning.probability, 6)
    if reasoning.model:
        written["model"] = reasoning.model
    if reasoning.evidence:
        written["why"] = [[e.feature.value, e.level.value, e.bits] for e in reasoning.evidence]
    return written


_TEXTS = ("last_name", "first_name", "birth_name", "title", "member_number", "email", "city", "postcode")


def tool_of(party: Party) -> str:
    """Return the tool whose number a party bears first."""
    return next(iter(party.ids), "").partition(".")[0] or UNNAMED_TOOL


def party_body(party: Party) -> dict[str, JSON]:
    """Return what a tool told of a record, as the record's own stream holds it."""
    written: dict[str, JSON] = {"native_id": party.native_id, "kind": party.kind.value}
    written |= {name: value for name in _TEXTS if (value := getattr(party, name))}
    if party.birth_date is not None:
        written["birth_date"] = party.birth_date.isoformat()
    if party.restricted:
        written["restricted"] = True
    if party.phones:
        written["phones"] = list(party.phones)
    if party.ids:
        written["ids"] = dict(party.ids)
    return written


def party_in(value: JSON) -> Party | None:
    """Return what a tool told of a record; None when nothing is told."""
    if not isinstance(value, Mapping):
        return None
    phones, ids, kind = value.get("phones"), value.get("ids"), value.get("kind")
    return Party(
        native_id=_word(value, "native_id"),
        kind=PartyKind(kind) if kind in tuple(PartyKind) else PartyKind.MEMBER,
        last_name=_word(value, "last_name"),
        first_name=_word(value, "first_name"),
        birth_name=_word(value, "birth_name"),
        title=_word(value, "title"),
        birth_date=_day(value.get("birth_date")),
        member_number=_word(value, "member_number"),
        phones=tuple(map(str, phones)) if isinstance(phones, list) else (),
        email=_word(value, "email"),
        city=_word(value, "city"),
        postcode=_word(value, "postcode"),
        restricted=value.get("restricted") is True,
        ids={str(scheme): str(found) for scheme, found in ids.items()} if isinstance(ids, Mapping) else {},
    )


def _word(value: Mapping[str, JSON], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _day(value: JSON) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def sides_in(event: EventEnvelope) -> tuple[Side, Side] | None:
    """Return the two records that an event names; None when its stream is not theirs."""
    one, other = _side(event.body.get("one")), _side(event.body.get("other"))
    if one is None or other is None or event.stream != pair_stream(one.person, other.person):
        return None
    return one, other


def _side(value: JSON) -> Side | None:
    if not isinstance(value, Mapping):
        return None
    person = identity_of(value.get("person"))
    if person is None:
        return None
    party = party_in(value.get("party"))
    tool = _word(value, "tool") or (tool_of(party) if party is not None else "")
    return Side(person, party, tool)


def link_in(event: EventEnvelope) -> Link | None:
    """Return the link that an event makes; None when it cannot be read."""
    sides, link = sides_in(event), identity_in(event, "link")
    if sides is None or link is None:
        return None
    pair = pair_of(sides[0].person, sides[1].person)
    return Link(link, pair, *sides, _reasoning_in(event), event.author, event.occurred_at)


def proposal_in(event: EventEnvelope) -> Proposal | None:
    """Return what an event proposes; None when it cannot be read."""
    sides, seen = sides_in(event), text_in(event, "seen")
    if sides is None:
        return None
    pair = pair_of(sides[0].person, sides[1].person)
    return Proposal(pair, *sides, _reasoning_in(event), seen, event.author, event.occurred_at)


def ids_in(event: EventEnvelope, name: str) -> frozenset[uuid.UUID]:
    """Return the identities that a body names, one or a list of them."""
    value = event.body.get(name)
    found = map(identity_of, value if isinstance(value, list) else [value])
    return frozenset(each for each in found if each is not None)


def _reasoning_in(event: EventEnvelope) -> Reasoning:
    how, probability = text_in(event, "how"), event.body.get("probability")
    return Reasoning(
        How(how) if how in tuple(How) else How.PERSON,
        text_in(event, "rule"),
        float(probability) if isinstance(probability, int | float) and 0 <= probability <= 1 else None,
        text_in(event, "model"),
        _evidence_in(event.body.get("why")),
    )


def is_evidence(value: list[JSON]) -> bool:
    """Say whether a list is what `reasoning_body` writes of why: features, levels and weights."""
    return len(_evidence_in(value)) == len(value)


def _evidence_in(value: JSON) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for each in value if isinstance(value, list) else ():
        match each:
            case [str(feature), str(level), int() | float() as bits] if (
                feature in tuple(Feature) and level in tuple(Level) and abs(bits) <= MOST_BITS
            ):
                found.append(Evidence(Feature(feature), Level(level), float(bits)))
            case _:
                pass
    return tuple(found)
