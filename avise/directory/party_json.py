"""Parties and answers as JSON: what crosses the wire, and a file of lines."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from avise.models.customer import DirectoryEntry, MatchedOn, Party, PartyKind, SearchAnswer, SearchHit
from avise.models.json_types import JSON

_DEFAULTS: dict[str, object] = {
    field.name: field.default for field in fields(Party) if field.name not in ("native_id", "kind", "ids")
}


def party_to_json(party: Party) -> dict[str, Any]:
    """Return a party as an object, default values left out."""
    body: dict[str, Any] = {"native_id": party.native_id, "kind": party.kind.value}
    for name, default in _DEFAULTS.items():
        value = getattr(party, name)
        if value != default:
            body[name] = value.isoformat() if isinstance(value, date) else value
    if party.phones:
        body["phones"] = list(party.phones)
    if party.ids:
        body["ids"] = dict(party.ids)
    return body


def read_party(body: Mapping[str, Any]) -> Party:
    """Return the party of an object.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    found = dict(body)
    found["kind"] = PartyKind(found["kind"])
    if "birth_date" in found:
        found["birth_date"] = date.fromisoformat(found["birth_date"])
    if "phones" in found:
        found["phones"] = tuple(found["phones"])
    return Party(**found)


def encoded(party: Party) -> str:
    """Return a party as JSON, default values left out."""
    return json.dumps(party_to_json(party), ensure_ascii=False, separators=(",", ":"))


def decoded(body: str) -> Party:
    """Return the party of a JSON body."""
    return read_party(json.loads(body))


def entry_to_json(entry: DirectoryEntry) -> dict[str, JSON]:
    """Return an entry as an object."""
    return {
        "person": str(entry.person),
        "dossier": str(entry.dossier),
        "party": party_to_json(entry.party),
    }


def read_entry(value: Mapping[str, Any]) -> DirectoryEntry:
    """Return the entry of an object; raises as `read_party`."""
    return DirectoryEntry(uuid.UUID(value["person"]), uuid.UUID(value["dossier"]), read_party(value["party"]))


def answer_to_json(answer: SearchAnswer) -> dict[str, JSON]:
    """Return an answer as an object."""
    return {
        "hits": [_hit_to_json(hit) for hit in answer.hits],
        "total": answer.total,
        "more": answer.more,
        "as_of": answer.as_of,
    }


def _hit_to_json(hit: SearchHit) -> dict[str, JSON]:
    return {
        "entry": entry_to_json(hit.entry),
        "score": hit.score,
        "matched_on": [reason.value for reason in hit.matched_on],
        "highlights": [list(mark) for mark in hit.highlights],
        "homonyms": hit.homonyms,
        "member_label": hit.member_label,
    }


def read_answer(value: Mapping[str, Any]) -> SearchAnswer:
    """Return the answer of an object; a reason that a newer hub knows is left out. Raises as `read_party`."""
    hits = tuple(_read_hit(hit) for hit in value["hits"])
    return SearchAnswer(hits, int(value["total"]), more=bool(value["more"]), as_of=str(value["as_of"]))


def _read_hit(value: Mapping[str, Any]) -> SearchHit:
    return SearchHit(
        entry=read_entry(value["entry"]),
        score=float(value["score"]),
        matched_on=tuple(MatchedOn(reason) for reason in value["matched_on"] if reason in _KNOWN),
        highlights=tuple(_read_mark(mark) for mark in value["highlights"]),
        homonyms=int(value["homonyms"]),
        member_label=str(value["member_label"]),
    )


def _read_mark(mark: Sequence[Any]) -> tuple[str, int, int]:
    name, start, length = mark
    return str(name), int(start), int(length)


_KNOWN = frozenset(reason.value for reason in MatchedOn)
