"""Connectors of Avise in Python, led by a file: manifest, options, and the `connector.toml` beside them.

A profile usually names its own file (`kind = "python"`, `use = "webdav"`), which wins; this one serves an
instance that names the entry point itself, and is the example to start from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from avise.connectors.contract import ConnectorEnv, ConnectorError, Manifest
from avise.connectors.declarative.instance import http_endpoint
from avise.connectors.declarative.manifest import manifest_of
from avise.connectors.declarative.schema import PythonFile
from avise.connectors.endpoints import HttpEndpoint
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

FILE_NAME = "connector.toml"
OptionsT = TypeVar("OptionsT", bound=BaseModel)


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


class FileLedConnector(Generic[OptionsT]):
    """What a connector file says of a connector, and the instance that it was opened for.

    Args:
        manifest: of the file that names this connector; the one beside the code when None.
        options: of the same file.
    """

    options_model: type[OptionsT]
    """Checks `[options]`; `avise connector check` reads it too."""
    code: str
    """Any module of the connector's folder."""

    def __init__(self, manifest: Manifest | None = None, options: Mapping[str, JSON] | None = None) -> None:
        self._shipped = ShippedFile(self.code)
        self.manifest = manifest or self._shipped.manifest
        told = self._shipped.options if options is None else options
        self._options = self.options_model.model_validate(told)
        self._env: ConnectorEnv | None = None

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration; nothing is connected before the first call."""
        self._env = env

    async def aclose(self) -> None:
        """Nothing is held."""

    @property
    def _config(self) -> Mapping[str, JSON]:
        """The instance's values; CONFIG before it was opened."""
        return self._opened().config

    def _opened(self) -> ConnectorEnv:
        """Return the instance; CONFIG before it was opened."""
        if self._env is None:
            raise ConnectorError(ErrorKind.CONFIG, "the connector is not open", origin=Origin.HOST)
        return self._env


class HttpFileLedConnector(FileLedConnector[OptionsT]):
    """The same, of a tool behind HTTP."""

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint:
        """Return where the tool is, as the file beside the code says.

        Raises:
            ConnectorError: CONFIG when a value lacks.
        """
        return self._shipped.http_endpoint(config)
