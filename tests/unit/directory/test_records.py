"""A party comes back from its row as it went in, whatever it holds, and so it does through JSON."""

from __future__ import annotations

import asyncio
import json
import tempfile
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from avise.directory.keys import Minter
from avise.directory.party_json import answer_to_json, decoded, encoded, read_answer
from avise.directory.records import packed, unpacked
from avise.env import FixedEnv
from avise.models.customer import DirectoryEntry, MatchedOn, Party, PartyKind, SearchAnswer, SearchHit
from avise.store.directory import Directory

MINTER = Minter(uuid.UUID(int=5), "parties.party")
WORDS = st.text("abcé 0\x1f\x01='\"", max_size=12)
# A number that happens to be a NIR is left out, on purpose: letters keep it from being one.
NAMES = st.text("aàbcdeéèfgœ'- ST", max_size=14)
PHONES = st.from_regex(r"\+[1-9][0-9]{6,12}", fullmatch=True) | st.sampled_from(
    ("0639984127", "poste 12", "+")
)
EMAILS = ("", "Lea.Roux@Exemple.invalid", "lea@exemple.invalid", "sans-arobase", "a@b@c", "x@", "@y")
SCHEMES = st.sampled_from(("member", "parties.party", "benefits.insured", "billing.account"))


@st.composite
def parties(draw: st.DrawFn) -> Party:
    native, member = (
        draw(st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True)),
        draw(st.sampled_from(("", "0042", "12 34a"))),
    )
    values = st.sampled_from((native, member or "x", "B-1\x1f2", "", "7")) | NAMES
    return Party(
        native_id=native,
        kind=draw(st.sampled_from(PartyKind)),
        last_name=draw(NAMES),
        first_name=draw(NAMES),
        birth_name=draw(NAMES),
        title=draw(st.sampled_from(("", "mrs"))),
        birth_date=draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)) | st.none()),
        member_number=member,
        phones=tuple(draw(st.lists(PHONES, max_size=3))),
        email=draw(st.sampled_from(EMAILS)),
        city=draw(NAMES),
        postcode=draw(st.sampled_from(("", "44000"))),
        company_name=draw(NAMES),
        siren=draw(st.sampled_from(("", "000123455"))),
        restricted=draw(st.booleans()),
        dossier=draw(st.sampled_from(("", "HEAD"))),
        relation=draw(st.sampled_from(("", "child"))),
        representative=draw(st.sampled_from(("", "lea.roux"))),
        ids=draw(st.dictionaries(SCHEMES, values, max_size=4)),
    )


async def kept(people: Sequence[Party], changes: Sequence[Party]) -> list[Party | None]:
    with tempfile.TemporaryDirectory() as folder:
        directory = await Directory.open(Path(folder) / "directory.db", bytes(32), FixedEnv(), MINTER)
        try:
            builder = directory.rebuild()
            await builder.add(people)
            await builder.finish("end")
            await directory.apply(changes, "next")
            wanted = {party.native_id: MINTER.person(party) for party in (*people, *changes)}
            found = [await directory.by_person(person) for person in wanted.values()]
            count = await directory.count()
        finally:
            await directory.aclose()
    assert count == len(wanted)
    assert [entry.person for entry in found if entry is not None] == list(wanted.values())
    return [entry.party if entry is not None else None for entry in found]


@settings(max_examples=25, deadline=None)
@given(st.lists(parties(), min_size=1, max_size=6), st.lists(parties(), max_size=3))
def test_a_party_comes_back_as_it_was_published_last(people: list[Party], changes: list[Party]) -> None:
    latest = {party.native_id: party for party in (*people, *changes)}
    assert asyncio.run(kept(people, changes)) == list(latest.values())


@given(parties())
def test_a_party_comes_back_from_json(party: Party) -> None:
    assert decoded(encoded(party)) == party


@given(st.dictionaries(SCHEMES, WORDS, max_size=4), WORDS, WORDS)
def test_identifiers_come_back_unless_one_holds_our_separator(
    ids: dict[str, str], native: str, member: str
) -> None:
    schemes, text = packed(ids, native, member)
    if schemes is None:
        assert any("\x1f" in value for value in ids.values())
    elif schemes:
        assert unpacked("\x1f".join(schemes), text, native, member) == ids


@given(parties(), st.lists(st.sampled_from(MatchedOn), max_size=3))
def test_an_answer_crosses_the_wire_whole(party: Party, reasons: list[MatchedOn]) -> None:
    entry = DirectoryEntry(MINTER.person(party), MINTER.dossier(party), party)
    hit = SearchHit(entry, 0.5, tuple(reasons), (("last_name", 0, 2),), 3, "conjoint de Léa")
    answer = SearchAnswer((hit,), 7, more=True, as_of="2026-03-24T09:00:00+00:00")
    assert read_answer(json.loads(json.dumps(answer_to_json(answer)))) == answer
