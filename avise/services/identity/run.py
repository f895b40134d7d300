"""A run over the parties of two tools, or of the identity master alone: links made, pairs proposed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from avise.models.customer import Party, PartyKind
from avise.models.identity.comparison import compared
from avise.models.identity.explanation import explained
from avise.models.identity.links import How, Reasoning, Side
from avise.models.identity.matching import Matching, ScoredPair, Thresholds, Verdict, matched
from avise.models.identity.parties import record_of_party
from avise.models.identity.records import IdentityRecord
from avise.models.journal import EventKind
from avise.services.identity.same_person import SamePerson


@dataclass(frozen=True, slots=True)
class ToolRecord:
    """One party that a tool publishes."""

    side: Side
    party: Party


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run."""

    ours: int
    theirs: int
    compared: int
    model: str
    linked: int
    proposed: int
    left: int
    """Pairs that stood already, were refused, or contradict what stands."""


def persons(records: Sequence[ToolRecord]) -> list[ToolRecord]:
    """Return the records that are of persons and still there."""
    return [each for each in records if each.party.kind is not PartyKind.COMPANY and not each.party.deleted]


async def run_over(
    same_person: SamePerson,
    ours: Sequence[ToolRecord],
    theirs: Sequence[ToolRecord],
    thresholds: Thresholds,
    *,
    propose_only: bool,
) -> RunResult:
    """Bring the parties of two tools together, and write what is found.

    Args:
        same_person: where it is written.
        ours: of the identity master.
        theirs: of another tool; the same object to look for duplicates.
        thresholds: from which probability on something comes of a pair.
        propose_only: link nothing without a person.
    """
    one = [_record(each) for each in ours]
    other = one if ours is theirs else [_record(each) for each in theirs]
    found = await asyncio.to_thread(matched, one, other)
    written: Counter[EventKind | None] = Counter()
    for pair in found.pairs:
        verdict = pair.verdict(thresholds)
        mine, far = ours[pair.ours], theirs[pair.theirs]
        if verdict is Verdict.NOTHING or _are_known_as_one(mine.party, far.party, within=ours is theirs):
            continue
        reasoning = _reasoning(found, pair, one[pair.ours], other[pair.theirs])
        link = verdict is Verdict.AUTOMATIC and not propose_only
        written[await same_person.note(mine.side, far.side, reasoning, link=link)] += 1
    return RunResult(
        len(ours),
        len(theirs),
        found.compared,
        found.model.version,
        written[EventKind.IDENTITY_LINKED],
        written[EventKind.IDENTITY_PROPOSED],
        written[None],
    )


def _record(each: ToolRecord) -> IdentityRecord:
    return record_of_party(each.party, str(each.side.person))


def _are_known_as_one(mine: Party, far: Party, *, within: bool) -> bool:
    """Say whether the identity master itself names a tool's record as this person's."""
    return not within and any(mine.ids.get(scheme) == value for scheme, value in far.ids.items())


def _reasoning(found: Matching, pair: ScoredPair, a: IdentityRecord, b: IdentityRecord) -> Reasoning:
    evidence = explained(found.model, compared(a, b), a, b)
    how = How.RULE if pair.rule is not None else How.SCORE
    return Reasoning(how, pair.rule or "", round(pair.probability, 4), found.model.version, evidence)
