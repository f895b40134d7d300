"""Runs the readings of one file against its tool, through the same gateways and checks as the window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from avise.connectors.assembly import Assembly, SomebodyElseError
from avise.connectors.context import Caller
from avise.connectors.contract import (
    Batch,
    CallContext,
    Connector,
    ConnectorError,
    FacetOffer,
    FacetQuery,
    ListsInteractions,
    Priority,
    ReadsFacets,
    TimelineQuery,
)
from avise.connectors.deadline import Deadline, within
from avise.connectors.declarative.build import NO_WHEELS, Points
from avise.connectors.declarative.csv_lines import LineFault
from avise.connectors.declarative.files import FilesConnector
from avise.connectors.declarative.load import LoadedConnector, load_connector_file
from avise.connectors.declarative.schema import CsvFileConnector
from avise.connectors.file_doubts import FileDoubts
from avise.connectors.flight import Ask
from avise.connectors.instance import Instance
from avise.connectors.pipeline import clock_of
from avise.connectors.ports import InstanceSettings, SecretPort
from avise.connectors.readings import TIMELINE, TIMELINE_OFFER
from avise.connectors.shared import Shared
from avise.connectors.trial.explaining import Explainer, sections_of
from avise.connectors.trial.given import given_rows
from avise.connectors.trial.misread import misread_lines
from avise.connectors.trial.recording import Noted, noting
from avise.connectors.trial.values import FileTried, LostLines, ReadingTrial, RowTrial, Trial
from avise.connectors.validation import check_of
from avise.env import Env
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import AviseError
from avise.models.snapshot import SnapshotKey

MOST_RECORDS = 500
USER_AGENT = "Avise"


@dataclass(frozen=True, slots=True)
class TrialDesk:
    """Who tries, about whom.

    Args:
        customer: with every identifier that is known of them.
        identity: an answer about somebody else is withheld.
        agent: who asks.
        rows: how many rows of each reading are explained.
        doubts: what was decided here about files that are much smaller than the one before.
    """

    customer: CustomerKey
    identity: IdentityEvidence
    agent: str
    rows: int
    doubts: FileDoubts | None = None


async def try_connector(
    path: Path,
    settings: InstanceSettings,
    desk: TrialDesk,
    env: Env,
    secrets: SecretPort,
    *,
    wanted: Collection[str] = (),
    shared: Shared | None = None,
    wheels: Points = NO_WHEELS,
) -> Trial:
    """Return what each reading of a file makes of one customer; nothing is kept.

    Args:
        path: the file.
        settings: of the instance that it is tried as.
        desk: who tries, about whom.
        env: the clock.
        secrets: where the instance's are.
        wanted: facets, and "timeline"; all of the file when empty.
        shared: what the house lends to every instance: certificates, proxies, people's tokens.
        wheels: classes of Python connectors, besides those installed with Avise.

    Raises:
        OSError: the file cannot be read.
        ConnectorFileError: the file has errors.
        AviseError: `connector_try.no_reading`: the file does not read what is wanted.
    """
    loaded = await asyncio.to_thread(load_connector_file, path, wheels)
    offered = [offer.facet for offer in _offers(loaded)]
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        raise AviseError("connector_try.no_reading", facet=unknown[0], facets=", ".join(offered))
    shared = shared or Shared()
    tls = await asyncio.to_thread(shared.outward.context)
    instance = Instance(settings, loaded, env, secrets, tls, USER_AGENT, shared)
    told = Trial(
        f"{loaded.manifest.id} {loaded.manifest.version}",
        shows_rows=bool(sections_of(loaded.file)),
        known_ids=tuple(sorted(scheme for scheme, value in desk.customer.ids.items() if value)),
        instance=instance.id,
    )
    instance.start()
    try:
        await instance.first_opening()
        if instance.opening_error is not None:
            return replace(told, error=instance.failure(instance.opening_error, ""))
        if desk.doubts is not None:
            desk.doubts.remind(instance.id, instance.connector)
        offers = [offer for offer in _offers(loaded) if not wanted or offer.facet in wanted]
        readings = [await _try_reading(instance, loaded, offer, desk) for offer in offers]
        return await _with_file(replace(told, readings=tuple(readings)), instance.connector, loaded)
    finally:
        await instance.aclose()


async def _with_file(told: Trial, connector: Connector, loaded: LoadedConnector) -> Trial:
    """Return a trial with what there is to say of the file that was read; as it is for other connectors."""
    if not isinstance(connector, FilesConnector) or not isinstance(loaded.file, CsvFileConnector):
        return told
    encoding = loaded.file.csv.encoding
    name, waiting = connector.file_names()
    return replace(
        told,
        lost=_lost(connector),
        misread=await asyncio.to_thread(misread_lines, connector.every_line(), encoding),
        file=FileTried(name, waiting) if name else None,
        encoding=encoding,
    )


def _lost(connector: FilesConnector) -> tuple[LostLines, ...]:
    found = connector.line_count()
    return tuple(
        LostLines(fault, found.faults[fault], tuple(found.fault_lines[fault]))
        for fault in LineFault
        if fault in found.faults
    )


def _offers(loaded: LoadedConnector) -> tuple[FacetOffer, ...]:
    manifest = loaded.manifest
    timeline = replace(TIMELINE_OFFER, needs_ids=manifest.needs_ids)
    return (*manifest.facets, *((timeline,) if manifest.timeline else ()))


async def _try_reading(
    instance: Instance, loaded: LoadedConnector, offer: FacetOffer, desk: TrialDesk
) -> ReadingTrial:
    needed = dict.fromkeys((*loaded.manifest.needs_ids, *offer.needs_ids))
    missing = tuple(scheme for scheme in needed if not desk.customer.ids.get(scheme))
    told = ReadingTrial(offer.facet, missing_ids=missing)
    if missing:
        return told
    key = CustomerKey(desk.customer.avise_id, {scheme: desk.customer.ids[scheme] for scheme in needed})
    caller = Caller(desk.agent, "trial", Priority.INTERACTIVE)
    snapshot_key = SnapshotKey(instance.id, offer.facet, offer.schema, key.avise_id)
    ask = Ask(snapshot_key, offer, key, desk.identity, caller, instance.env.token()[:12], MOST_RECORDS)
    noted, assembly = Noted(instance.env), Assembly(check_of(offer.facet), desk.identity, MOST_RECORDS)
    given = _Given()
    began = instance.env.monotonic()
    try:
        await _read(instance, ask, noted, assembly, given)
        told = replace(told, kept=assembly.count, truncated_because=assembly.truncated_because)
    except SomebodyElseError:
        told = replace(told, withheld=True)
    except ConnectorError as error:
        told = replace(told, error=instance.failure(error, ask.reference))
    milliseconds = round((instance.env.monotonic() - began) * 1000)
    is_file = bool(sections_of(loaded.file))
    rows = _explained(loaded, offer.facet, noted) if is_file else given_rows(offer.facet, given.items)
    subjects = [
        getattr(section, "subject", None) for section in sections_of(loaded.file).get(offer.facet, ())
    ]
    silent = bool(given.items) and any(subjects) and not given.told_whom
    shown = _worth_showing(rows, desk.rows)
    return replace(
        told,
        asked=tuple(noted.asked),
        rows=shown,
        rows_found=len(rows),
        milliseconds=milliseconds,
        total=assembly.total,
        silent_subject=silent,
    )


@dataclass(slots=True)
class _Given:
    """What batches held."""

    items: list[object] = field(default_factory=list)
    told_whom: bool = False
    """One of them, or of their records, says whom it is about."""

    def take(self, batch: object) -> None:
        """Keep what a batch holds; what is none is told by the assembly."""
        if not isinstance(batch, Batch):
            return
        self.items.extend(batch.items)
        of_records = (getattr(item, "evidence", None) for item in batch.items)
        self.told_whom = self.told_whom or any(map(_tells, (batch.evidence, *of_records)))


def _tells(evidence: IdentityEvidence | None) -> bool:
    return evidence is not None and evidence != IdentityEvidence()


async def _read(instance: Instance, ask: Ask, noted: Noted, assembly: Assembly, given: _Given) -> None:
    clock = clock_of(ask)
    async with within(clock.deadline_s):
        lent = instance.context(ask.caller, ask.reference, Deadline(clock.deadline_s), may_retry=False)
        async for batch in _stream(instance, ask, noting(lent, noted)):
            given.take(batch)
            assembly.add(batch)
            if assembly.cut:
                break
        assembly.finish()


def _stream(instance: Instance, ask: Ask, context: CallContext) -> AsyncIterator[Batch[Any]]:
    if ask.offer.facet == TIMELINE:
        lists = cast("ListsInteractions", instance.connector)
        return lists.interactions(TimelineQuery(ask.customer, ask.limit), context)
    reads = cast("ReadsFacets", instance.connector)
    return reads.read_facet(FacetQuery(ask.offer.facet, ask.customer, ask.limit), context)


def _explained(loaded: LoadedConnector, name: str, noted: Noted) -> tuple[RowTrial, ...]:
    """Return what becomes of every row, in the order in which they came."""
    rows: list[RowTrial] = []
    for section in sections_of(loaded.file).get(name, ()):
        explainer = Explainer(loaded.file, section)
        for row in explainer.rows(noted):
            rows.append(explainer.explain(len(rows) + 1, row))
    return tuple(rows)


def _worth_showing(rows: tuple[RowTrial, ...], most: int) -> tuple[RowTrial, ...]:
    """Return at most so many rows in their order: dropped ones are chosen before the others."""
    dropped_first = sorted(rows, key=lambda row: row.dropped is None)
    return tuple(sorted(dropped_first[:most], key=lambda row: row.number))
