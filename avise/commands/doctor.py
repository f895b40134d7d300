"""`avise doctor`: everything that must work at this desk, each with what to do when it does not.

JSON: `{"ok": bool, "findings": [{"about", "name", "ok", "sentence"}]}`; exit status 1 when something
needs a person.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from avise.connectors.contract import ConnectorError, Health, HealthReport
from avise.connectors.readings import SourceOffer
from avise.engine.engine import Engine
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.texts import plural, text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str
    """profile, store, directory or connector."""
    name: str
    ok: bool
    sentence: str


async def examine(engine: Engine) -> tuple[Finding, ...]:
    """Look at the store, the directory and every tool, all tools at once."""
    offers = engine.sources.offers()
    tools = await asyncio.gather(*(_tool(engine, offer) for offer in offers))
    return (await _store(engine), await _directory(engine), *tools)


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
    sound = not engine.notices() and not engine.set_aside()
    return Finding("store", text("doctor.store"), sound, engine.store_sentence())


async def _directory(engine: Engine) -> Finding:
    await engine.directory_ready()
    count = await engine.directory.count()
    absence = engine.directory.absence
    if not engine.directory.ready:
        sentence = text(absence.message_key, **absence.params)
    else:
        sentence = plural("doctor.directory_count", count) if count else text("search.directory_empty")
    return Finding("directory", text("doctor.directory"), count > 0, sentence)


async def _tool(engine: Engine, offer: SourceOffer) -> Finding:
    if not offer.enabled:
        return Finding("connector", offer.name, ok=True, sentence=text("state.disabled"))
    try:
        report = await engine.desk.check_source(offer.instance)
    except ConnectorError as error:
        # Refused before any connection: the Sources page tells the same.
        report = HealthReport(Health.MISCONFIGURED, error.detail)
    return Finding("connector", offer.name, report.health is Health.OK, _sentence(offer, report))


def _sentence(offer: SourceOffer, report: HealthReport) -> str:
    owner = offer.support or offer.owner or offer.name
    return text(f"doctor.health.{report.health}", owner=owner, detail=report.detail)


def status(findings: tuple[Finding, ...]) -> int:
    """Return the exit status."""
    return 0 if all(finding.ok for finding in findings) else 1


def as_json(findings: tuple[Finding, ...]) -> dict[str, JSON]:
    """Return the findings as the module's docstring describes."""
    rows: list[JSON] = [
        {"about": item.about, "name": item.name, "ok": item.ok, "sentence": item.sentence}
        for item in findings
    ]
    return {"ok": status(findings) == 0, "findings": rows}


def print_report(findings: tuple[Finding, ...], console: Console) -> None:
    """Print the findings for a person at a terminal."""
    table = Table(show_header=False, box=None)
    for finding in findings:
        mark = Text("✓", style="green") if finding.ok else Text("✗", style="red")
        table.add_row(mark, finding.name, finding.sentence)
    console.print(table)
    wrong = sum(not finding.ok for finding in findings)
    console.print(plural("doctor.needs_person", wrong) if wrong else text("doctor.ok"), highlight=False)
