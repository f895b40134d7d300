"""The scenarios of a connector: customers whom its tool knows, and what to do for them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from avise.connectors.contract import Manifest
from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.problems import Finding, closest
from avise.connectors.declarative.values import Section, duration
from avise.connectors.readings import TIMELINE
from avise.models.customer import IdentityEvidence
from avise.models.errors import AviseError
from avise.models.json_types import JSON

Scalar = str | int | bool

MANY = 200
"""More records than that show whether a reading that is cut says so."""


class FromEnvironment(Section):
    """A secret that is not written in the file."""

    env: str


class Tool(Section):
    """How the connector's instance is configured."""

    config: dict[str, Scalar] = Field(default_factory=dict)
    secrets: dict[str, str | FromEnvironment] = Field(default_factory=dict)
    deadline: Annotated[timedelta, BeforeValidator(duration)] = timedelta(seconds=1)
    """Of a reading while the tool fails; the facet's own counts otherwise."""

    def secret_values(self) -> Mapping[str, str]:
        """Return the secrets, those of the environment read from it.

        Raises:
            AviseError: a variable is not set.
        """
        return {name: _secret(value) for name, value in self.secrets.items()}


def _secret(value: str | FromEnvironment) -> str:
    if isinstance(value, str):
        return value
    found = os.environ.get(value.env)
    if found is None:
        raise AviseError("kit.no_variable", name=value.env)
    return found


class Known(Section):
    """A customer whom the tool knows."""

    ids: dict[str, str]
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    readings: list[str] = Field(default_factory=list)
    """Facets, and "timeline", that the tool fills for this customer; all when empty."""

    def identity(self) -> IdentityEvidence:
        """Return who this is, as far as the file says."""
        return IdentityEvidence(self.last_name, self.first_name, self.birth_date, self.ids)


class Unknown(Section):
    """A customer whom the tool does not know."""

    ids: dict[str, str]
    empty_for: list[str] = Field(default_factory=list)
    """Readings where the tool cannot tell an unknown customer from one without records."""
    because: str = ""
    """Why it cannot."""


class Many(Known):
    """A customer with more than 200 records in one reading."""

    reading: str


class ErrorIn200(Section):
    """How the tool says an error with the status 200."""

    body: str
    kind: str
    """Kind that it must become."""
    type: str = "application/json"


class RefusedAnswer(Section):
    """How the tool refuses, when nothing that may be typed makes it refuse."""

    status: int
    body: str
    type: str = "application/json"


class Calls(Section):
    """What the telephone says; the kit says it in the tool's place."""

    events: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    """Each as the tool writes it on its stream, one call event in each."""
    type: str = "text/event-stream"
    numbers: list[str] = Field(default_factory=list)
    """Of the callers, as the tool writes them: no log may show them either."""


class Directory(Section):
    """How the kit asks for the directory."""

    smaller_pages: dict[str, str] = Field(default_factory=dict)
    """Values put in the place of the connector's own, in the addresses that it asks: a size of pages.

    A test tool with few people then has several pages.
    """


class FreshRecord(Section):
    """An input that takes another record of the customer each time."""

    input: str
    reading: str


class ActionScenario(Section):
    """An action, on a customer whom one may change."""

    id: str
    ids: dict[str, str]
    input: dict[str, Scalar]
    other_input: dict[str, Scalar] = Field(default_factory=dict)
    """Of a second change, which makes what was read before it out of date."""
    other_action: str = ""
    """By which action that second change is made, when not the same."""
    record: FreshRecord | None = None
    """An input that names a record, when the action uses it up: a new one each time."""
    refused_ids: dict[str, str] = Field(default_factory=dict)
    """A customer for whom the tool refuses, when not the same."""
    refused_input: dict[str, Scalar] = Field(default_factory=dict)
    """What the tool refuses, when not the same input."""
    refused_answer: RefusedAnswer | None = None
    """Given in the tool's place when the command is sent."""


class Scenarios(Section):
    """What a scenarios file says."""

    avise: Literal[1]
    synthetic: bool = False
    """The tool holds nobody real: the one case in which its answers may be recorded."""
    tool: Tool = Field(default_factory=Tool)
    known: list[Known] = Field(min_length=1)
    unknown: Unknown | None = None
    many: Many | None = None
    few_because: str = ""
    """Why the tool can show nobody with so many records: the kit then multiplies those that there are."""
    action: list[ActionScenario] = Field(default_factory=list)
    canaries: dict[str, str] = Field(default_factory=dict)
    """Values that the tool holds about the known customer and that no log may show, by what they are."""
    codes: list[str] = Field(default_factory=list)
    """Codes in the tool's answers, one of which a new version of it would not have known."""
    error_in_200: ErrorIn200 | None = None
    calls: Calls | None = None
    directory: Directory = Field(default_factory=Directory)

    def with_tool(self, config: Mapping[str, JSON], secrets: Mapping[str, str]) -> Scenarios:
        """Return the same for a tool that runs elsewhere."""
        tool = self.tool.model_copy(
            update={
                "config": {**self.tool.config, **config},
                "secrets": {**self.tool.secrets, **secrets},
            }
        )
        return self.model_copy(update={"tool": tool})


class ScenariosError(AviseError):
    """A scenarios file with errors; all of them are in `checked`."""

    def __init__(self, checked: CheckedFile[Scenarios]) -> None:
        super().__init__("kit.scenarios_refused", name=checked.path.name, count=str(len(checked.problems)))
        self.checked = checked


def read_scenarios(path: Path, manifest: Manifest | None = None) -> Scenarios:
    """Return the scenarios of a file.

    Args:
        path: the file.
        manifest: of the connector: names of the file that it does not declare are errors.

    Raises:
        ScenariosError: the file has errors; all of them are in it, each with its line.
        AviseError: there is no such file.
    """
    if not path.is_file():
        raise AviseError("kit.no_scenarios", file=str(path))
    checked = check_file(path, Scenarios, lambda content: _unfit(content, manifest))
    if checked.content is None:
        raise ScenariosError(checked)
    return checked.content


def _unfit(scenarios: Scenarios, manifest: Manifest | None) -> Iterable[Finding]:
    """Tell what the connector does not declare, and exceptions without their reason."""
    unknown = scenarios.unknown
    if unknown is not None and unknown.empty_for and not unknown.because.strip():
        yield Finding(("unknown", "because"), "kit.scenarios.because", missing=True)
    if manifest is None:
        return
    readings = [*(offer.facet for offer in manifest.facets), *([TIMELINE] if manifest.timeline else [])]
    for number, known in enumerate(scenarios.known):
        yield from _strangers(("known", number, "readings"), known.readings, readings)
    if unknown is not None:
        yield from _strangers(("unknown", "empty_for"), unknown.empty_for, readings)
    if scenarios.many is not None:
        yield from _strangers(("many", "reading"), [scenarios.many.reading], readings)
    actions = [spec.action for spec in manifest.actions]
    for number, action in enumerate(scenarios.action):
        yield from _strangers(("action", number, "id"), [action.id], actions)
        others = [action.other_action] if action.other_action else []
        yield from _strangers(("action", number, "other_action"), others, actions)
    config = [declared.name for declared in manifest.config]
    yield from _strangers(("tool", "config"), scenarios.tool.config, config, each=True)
    yield from _strangers(("tool", "secrets"), scenarios.tool.secrets, config, each=True)


def _strangers(
    path: tuple[str | int, ...], given: Iterable[str], known: list[str], *, each: bool = False
) -> Iterable[Finding]:
    for name in given:
        if name not in known:
            place = (*path, name) if each else path
            params = {"name": name, "suggestion": closest(name, known)}
            yield Finding(place, "kit.scenarios.undeclared", params)
