"""A connector that speaks to a server by itself, led through an interpreter, and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from avise.connectors.contract import ConnectorError
from avise.connectors.kit.bench import Bench, open_bench
from avise.connectors.kit.certificate import MadeCertificate, made_certificate
from avise.connectors.kit.interpreter import Change, Interpreter, Reply, as_it_is, let_pass
from avise.connectors.kit.known_records import found
from avise.connectors.kit.local_source import Nature, source_of
from avise.connectors.kit.pieces import changes_of
from avise.connectors.kit.relay import addresses_of, led_through
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import NotApplicable, NotExercised
from avise.models.errors import ErrorKind


@asynccontextmanager
async def interpreted(
    trial: Trial, reply: Reply = let_pass, change: Change = as_it_is, *, trusted: bool = True
) -> AsyncIterator[Interpreter]:
    """Have the connector reach its server through an interpreter.

    Raises:
        NotApplicable: the connector does not speak to a server by itself.
    """
    source = source_of(trial)
    if source is None or source.nature is not Nature.LINE:
        raise NotApplicable("no_line")
    between = Interpreter(source.value, _certificate(trial, source.value), reply, change, trusted)
    between.start()
    try:
        with led_through(between, addresses_of(source.value)), between.believed():
            yield between
    finally:
        between.close()


def _certificate(trial: Trial, host: str) -> MadeCertificate:
    now = trial.env.now()
    return made_certificate(host, now - timedelta(days=1), now + timedelta(days=1))


async def greeted(trial: Trial, wanted: bytes) -> Interpreter:
    """Read once while all is well, and return what was heard.

    Raises:
        NotApplicable: the server greets otherwise.
        NotExercised: no connection came.
    """
    async with interpreted(trial) as between, open_bench(trial) as bench:
        await _read_once(trial, bench)
    if not between.greeting:
        raise NotExercised("no_way_between")
    if not between.greeting.startswith(wanted):
        raise NotApplicable("speaks_otherwise")
    return between


async def _read_once(trial: Trial, bench: Bench) -> None:
    """Read the first reading of a known customer; the directory where there is none."""
    if trial.readings():
        await found(bench, trial.readings()[0])
    elif trial.manifest.directory:
        await changes_of(bench, most=1)
    else:
        raise NotExercised("no_reading")


async def outcome_of(trial: Trial, bench: Bench) -> ErrorKind | None:
    """Return why a first reading fails, None when it does not."""
    try:
        await _read_once(trial, bench)
    except ConnectorError as error:
        return error.kind
    except NotExercised:
        return None  # an empty answer is no answer here
    return None
