"""Reads a connector file: every error with its line, or the connector ready to open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_origin

from pydantic import ValidationError

from avise.connectors.contract import Connector, Manifest
from avise.connectors.declarative.action_checks import check_actions
from avise.connectors.declarative.build import (
    NO_WHEELS,
    Points,
    build_connector,
    options_model,
    python_connector_names,
)
from avise.connectors.declarative.checks import check_document, found
from avise.connectors.declarative.directory_checks import check_directory
from avise.connectors.declarative.documents import Document, read_document
from avise.connectors.declarative.first_causes import first_causes
from avise.connectors.declarative.headers import header_problem
from avise.connectors.declarative.instance import http_endpoint, sql_endpoint
from avise.connectors.declarative.kinds import kind_of
from avise.connectors.declarative.manifest import manifest_of
from avise.connectors.declarative.problems import Finding, ProblemAt, closest, findings_of
from avise.connectors.declarative.schema import (
    MODELS,
    AnyFile,
    HeaderFile,
    PythonFile,
    RestFile,
    SqlFile,
)
from avise.connectors.endpoints import HttpEndpoint, SqlEndpoint
from avise.connectors.kit.levels import level_of
from avise.models.conformance import ConformanceLevel
from avise.models.errors import AviseError
from avise.models.json_types import JSON


@dataclass(frozen=True, slots=True)
class LoadedConnector:
    """A checked file: what it offers, the connector to open, and where its tool is for an instance."""

    manifest: Manifest
    connector: Connector
    file: AnyFile
    conformance: ConformanceLevel | None = None
    """What the kit found of this very file; None when it was not tested since it changed."""

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint | None:
        """Return the HTTP tool of an instance, None for a connector without HTTP.

        Raises:
            ConnectorError: CONFIG when a value lacks or the address is no HTTP address.
        """
        if isinstance(self.file, RestFile | PythonFile) and self.file.http is not None:
            return http_endpoint(self.file.http, self.file.config, config)
        return None

    def sql_endpoint(self, config: Mapping[str, JSON]) -> SqlEndpoint | None:
        """Return the database of an instance, None for a connector without SQL.

        Raises:
            ConnectorError: CONFIG when a value lacks, or the address holds a password, is not
                read-only or is of an engine that is not read.
        """
        if isinstance(self.file, SqlFile):
            return sql_endpoint(self.file.sql, self.file.config, config)
        return None


class ConnectorFileError(AviseError):
    """A connector file that cannot be used.

    Args:
        path: the file.
        problems: every error, in the order of lines.
    """

    def __init__(self, path: Path, problems: tuple[ProblemAt, ...]) -> None:
        super().__init__("connector_check.refused", name=path.name, count=str(len(problems)))
        self.path = path
        self.problems = problems


def check_connector_file(path: Path, wheels: Points = NO_WHEELS) -> list[ProblemAt]:
    """Return every error of a connector file with its line, in the order of lines; empty when it is good.

    Args:
        path: the file.
        wheels: classes of Python connectors, besides those installed with Avise.

    Raises:
        OSError: the file cannot be read.
    """
    return _read(path, wheels)[0]


def load_connector_file(path: Path, wheels: Points = NO_WHEELS) -> LoadedConnector:
    """Return the connector that a file describes, not opened yet.

    Args:
        path: the file.
        wheels: classes of Python connectors, besides those installed with Avise.

    Raises:
        OSError: the file cannot be read.
        ConnectorFileError: the file has errors; all of them are in it.
    """
    problems, file = _read(path, wheels)
    if file is None:
        raise ConnectorFileError(path, tuple(problems))
    manifest = manifest_of(file)
    return LoadedConnector(manifest, build_connector(file, manifest, wheels), file, level_of(path))


def _read(path: Path, wheels: Points) -> tuple[list[ProblemAt], AnyFile | None]:
    document = read_document(path)
    if document.problems:
        return [_explained(document, problem) for problem in document.problems], None
    findings, file = _check(document.values, wheels)
    return document.placed(first_causes(findings)), file


def _explained(document: Document, problem: ProblemAt) -> ProblemAt:
    """Return the header that was meant, where a table seems to be written twice for want of it."""
    if problem.message_key != "connector_check.syntax_twice":
        return problem
    fields = [item for model in MODELS.values() for item in model.model_fields.items()]
    sections = {name for name, _ in fields}
    lists = {name for name, info in fields if get_origin(info.annotation) is list}
    return header_problem(document.text, sections, lists) or problem


def _check(document: dict[str, Any], wheels: Points) -> tuple[list[Finding], AnyFile | None]:
    kind = kind_of(document)
    model = MODELS.get(kind, HeaderFile)
    findings = [*check_document(document), *check_actions(document), *check_directory(document)]
    if kind == "python":
        findings += _python_findings(document, wheels)
    file: AnyFile | HeaderFile | None = None
    try:
        file = model.model_validate(document)
    except ValidationError as error:
        findings += findings_of(error, model)
    return findings, None if findings or isinstance(file, HeaderFile) else file


def _python_findings(document: Mapping[str, Any], wheels: Points) -> Iterable[Finding]:
    """Tell a Python connector that is not there, and what is wrong in the options given to it."""
    header, options = document.get("connector"), document.get("options", {})
    use, known = header.get("use") if isinstance(header, dict) else None, python_connector_names(wheels)
    if not isinstance(use, str):
        return []  # told by the format's check
    if use not in known:
        params = {"name": use, "suggestion": closest(use, known)}
        return [Finding(("connector", "use"), "unknown_python", params)]
    model = options_model(use, wheels)
    if model is None or not isinstance(options, dict):
        return []
    silent = list(_silent_actions(document, options)) if "actions" in model.model_fields else []
    try:
        model.model_validate(options)
    except ValidationError as error:
        wrong = findings_of(error, model)
        return [*silent, *(replace(one, path=("options", *one.path)) for one in wrong)]
    return silent


def _silent_actions(document: Mapping[str, Any], options: Mapping[str, Any]) -> Iterable[Finding]:
    """Tell an action that the options say nothing of."""
    told = options.get("actions")
    for path, name in found(document, ("action", "*", "id")):
        if isinstance(name, str) and name not in (told if isinstance(told, dict) else {}):
            yield Finding(path, "action_without_options", {"name": name})
