"""Connectors written in TOML: no code, ten lines, every error with its line."""

from avise.connectors.declarative.load import (
    ConnectorFileError,
    LoadedConnector,
    check_connector_file,
    load_connector_file,
)
from avise.connectors.declarative.problems import ProblemAt
from avise.connectors.declarative.template import new_connector_file

__all__ = [
    "ConnectorFileError",
    "LoadedConnector",
    "ProblemAt",
    "check_connector_file",
    "load_connector_file",
    "new_connector_file",
]
