"""`avise doctor`: everything that must work at this desk, each with what to do when it does not.

JSON: `{"ok": bool, "findings": [{"about", "name", "instance", "ok", "verified", "sentence"}]}`; exit status 1
when something needs a person.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from avise.connectors.contract import ConnectorError, Health, HealthReport
from avise.connectors.readings import SourceOffer
from avise.connectors.refusals import Refusal
from avise.connectors.wheels import WheelConnector, scan_wheels
from avise.engine.engine import Engine
from avise.engine.opened_store import set_aside
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.models.source_status import SourceStatus
from avise.services.bulk_words import held_file_sentence
from avise.services.certificate_words import certificate_sentence
from avise.services.support_words import meaning_of
from avise.texts import plural, text
from avise.texts.endings import ended_once

_OK, _WRONG = Text("✓", style="green"), Text("✗", style="red")
_UNVERIFIED = Text("?", style="yellow")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str
    """profile, store, directory, connector or wheel."""
    name: str
    ok: bool
    sentence: str
    verified: bool = True
    """False for a tool of whose connector nothing could be asked."""
    instance: str = ""
    """Of a tool: what the profile calls it, which no other tool bears."""


async def examine(engine: Engine) -> tuple[Finding, ...]:
    """Look at the store, the directory and every tool, all tools at once."""
    offers = engine.sources.offers()
    rows = {row.instance: row for row in await engine.sources.status()}
    looked_at = await asyncio.gather(*(_tool(engine, offer, rows[offer.instance]) for offer in offers))
    tools = [replace(found, instance=offer.instance) for found, offer in zip(looked_at, offers, strict=True)]
    wheels = await asyncio.to_thread(scan_wheels, engine.profile.wheels_folder)
    told = {(row.connector, row.refused_because) for row in rows.values()}
    unfit = dict.fromkeys(
        _wheel(found, found.refusal)
        for found in wheels
        if found.refusal is not None and (found.name, found.refusal.because) not in told
    )
    return (await _store(engine), await _directory(engine), *tools, *unfit)


def cannot_start(error: AviseError) -> Finding:
    """Return what keeps the profile from being opened."""
    return Finding(
        "profile", text("doctor.profile"), ok=False, sentence=text(error.message_key, **error.params)
    )


async def _store(engine: Engine) -> Finding:
    faults = await engine.store_faults()
    if faults:
        return Finding(
            "store", text("doctor.store"), ok=False, sentence=plural("doctor.store_damaged", faults)
        )
    notices, aside = engine.notices(), await asyncio.to_thread(set_aside, engine.profile)
    sentence = text("doctor.set_aside", files=", ".join(aside)) if aside else text("doctor.ok")
    if notices:
        sentence = " ".join(text(notice.message_key, **notice.params) for notice in notices)
    return Finding("store", text("doctor.store"), not notices and not aside, sentence)


async def _directory(engine: Engine) -> Finding:
    await engine.directory_ready()
    count = await engine.directory.count()
    absence = engine.directory.absence
    if not engine.directory.ready:
        sentence = text(absence.message_key, **absence.params)
    else:
        sentence = plural("doctor.directory_count", count) if count else text("search.directory_empty")
    told = await engine.loading.known() if engine.loading is not None else None
    if told is not None and told.doubt is not None:
        master = engine.profile.settings.identity_master
        how = text("bulk.how_to_decide", instance=master)
        sentence = f"{text(f'bulk.held.{told.doubt.kind}')} {how}"
        return Finding("directory", text("doctor.directory"), ok=False, sentence=sentence)
    return Finding("directory", text("doctor.directory"), count > 0, sentence)


def _wheel(found: WheelConnector, refusal: Refusal) -> Finding:
    """Tell a wheel that cannot be used, whether or not an instance wants it."""
    name = found.told("name") or found.name
    return Finding("wheel", name, ok=False, sentence=_refused(refusal.because, refusal.detail))


def _refused(because: str, detail: str) -> str:
    """Return why a connector is not used, in the words of the Sources page."""
    reason = text(because, detail=detail)
    if not detail or detail in reason:
        return reason
    return ended_once(f"{reason} {text('sources.for_support', detail=detail)}")


async def _tool(engine: Engine, offer: SourceOffer, row: SourceStatus) -> Finding:
    if not offer.enabled:
        return Finding("connector", offer.name, ok=True, sentence=text("state.disabled"))
    if row.refused_because:
        sentence = _refused(row.refused_because, row.refused_detail)
        return Finding("connector", offer.name, ok=False, sentence=sentence)
    try:
        report = await engine.desk.check_source(offer.instance)
    except ConnectorError as error:
        report = HealthReport(Health.MISCONFIGURED, error.detail)
    if held := await _held_file(engine, offer, report):
        return Finding("connector", offer.name, ok=False, sentence=held)
    is_open = report.health in {Health.OK, Health.UNVERIFIED}
    ending = await _certificate(engine, offer) if is_open else ""
    sentence = ending or _sentence(offer, report)
    verified = report.health is not Health.UNVERIFIED
    return Finding("connector", offer.name, is_open and not ending, sentence, verified)


async def _held_file(engine: Engine, offer: SourceOffer, report: HealthReport) -> str:
    """Return what is said of a file that waits for somebody, "" when none does or something else is wrong."""
    bulk = (await _row(engine, offer)).bulk
    if report.health is not Health.DEGRADED or bulk is None or bulk.doubt is None or bulk.of_directory:
        return ""
    return held_file_sentence(bulk.doubt, offer.instance, engine.env.now())


async def _certificate(engine: Engine, offer: SourceOffer) -> str:
    """Return that the certificate shown to a tool ends soon, "" while that is far away; it is open by now."""
    return certificate_sentence(await _row(engine, offer), engine.env.now())


async def _row(engine: Engine, offer: SourceOffer) -> SourceStatus:
    """Return how a tool stands now that it was asked."""
    return next(row for row in await engine.sources.status() if row.instance == offer.instance)


def _sentence(offer: SourceOffer, report: HealthReport) -> str:
    if meaning := meaning_of(report.detail, offer.name):
        return meaning
    owner = offer.support or offer.owner or offer.name
    return ended_once(text(f"doctor.health.{report.health}", owner=owner, detail=report.detail))


def status(findings: tuple[Finding, ...]) -> int:
    """Return the exit status."""
    return 0 if all(finding.ok for finding in findings) else 1


def as_json(findings: tuple[Finding, ...]) -> dict[str, JSON]:
    """Return the findings as the module's docstring describes."""
    rows: list[JSON] = [
        {
            "about": item.about,
            "name": item.name,
            "instance": item.instance,
            "ok": item.ok,
            "verified": item.verified,
            "sentence": item.sentence,
        }
        for item in findings
    ]
    return {"ok": status(findings) == 0, "findings": rows}


def print_report(findings: tuple[Finding, ...], console: Console) -> None:
    """Print the findings for a person at a terminal."""
    table = Table(show_header=False, box=None)
    bearers = Counter(finding.name for finding in findings)
    for finding in findings:
        mark = _OK if finding.ok and finding.verified else _UNVERIFIED if finding.ok else _WRONG
        shared = finding.instance and bearers[finding.name] > 1
        name = f"{finding.name} ({finding.instance})" if shared else finding.name
        table.add_row(mark, Text(name), Text(finding.sentence))
    console.print(table)
    wrong = sum(not finding.ok for finding in findings)
    console.print(plural("doctor.needs_person", wrong) if wrong else text("doctor.ok"), highlight=False)
