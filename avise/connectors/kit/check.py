"""A check: its name, its level, and what runs it within a limit of time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from avise.connectors.contract import ConnectorError
from avise.connectors.deadline import place_of
from avise.connectors.kit.overheard import listening
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import CheckResult, FailedCheck, Told, Verdict
from avise.models.conformance import ConformanceLevel

LONGEST_CHECK_S = 90.0
"""A check that takes longer hangs, and says so."""
SECOND_LOOK = frozenset({"too_late", "loop_blocked", "not_ended", "calls_do_not_come", "import_is_slow"})
"""What a busy machine may feign: seen twice, or not told."""

Run = Callable[[Trial], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is asked of a connector.

    Args:
        name: "kit.check.<name>" is its title; a skip names it.
        level: that it counts for.
        run: returns when the connector does it, and raises `Told` otherwise.
    """

    name: str
    level: ConformanceLevel
    run: Run


def run_check(check: Check, trial: Trial) -> CheckResult:
    """Return what came of a check, on an event loop of its own; whatever the connector does ends here."""
    result = _run_once(check, trial)
    return _run_once(check, trial) if result.why in SECOND_LOOK else result


def _run_once(check: Check, trial: Trial) -> CheckResult:
    started = trial.env.monotonic()
    told: Told | None = None
    try:
        with listening():  # what is logged meanwhile is no answer to whoever runs the kit
            asyncio.run(_bounded(check, trial))
    except Told as answer:
        told = answer
    except TimeoutError:
        told = FailedCheck("hangs", seconds=round(LONGEST_CHECK_S))
    except ConnectorError as error:
        told = FailedCheck("unexpected", kind=str(error.kind), detail=error.detail)
    except Exception as error:  # noqa: BLE001 - code of others: whatever comes is told by its place, without its text
        told = FailedCheck("broke", place=place_of(error))
    milliseconds = round((trial.env.monotonic() - started) * 1000)
    if told is None:
        return CheckResult(check.name, check.level, Verdict.OK, milliseconds=milliseconds)
    return CheckResult(
        check.name, check.level, told.verdict, told.why, told.params, milliseconds=milliseconds
    )


async def _bounded(check: Check, trial: Trial) -> None:
    async with asyncio.timeout(LONGEST_CHECK_S):
        await check.run(trial)
