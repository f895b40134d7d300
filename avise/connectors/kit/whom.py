"""Silver, about whom: the person that the tool names in its answer is the customer who was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from avise.connectors.checked_pages import CheckedPages
from avise.connectors.identity_check import contradicts
from avise.connectors.kit.bench import RawAnswer, open_bench
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable
from avise.models.customer import IdentityEvidence


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
