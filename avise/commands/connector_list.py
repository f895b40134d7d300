"""`avise connector list`: every connector that is known here, where it comes from and how it stands.

No tool is asked; only code that a file of the profile uses is imported. JSON:
`{"connectors": [{"id", "name", "origin", "from", "version",
"contract", "state", "reason", "detail", "instances"}]}`; a state is "ready", "refused", "quarantined" or
"disabled"; exit status 1 when something needs a person.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

import avise.connectors
from avise.commands.aligned_lines import aligned_lines
from avise.connectors.declarative import check_connector_file
from avise.connectors.declarative.build import BUILT_IN
from avise.connectors.ports import InstanceSettings
from avise.connectors.refusals import QUARANTINED
from avise.connectors.registry import Registry
from avise.connectors.shipped import FILE_NAME
from avise.connectors.starts import START_FILE, StartLog
from avise.connectors.wheels import WheelConnector, WheelShelf
from avise.models.json_types import JSON
from avise.services.profile import Profile
from avise.texts import text

NEEDS_A_PERSON = 1

CODE = Path(avise.connectors.__file__).parent
"""Where the connectors that ship with Avise are."""


@dataclass(frozen=True, slots=True)
class KnownConnector:
    """One row."""

    id: str
    name: str
    origin: str
    """"built_in", "file" or "wheel"."""
    place: str
    """Name of the file, or of the wheel with its version."""
    version: str
    contract: str
    refused_because: str = ""
    detail: str = ""
    instances: tuple[str, ...] = ()
    disabled: bool = False
    """By the profile, for all of its instances."""

    @property
    def state(self) -> str:
        """Return how it stands, in one word."""
        if self.refused_because:
            return "quarantined" if self.refused_because == QUARANTINED else "refused"
        return "disabled" if self.disabled else "ready"


def known_connectors(profile: Profile) -> tuple[KnownConnector, ...]:
    """Return every connector of a profile, of its wheels and of Avise itself."""
    shelf = WheelShelf(profile.wheels_folder)
    starts = _starts(profile)
    rows = [
        *_files(profile, shelf, starts),
        *map(_of_wheel, shelf.connectors.values()),
        *_built_in(),
    ]
    return tuple(_used(row, profile, starts) for row in rows)


def _starts(profile: Profile) -> StartLog:
    """Return what is remembered of the starts, as the next one will see it; nothing is written."""
    starts = StartLog(profile.folder / START_FILE)
    registry = Registry(profile.connectors_folder, profile.wheels_folder)
    for name, section in profile.settings.instances.items():
        starts.compare(name, registry.content_of(InstanceSettings(name, section.connector)))
    return starts


def _files(profile: Profile, shelf: WheelShelf, starts: StartLog) -> Iterator[KnownConnector]:
    folder = profile.connectors_folder
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        row = _row(path.stem, _header(path), "file", path.name)
        if _set_apart(row, profile, starts):
            yield row  # the check may import the code that it uses
            continue
        problems = check_connector_file(path, shelf.points())
        if problems:
            first = f"{path.name}:{problems[0].line}: {problems[0].sentence()}"
            row = replace(row, refused_because="source.refused.file", detail=first)
        yield row


def _of_wheel(found: WheelConnector) -> KnownConnector:
    row = _row(found.name, dict(found.header or {}), "wheel", f"{found.wheel} {found.wheel_version}")
    if found.refusal is None:
        return row
    return replace(row, refused_because=found.refusal.because, detail=found.refusal.detail)


def _built_in() -> Iterator[KnownConnector]:
    for name in sorted(BUILT_IN):
        path = CODE / name / FILE_NAME
        yield _row(name, _header(path), "built_in", name)


def _header(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text("utf-8")).get("connector")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _row(identifier: str, header: dict[str, Any], origin: str, place: str) -> KnownConnector:
    told = {key: str(header.get(key, "")) for key in ("name", "version", "contract")}
    return KnownConnector(identifier, told["name"], origin, place, told["version"], told["contract"])


def _set_apart(row: KnownConnector, profile: Profile, starts: StartLog) -> str:
    """Return the instance of a connector that was set apart, "" for none."""
    instances = profile.settings.instances.items()
    return next((name for name, one in instances if one.connector == row.id and starts.quarantined(name)), "")


def _used(row: KnownConnector, profile: Profile, starts: StartLog) -> KnownConnector:
    """Add which instances use a connector, and whether one of them was set apart."""
    users = [(name, one) for name, one in profile.settings.instances.items() if one.connector == row.id]
    apart = _set_apart(row, profile, starts)
    used = replace(
        row,
        instances=tuple(name for name, _ in users),
        disabled=bool(users) and not any(one.enabled for _, one in users),
    )
    if apart and not used.refused_because:
        return replace(used, refused_because=QUARANTINED, detail=starts.reason(apart))
    return used


def status(rows: Sequence[KnownConnector]) -> int:
    """Return the exit status."""
    return NEEDS_A_PERSON if any(row.refused_because for row in rows) else 0


def as_json(rows: Sequence[KnownConnector]) -> dict[str, JSON]:
    """Return the rows as the module's docstring describes."""
    return {
        "connectors": [
            {
                "id": row.id,
                "name": row.name,
                "origin": row.origin,
                "from": row.place,
                "version": row.version,
                "contract": row.contract,
                "state": row.state,
                "reason": row.refused_because,
                "detail": row.detail,
                "instances": list(row.instances),
            }
            for row in rows
        ]
    }


def print_rows(rows: Sequence[KnownConnector], console: Console) -> int:
    """Print the rows for a person; return the exit status.

    One line a connector wherever that is not cut: in a pipe, a file, a wide terminal. Two elsewhere.
    """
    lines = list(_lines(rows))
    if console.is_terminal and max(line.cell_len for line in lines) > console.width:
        lines = [line for row in rows for line in _two_lines(row, console.width)]
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
    for row in rows:
        if row.refused_because:
            reason = text(row.refused_because, detail=row.detail)
            extra = f" ({row.detail})" if row.detail and row.detail not in reason else ""
            console.print(Text(f"{row.id} : {reason}{extra}"), highlight=False)
    return status(rows)


_COLUMNS = ("id", "name", "origin", "version", "contract", "state", "instances")


def _lines(rows: Sequence[KnownConnector]) -> Iterator[Text]:
    """Yield one line a connector, its columns under their titles."""
    lines = [[Text(text(f"connector_list.{column}"), style="bold") for column in _COLUMNS]]
    for row in rows:
        told = [Text(cell) for cell in (row.id, row.name, _origin(row), row.version, row.contract)]
        lines.append([*told, _state(row), Text(", ".join(row.instances))])
    yield from aligned_lines(lines)


def _two_lines(row: KnownConnector, width: int) -> Iterator[Text]:
    """Yield what it is and how it stands, then where it comes from and what uses it."""
    state = _state(row)
    title = Text.assemble((row.id, "bold"), f"  {row.name}")
    title.truncate(max(width - state.cell_len - 2, 1), overflow="ellipsis", pad=True)
    yield title.append("  ").append_text(state)
    told = [_origin(row), row.version, f"{text('connector_list.contract').lower()} {row.contract}"]
    if row.instances:
        told.append(f"{text('connector_list.instances').lower()} {', '.join(row.instances)}")
    # A part is not torn from its name: lines break between parts, or within a long list.
    kept = " · ".join(part.replace(" ", _HELD, 1) for part in told)
    folded = textwrap.wrap(
        kept,
        width,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield Text("\n".join(folded).replace(_HELD, " "), style="dim")


_HELD = "\u2060"
"""Stands for a space at which no line is broken."""


def _origin(row: KnownConnector) -> str:
    return text(f"connector_list.origin.{row.origin}", place=row.place)


def _state(row: KnownConnector) -> Text:
    return Text(text(f"connector_list.state.{row.state}"), style=_STYLES[row.state])


_STYLES = {"ready": "green", "refused": "red", "quarantined": "red", "disabled": "dim"}
