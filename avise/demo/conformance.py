"""The world against which the connectors that ship with Avise are tested: small, one dossier very full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from avise.demo.launcher import DemoTools
from avise.demo.population.entities import Appointment, Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import lay_down, prepared_folder

FULL = 8
"""Index of the dossier that has more than 200 records in every tool."""
RECORDS = 250
APPOINTMENTS = 14
"""The calendar server takes seconds to give two hundred."""
CANCELLED = "annule@exemple.invalid"
"""Appointment of that dossier which was cancelled already."""
_FULL_OF = (
    "cards",
    "benefit_lines",
    "authorizations",
    "contributions",
    "noemie",
    "documents",
    "appointments",
    "complaints",
    "exchanges",
)


def conformance_spec(today: date) -> WorldSpec:
    """Return the world as it stands on a day; its people have the same identifiers on any day."""
    return WorldSpec.for_preset("mini", as_of=today)


def conformance_tools(
    folder: Path, today: date, tools: Sequence[str] | None = None, *, postgres: bool = False
) -> AbstractAsyncContextManager[DemoTools]:
    """Start the simulated tools over that world, prepared first where it lacks.

    Args:
        folder: keeps the prepared data between runs.
        today: the world's day.
        tools: names, all eight by default.
        postgres: contributions in a PostgreSQL server, in place of a file.
    """
    spec = conformance_spec(today)
    kinds = tool_kinds(tools)
    missing = [kind for kind in kinds if not prepared_folder(folder, spec, kind).is_dir()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        lay_down(folder, spec, missing, _dossiers(spec))
    return DemoTools.start(folder, spec, tools=tools, quick=True, postgres=postgres)


def _dossiers(spec: WorldSpec) -> Iterator[Dossier]:
    lent: dict[str, Any] = {}
    """Something of each kind, for a dossier that has none of its own."""
    waiting: Dossier | None = None
    for dossier in iter_dossiers(spec):
        for name in _FULL_OF:
            if entries := getattr(dossier, name):
                lent.setdefault(name, entries[0])
        if dossier.index == FULL:
            waiting = dossier
        else:
            yield dossier
    if waiting is not None:
        yield _filled(waiting, lent, spec.as_of)


def _filled(dossier: Dossier, lent: dict[str, Any], today: date) -> Dossier:
    many: dict[str, Any] = {
        name: _many(getattr(dossier, name) or (lent[name],), "registration" if name == "noemie" else "")
        for name in _FULL_OF
    }
    kept = many["appointments"][-APPOINTMENTS:]
    many["appointments"] = tuple(_ahead(one, rank, today) for rank, one in enumerate(kept))
    return replace(dossier, **many)


def _ahead(appointment: Appointment, rank: int, today: date) -> Appointment:
    """Return an appointment still to come, which one may move or cancel; the first is cancelled already."""
    starts = datetime.combine(today + timedelta(days=30), time(8), UTC) + timedelta(hours=rank)
    uid = CANCELLED if rank == 0 else appointment.uid
    status = "cancelled" if rank == 0 else "confirmed"
    return replace(
        appointment, uid=uid, starts_at=starts, ends_at=starts + timedelta(minutes=30), status=status
    )


def _many(entries: tuple[Any, ...], key: str) -> tuple[Any, ...]:
    """Return at least 250 entries: those there are, and the last one under other identifiers."""
    name = key or fields(entries[-1])[0].name
    model = entries[-1]
    number = getattr(model, name)
    return (*entries, *(replace(model, **{name: f"k{rank:03d}-{number}"}) for rank in range(RECORDS)))
