"""Silver, about whom: answers are about the customer who was asked for, also when others are asked about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from avise.connectors.checked_pages import CheckedPages
from avise.connectors.contract import ConnectorError
from avise.connectors.identity_check import contradicts
from avise.connectors.kit.bench import Bench, RawAnswer, open_bench
from avise.connectors.kit.faults import Fault
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind


async def about_the_customer(trial: Trial) -> None:
    """Answers are about the customer who was asked for: of anybody else, the program shows nothing."""
    said = False
    async with open_bench(trial) as bench:
        for reading in trial.readings():
            for known in trial.known_for(reading):
                for found in _subjects(await bench.raw(reading, known.ids)):
                    said = True
                    if contradicts(known.identity(), found):
                        raise FailedCheck("about_somebody_else", reading=reading)
    if not said:
        raise NotApplicable("says_not_of_whom")


def _subjects(answer: RawAnswer) -> Iterator[IdentityEvidence]:
    """Yield the people whom an answer says that it concerns."""
    for batch in answer.batches:
        if batch.evidence is not None:
            yield batch.evidence
        if isinstance(batch.items, CheckedPages):
            yield from batch.items.evidence
            continue
        for item in batch.items:
            found = getattr(item, "evidence", None)
            if found is not None:
                yield found


# ---- several at once -------------------------------------------------------------------------------

SLOWLY_S = 0.03
"""The tool takes that much longer, so that readings are under way together."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A customer, and what came of a reading while nobody else was asked about."""

    ids: Mapping[str, str]
    outcome: str


async def two_at_once_stay_apart(trial: Trial) -> None:
    """Asked about several customers at once, it gives each what is theirs."""
    judged = False
    async with open_bench(trial) as bench:
        await bench.fail(Fault(delay_s=SLOWLY_S))
        for reading in trial.readings():
            asked = await _one_by_one(trial, bench, reading)
            if len({one.outcome for one in asked}) < 2:
                continue
            judged = True
            for together in (asked, asked[::-1]):
                await _all_at_once(bench, reading, together)
    if not judged:
        raise NotExercised("nobody_else")


async def _one_by_one(trial: Trial, bench: Bench, reading: str) -> Sequence[_Asked]:
    scenarios = trial.scenarios
    people = [known.ids for known in trial.known_for(reading)]
    if scenarios.many is not None and scenarios.many.reading == reading:
        people.append(scenarios.many.ids)
    if scenarios.unknown is not None:
        people.append(scenarios.unknown.ids)
    return [_Asked(ids, await _outcome(bench, reading, ids)) for ids in people]


async def _all_at_once(bench: Bench, reading: str, asked: Sequence[_Asked]) -> None:
    outcomes = await asyncio.gather(*(_outcome(bench, reading, one.ids) for one in asked))
    for one, outcome in zip(asked, outcomes, strict=True):
        if outcome in {one.outcome, ErrorKind.RATE_LIMITED}:
            continue  # what it limits by itself is nobody else's
        if await _outcome(bench, reading, one.ids) != one.outcome:
            raise NotExercised("needs_lasting_ids", reading=reading)
        raise FailedCheck("mixed_up", reading=reading)


async def _outcome(bench: Bench, reading: str, ids: Mapping[str, str]) -> str:
    """Return what tells one answer from another: its records, or why there is none."""
    try:
        answer = await bench.raw(reading, ids)
    except ConnectorError as error:
        return str(error.kind)
    return repr([(getattr(item, "id", ""), getattr(item, "data", item)) for item in answer.items])
