"""`avise connector load NAME`: read everybody from the identity master, or decide about what waits.

A reading that is interrupted, Ctrl+C included, goes on at the next command or the next window.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress

from rich.console import Console

from avise.commands.reading_progress import reading_bar, tell_doubt
from avise.commands.wrong_argument import WrongArgumentError
from avise.connectors.contract import ConnectorError
from avise.engine.directory_loading import DirectoryLoading
from avise.engine.engine import Engine
from avise.env import Env
from avise.models.bulk_reading import BulkReading, Decision, Doubt, ReadingStep
from avise.models.errors import AviseError
from avise.services.bulk_words import kept_sentence
from avise.texts import plural, text
from avise.texts.formats import format_number

LOOK_EVERY = 0.2
"""Seconds between two looks at the reading."""

TRIES = 3
"""Questions in a row without an answer, after which the command ends; one, while nothing was read."""

SWITCH_INTERVAL = 0.001
"""Seconds between two offers of the interpreter lock. No window waits for it here: the engine's own interval
would take a third more of the processor."""

NEEDS_A_PERSON = 1


async def load(engine: Engine, instance: str, decision: Decision | None, console: Console) -> int:
    """Read everybody and return the exit status: 1 when somebody must act.

    Args:
        engine: started.
        instance: the identity master.
        decision: about what waits; None to read.
        console: where the progress is shown.

    Raises:
        AviseError: the instance fills no directory or is refused, another program fills it, or nothing waits.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    loading = engine.loading
    master = engine.profile.settings.identity_master
    if instance != master and instance in engine.profile.settings.instances:
        about_file = await _about_file(engine, instance, decision, console)
        if about_file is not None:
            return about_file
    if loading is None or instance != master:
        raise WrongArgumentError("bulk.not_the_master", instance=instance, master=master)
    if await loading.known() is None:
        raise AviseError("bulk.elsewhere") if loading.is_elsewhere else loading.failure or loading.absence
    row = next((one for one in await engine.sources.status() if one.instance == instance), None)
    if row is not None and row.refused_because:
        # What was read before stays; nothing more can be.
        raise AviseError(row.refused_because, detail=row.refused_detail)
    if decision is not None:
        mark = loading.file_mark
        await loading.decide(decision)
        # The same file, where the master's readings take their lines from it too.
        await engine.sources.decide_file(instance, decision, mark)
        console.print(text(f"bulk.decided.{decision}"), highlight=False)
    elif not _is_held(loading.told()):
        loading.read_everybody()
    with reading_bar(console) as show:
        told = await _followed(loading, engine.env, show)
    if told.doubt is not None:
        tell_doubt(told.doubt, text("bulk.how_to_decide", instance=instance), console, engine.env)
        return NEEDS_A_PERSON
    if loading.left_out:
        _tell_kept(loading, engine, console)
        return 0
    count = await engine.directory.count()
    console.print(plural("bulk.loaded", count, count=format_number(count)), highlight=False)
    return 0


def _tell_kept(loading: DirectoryLoading, engine: Engine, console: Console) -> None:
    sentence = kept_sentence(loading.kept_since, engine.env.now())
    for line in (sentence, text("bulk.how_to_take", instance=loading.master)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


async def _about_file(
    engine: Engine, instance: str, decision: Decision | None, console: Console
) -> int | None:
    """Decide about the file of a tool that fills no directory, or tell what waits; None when nothing does."""
    if decision is not None:
        # Its files are looked at when it is asked something.
        await engine.sources.check(instance)
        await engine.desk.decide_bulk(instance, decision)
        console.print(text(f"bulk.decided.{decision}_file"), highlight=False)
        return 0
    doubt = await _doubt_about_file(engine, instance)
    if doubt is None:
        return None
    tell_doubt(doubt, text("bulk.how_to_decide", instance=instance), console, engine.env)
    return NEEDS_A_PERSON


async def _doubt_about_file(engine: Engine, instance: str) -> Doubt | None:
    """Return what somebody must decide about the newest file of a tool, None when nothing waits."""
    with suppress(ConnectorError):  # a tool that cannot be asked holds no file
        await engine.sources.check(instance)
    row = next((one for one in await engine.sources.status() if one.instance == instance), None)
    return row.bulk.doubt if row is not None and row.bulk is not None else None


def _is_held(told: BulkReading | None) -> bool:
    return told is not None and told.step is ReadingStep.HELD


async def _followed(loading: DirectoryLoading, env: Env, show: Callable[[BulkReading], None]) -> BulkReading:
    """Return the state in which the reading ends, or waits for somebody.

    Raises:
        AviseError: the source gave nothing, several times; or nothing can be written.
    """
    began, answered, count = loading.rounds, loading.rounds - TRIES, -1
    while True:
        rounds = loading.rounds
        told = loading.told()
        if told is not None:
            show(told)
            if told.step is ReadingStep.HELD or (told.step is ReadingStep.FOLLOWING and rounds > began):
                return told
            if told.count > count >= 0:
                answered = rounds
            count = told.count
        if loading.failure is not None and rounds > began:
            raise loading.failure
        if loading.trouble is not None and rounds > began and rounds >= answered + TRIES:
            raise loading.absence
        await env.sleep(LOOK_EVERY)
