"""Records that a check can judge: of a known customer who has some in a reading."""

from __future__ import annotations

from collections.abc import Sequence

from avise.connectors.kit.bench import Bench, RawAnswer
from avise.connectors.kit.scenarios import Known
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.unread import unread_in
from avise.connectors.kit.verdicts import NotExercised


async def found(bench: Bench, reading: str) -> tuple[Known, RawAnswer]:
    """Return a known customer with records in a reading, and the connector's answer.

    Raises:
        NotExercised: none of the scenarios' customers has any.
    """
    count = 0
    for known in bench.trial.known_for(reading):
        answer = await bench.raw(reading, known.ids)
        if answer.items:
            return known, answer
        count += unread_in(answer)
    if count:
        raise NotExercised("none_readable", reading=reading)
    raise NotExercised("no_record", reading=reading)


async def every(trial: Trial, bench: Bench) -> Sequence[tuple[str, Known, RawAnswer]]:
    """Return each reading with records.

    Raises:
        NotExercised: a reading has none, or there is none at all.
    """
    if not trial.readings():
        raise NotExercised("no_reading")
    return [(reading, *await found(bench, reading)) for reading in trial.readings()]


def ids_in(answer: RawAnswer) -> Sequence[str]:
    """Return the identifiers of an answer's records, in order."""
    return [str(getattr(item, "id", None) or "") for item in answer.items]
