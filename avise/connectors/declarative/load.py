"""Reads a connector file: every error with its line, or the connector ready to open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from avise.connectors.contract import Connector, Manifest
from avise.connectors.declarative.action_checks import check_actions
from avise.connectors.declarative.build import build_connector, options_model, python_connector_names
from avise.connectors.declarative.checks import check_document
from avise.connectors.declarative.documents import read_document
from avise.connectors.declarative.instance import http_endpoint, sql_endpoint
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
from avise.models.errors import AviseError
from avise.models.json_types import JSON

_SECTION_OF_KIND = (("sql", "sql"), ("csv", "files"), ("options", "python"), ("http", "rest"))


@dataclass(frozen=True, slots=True)
class LoadedConnector:
    """A checked file: what it offers, the connector to open, and where its tool is for an instance."""

    manifest: Manifest
    connector: Connector
    file: AnyFile

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


def check_connector_file(path: Path) -> list[ProblemAt]:
    """Return every error of a connector file with its line, in the order of lines; empty when it is good.

    Raises:
        OSError: the file cannot be read.
    """
    return _read(path)[0]


def load_connector_file(path: Path) -> LoadedConnector:
    """Return the connector that a file describes, not opened yet.

    Raises:
        OSError: the file cannot be read.
        ConnectorFileError: the file has errors; all of them are in it.
    """
    problems, file = _read(path)
    if file is None:
        raise ConnectorFileError(path, tuple(problems))
    manifest = manifest_of(file)
    return LoadedConnector(manifest, build_connector(file, manifest), file)


def _read(path: Path) -> tuple[list[ProblemAt], AnyFile | None]:
    document = read_document(path)
    if document.problems:
        return list(document.problems), None
    findings, file = _check(document.values)
    return document.placed(findings), file


def _check(document: dict[str, Any]) -> tuple[list[Finding], AnyFile | None]:
    findings = [*check_document(document), *check_actions(document)]
    model = _model(document)
    file: AnyFile | HeaderFile | None = None
    try:
        file = model.model_validate(document)
    except ValidationError as error:
        findings += findings_of(error, model)
    if isinstance(file, PythonFile):
        findings += _python_findings(file)
    return findings, None if findings or isinstance(file, HeaderFile) else file


def _model(document: Mapping[str, Any]) -> type[AnyFile] | type[HeaderFile]:
    """Return the model of a document's kind; of the kind that its sections betray when it is not said."""
    header = document.get("connector")
    kind = header.get("kind") if isinstance(header, dict) else None
    if isinstance(kind, str) and kind in MODELS:
        return MODELS[kind]
    betrayed = (kind for section, kind in _SECTION_OF_KIND if section in document)
    return MODELS.get(next(betrayed, ""), HeaderFile)


def _python_findings(file: PythonFile) -> Iterable[Finding]:
    """Tell a Python connector that is not there, and what is wrong in the options given to it."""
    use, known = file.connector.use or "", python_connector_names()
    if use not in known:
        params = {"name": use, "suggestion": closest(use, known)}
        return [Finding(("connector", "use"), "unknown_python", params)]
    model = options_model(use)
    if model is None:
        return []
    told = file.options.get("actions")
    silent = [
        Finding(("action", index, "id"), "action_without_options", {"name": action.id})
        for index, action in enumerate(file.action)
        if "actions" in model.model_fields and action.id not in (told if isinstance(told, dict) else {})
    ]
    try:
        model.model_validate(file.options)
    except ValidationError as error:
        wrong = findings_of(error, model)
        return [*silent, *(replace(found, path=("options", *found.path)) for found in wrong)]
    return silent
