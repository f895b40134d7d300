"""Bronze: it loads, says what it is, opens and closes, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence

from avise.connectors.contract import (
    Connector,
    Health,
    ListsInteractions,
    Manifest,
    PerformsActions,
    PublishesDirectory,
    ReadsFacets,
    RevealsFields,
    StreamsCalls,
)
from avise.connectors.deadline import place_of
from avise.connectors.instance import CLOSE_S
from avise.connectors.kit.bench import Bench, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.importing import (
    LONGEST_IMPORT_S,
    import_apart,
    path_files,
    tight_requirements,
)
from avise.connectors.kit.leaks import held, left_since
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.registry import admission, missing_capabilities
from avise.models.conformance import ConformanceLevel

READING_ROUNDS = 3
"""Rounds that read something too."""
_IDENTIFIER = re.compile(r"[a-z0-9]+([_.][a-z0-9]+)*")


async def manifest_is_admitted(trial: Trial) -> None:
    """The program accepts it: its contract's range, its facets, and a word for each thing that is shown."""
    loaded = trial.subject.load()
    refusal = admission(loaded.manifest, loaded.connector)
    if refusal is not None and refusal.because != "source.refused.capability":
        raise FailedCheck("refused", because=refusal.because, detail=refusal.detail)
    manifest = loaded.manifest
    empty = [name for name in ("id", "name", "version", "owner") if not getattr(manifest, name).strip()]
    if empty:
        raise FailedCheck("manifest_empty", name=empty[0])


async def declared_is_done(trial: Trial) -> None:
    """What the manifest declares is in the code, and what is in the code is declared."""
    loaded = trial.subject.load()
    missing = missing_capabilities(loaded.manifest, loaded.connector)
    if missing:
        raise FailedCheck("declared_not_done", name=missing[0])
    if trial.subject.declarative:
        return
    silent = list(_undeclared(loaded.manifest, loaded.connector))
    if silent:
        raise FailedCheck("done_not_declared", name=silent[0])


def _undeclared(manifest: Manifest, connector: object) -> Iterator[str]:
    """Yield what the code does that nobody is told of: the program would never ask for it."""
    done = (
        ("facets", ReadsFacets, bool(manifest.facets)),
        ("timeline", ListsInteractions, manifest.timeline),
        ("directory", PublishesDirectory, manifest.directory),
        ("live_fields", RevealsFields, bool(manifest.live_fields)),
        ("call_events", StreamsCalls, manifest.call_events),
        ("actions", PerformsActions, bool(manifest.actions)),
    )
    for name, protocol, declared in done:
        if isinstance(connector, protocol) and not declared:
            yield name


async def labels_are_words(trial: Trial) -> None:
    """Everything that staff read has a label of words, and not the name of a field."""
    manifest = trial.manifest
    labels: list[tuple[str, str]] = [("name", manifest.name)]
    labels += [(f"config.{one.name}", one.label) for one in manifest.config]
    for spec in manifest.actions:
        labels.append((f"action.{spec.action}", spec.label))
        labels += [(f"action.{spec.action}.{one.name}", one.label) for one in spec.inputs]
        labels += [
            (f"action.{spec.action}.{one.name}.{choice.code}", choice.label)
            for one in spec.inputs
            for choice in one.choices
        ]
    for place, label in labels:
        if not label.strip() or (
            _IDENTIFIER.fullmatch(label) and ("_" in label or label in place.split("."))
        ):
            raise FailedCheck("no_label", place=place)


async def import_is_light(trial: Trial) -> None:
    """Its code is imported within a second, asks nothing of the network and starts no thread."""
    subject = trial.subject
    if not subject.module:
        raise NotApplicable("no_code")
    imported = await import_apart(subject.module, subject.code[0] if subject.code else None)
    if imported is None:
        raise FailedCheck("not_imported", module=subject.module)
    if imported.connected:
        raise FailedCheck("import_connects")
    if imported.threads:
        raise FailedCheck("import_starts_threads", count=imported.threads)
    if imported.seconds > LONGEST_IMPORT_S:
        raise FailedCheck("import_is_slow", seconds=f"{imported.seconds:.1f}")


async def package_is_no_burden(trial: Trial) -> None:
    """Its package pins nothing, requires nothing that Avise ships, and runs nothing at each start."""
    name = trial.subject.distribution
    if not name or name == "avise":
        raise NotApplicable("no_package")
    tight = tight_requirements(name)
    if tight:
        raise FailedCheck("tight_requirement", requirement=tight[0])
    if files := path_files(name):
        raise FailedCheck("path_file", file=files[0])


async def check_answers(trial: Trial) -> None:
    """`check` says that the running tool is well, and asks about nobody."""
    async with open_bench(trial) as bench:
        report = await bench.check()
        if report.health is Health.UNVERIFIED:  # honest, and not enough for gold: `check_tells_a_fault`
            raise NotApplicable("check_asks_nothing")
        if report.health is not Health.OK:
            kind = _kind_of_failure(bench)
            raise FailedCheck("check_unwell", health=str(report.health), detail=report.detail, kind=kind)
        ids = [value for known in trial.scenarios.known for value in known.ids.values()]
        for seen in bench.seen:
            asked = f"{seen.request.target} {seen.request.body!r}"
            if any(value and value in asked for value in ids):
                raise FailedCheck("check_names_somebody")


def _kind_of_failure(bench: Bench) -> str:
    """Return why the tool was found unwell, "" when Avise itself says so: a secret that lacks."""
    failure = bench.instance.statistics.last_failure
    return str(failure.kind) if failure is not None else ""


async def nothing_is_left(trial: Trial) -> None:
    """Opened, checked and closed twenty times, it leaves no task, no thread and no open descriptor."""
    readings: Sequence[str] = trial.readings()
    if not readings:
        raise NotExercised("no_reading")
    await _round(trial, readings)  # what a first opening makes for the whole process is nobody's leak
    before = held()
    for number in range(trial.severity.rounds):
        await _round(trial, readings if number < READING_ROUNDS else ())
    if left := await left_since(before, trial.env):
        raise FailedCheck("left_behind", what=left)


async def _round(trial: Trial, readings: Sequence[str]) -> None:
    async with open_bench(trial) as bench:
        await bench.check()
        for reading in readings:
            known = trial.known_for(reading) or trial.scenarios.known
            await bench.raw(reading, known[0].ids)
        for _ in range(2):  # closed already, it is closed: the program may ask again
            await _closed(bench.instance.connector)


async def _closed(connector: Connector) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
            await connector.aclose()
    except TimeoutError:
        raise FailedCheck("closes_slowly", seconds=f"{CLOSE_S:.0f}") from None
    except Exception as error:  # noqa: BLE001 - code of others: told by its place, without its text
        raise FailedCheck("close_fails", place=place_of(error)) from None


CHECKS = tuple(
    Check(run.__name__, ConformanceLevel.BRONZE, run)
    for run in (
        manifest_is_admitted,
        declared_is_done,
        labels_are_words,
        import_is_light,
        package_is_no_burden,
        check_answers,
        nothing_is_left,
    )
)
