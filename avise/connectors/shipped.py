"""The `connector.toml` that stands beside a Python connector of Avise: its manifest and its options.

A profile usually names its own file (`kind = "python"`, `use = "webdav"`), which wins; this one serves an
instance that names the entry point itself, and is the example to start from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from avise.connectors.contract import ConnectorError, Manifest
from avise.connectors.declarative.instance import http_endpoint
from avise.connectors.declarative.manifest import manifest_of
from avise.connectors.declarative.schema import PythonFile
from avise.connectors.endpoints import HttpEndpoint
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

FILE_NAME = "connector.toml"


class ShippedFile:
    """A connector's own file, read when it is needed.

    Args:
        code: any module of the connector's folder.
    """

    def __init__(self, code: str) -> None:
        self._path = Path(code).with_name(FILE_NAME)

    @cached_property
    def _file(self) -> PythonFile:
        return PythonFile.model_validate(tomllib.loads(self._path.read_text("utf-8")))

    @property
    def manifest(self) -> Manifest:
        """What the connector offers when no other file says it."""
        return manifest_of(self._file)

    @property
    def options(self) -> Mapping[str, JSON]:
        """How it maps the tool when no other file says it."""
        return self._file.options

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint:
        """Return where the tool is for an instance's values.

        Raises:
            ConnectorError: CONFIG when a value lacks, or the file has no `[http]`.
        """
        if self._file.http is None:
            raise ConnectorError(ErrorKind.CONFIG, "no [http] in the file", origin=Origin.CONNECTOR)
        return http_endpoint(self._file.http, self._file.config, config)
