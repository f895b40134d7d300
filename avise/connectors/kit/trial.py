"""What every check is given: the connector, its scenarios, its tool, and how severe to be."""

from __future__ import annotations

import ssl
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from avise.connectors.contract import ActionSpec, FacetOffer, Manifest
from avise.connectors.endpoints import HttpEndpoint
from avise.connectors.kit.scenarios import ActionScenario, Known, Scenarios
from avise.connectors.kit.subject import Subject
from avise.connectors.kit.upstream import LiveTool, Recorder, Recording, Tape, Upstream
from avise.connectors.readings import TIMELINE, TIMELINE_OFFER
from avise.env import Env, SystemEnv

CANCELLATIONS = 10
THOROUGH_CANCELLATIONS = 50
ROUNDS = 20
AT_ONE_FAULT = 2
"""Readings on which one fault is tried, where not all are wished."""


@dataclass(frozen=True, slots=True)
class Severity:
    """How much is tried.

    Args:
        cancellations: random moments at which a reading is given up.
        every_reading: each fault on each reading; otherwise on two, so that every reading meets some.
        rounds: times that it is opened, asked and closed, to see what it leaves.
    """

    cancellations: int = CANCELLATIONS
    every_reading: bool = False
    rounds: int = ROUNDS


THOROUGH = Severity(THOROUGH_CANCELLATIONS, every_reading=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """One connector against its tool.

    Args:
        subject: the connector.
        scenarios: what to ask of it.
        upstream: gives what stands behind the proxy for an origin.
        acts: the tool really changes when it is asked to; a recording does not.
        severity: how much is tried.
        env: clock and chance.
    """

    subject: Subject
    scenarios: Scenarios
    upstream: Callable[[str], Upstream]
    acts: bool = True
    severity: Severity = field(default_factory=Severity)
    env: Env = field(default_factory=SystemEnv)
    used: set[str] = field(default_factory=set)
    """Records that an action has used up."""

    @property
    def manifest(self) -> Manifest:
        """What the connector declares."""
        return self.subject.manifest

    def readings(self) -> Sequence[str]:
        """Return what it reads: its facets, and "timeline"."""
        manifest = self.manifest
        timeline = [TIMELINE] if manifest.timeline else []
        return (*(offer.facet for offer in manifest.facets), *timeline)

    def offer(self, reading: str) -> FacetOffer:
        """Return how a reading is offered."""
        return next((offer for offer in self.manifest.facets if offer.facet == reading), TIMELINE_OFFER)

    def under_faults(self, turn: int = 0) -> Sequence[str]:
        """Return the readings on which a fault is tried: two, others at each turn, unless all are wished."""
        readings = self.readings()
        if self.severity.every_reading or len(readings) <= AT_ONE_FAULT:
            return readings
        return [readings[(turn + step) % len(readings)] for step in range(AT_ONE_FAULT)]

    def known_codes(self) -> Sequence[str]:
        """Return codes of the tool that are known: those of the scenarios, or of the file's maps."""
        if self.scenarios.codes:
            return self.scenarios.codes
        maps = list(_maps(_document(self.subject.file))) if self.subject.file is not None else []
        texts = [one for one in maps if all(isinstance(value, str) for value in one.values())]
        # A letter that stands for true or false elsewhere is no code there: a new one cannot be read.
        others = {code for one in maps if one not in texts for code in one}
        return sorted({code for one in texts for code in one} - others)

    def known_for(self, reading: str) -> Sequence[Known]:
        """Return the customers whose reading has something to show."""
        return [known for known in self.scenarios.known if not known.readings or reading in known.readings]

    def spec(self, scenario: ActionScenario) -> ActionSpec:
        """Return how an action is declared."""
        return next(spec for spec in self.manifest.actions if spec.action == scenario.id)

    def secrets(self) -> Mapping[str, str]:
        """Return the values of the instance's secrets."""
        return self.scenarios.tool.secret_values()


def _document(path: Path) -> object:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _maps(value: object) -> Iterator[Mapping[str, object]]:
    """Yield the maps of a file: what its tool's codes become."""
    if isinstance(value, list):
        for inner in value:
            yield from _maps(inner)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name == "map" and isinstance(inner, dict):
            yield inner
        else:
            yield from _maps(inner)


def recording_of(tape: Tape) -> Callable[[str], Upstream]:
    """Return what asks running tools and keeps their answers on a tape."""

    def upstream(origin: str) -> Upstream:
        tape.origin = origin
        return Recorder(LiveTool(origin), tape)

    return upstream


def recorded(tape: Tape) -> Callable[[str], Upstream]:
    """Return what answers from a tape."""
    return lambda _: Recording(tape)


def origin_of(endpoint: HttpEndpoint) -> str:
    """Return the scheme, host and port of a tool."""
    parts = urlsplit(endpoint.base_url)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def system_tls() -> ssl.SSLContext:
    """Return the certificates that the system trusts, read once."""
    return ssl.create_default_context()
