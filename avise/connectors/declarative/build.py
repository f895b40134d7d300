"""From a checked file to the connector that executes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from pydantic import BaseModel

from avise.connectors.contract import ENTRY_POINT_GROUP, Connector, Manifest
from avise.connectors.declarative.schema import AnyFile, CsvFileConnector, PythonFile, RestFile, SqlFile

BUILT_IN = {
    "webdav": "avise.connectors.webdav.connector:WebdavConnector",
    "caldav": "avise.connectors.caldav.connector:CaldavConnector",
    "jsonrpc": "avise.connectors.jsonrpc.connector:JsonrpcConnector",
    "imap": "avise.connectors.imap.connector:ImapConnector",
    "soap": "avise.connectors.soap.connector:SoapConnector",
    "trytond": "avise.connectors.trytond.connector:TrytondConnector",
}
"""Python connectors that ship with Avise, found even where its metadata are not installed."""


class LoadsClass(Protocol):
    """What stands for a class that was not imported yet: an entry point."""

    def load(self) -> object:
        """Import the class."""


Points = Mapping[str, LoadsClass]
"""Classes of Python connectors by the name that `use` gives."""

NO_WHEELS: Points = {}


def build_connector(file: AnyFile, manifest: Manifest, wheels: Points = NO_WHEELS) -> Connector:
    """Return the connector of a checked file, not opened.

    `wheels` are classes found beside those that are installed with Avise, which win.

    Modules are imported here and not before, so that a site without SQL never imports SQLAlchemy.
    """
    if isinstance(file, RestFile) and file.action:
        from avise.connectors.declarative.rest_actions import ActingRestConnector  # noqa: PLC0415 - see above

        return ActingRestConnector(file, manifest)
    if isinstance(file, RestFile):
        from avise.connectors.declarative.rest import RestConnector  # noqa: PLC0415 - see above

        return RestConnector(file, manifest)
    if isinstance(file, SqlFile):
        from avise.connectors.declarative.sql import SqlConnector  # noqa: PLC0415 - see above

        return SqlConnector(file, manifest)
    if isinstance(file, CsvFileConnector):
        from avise.connectors.declarative.files import FilesConnector  # noqa: PLC0415 - see above

        return FilesConnector(file, manifest)
    return _python_connector(file, manifest, wheels)


def python_connector_names(wheels: Points = NO_WHEELS) -> tuple[str, ...]:
    """Return the names that `use` may take: installed entry points, wheels, and what ships with Avise."""
    return tuple(sorted({*_entry_points(), *wheels}))


@cache
def _entry_points() -> dict[str, EntryPoint]:
    shipped = {name: EntryPoint(name, value, ENTRY_POINT_GROUP) for name, value in BUILT_IN.items()}
    return shipped | {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}


def options_model(use: str, wheels: Points = NO_WHEELS) -> type[BaseModel] | None:
    """Return the model of the `[options]` of a Python connector, None when it declares none.

    The class says it by its attribute `options_model`; its code is imported here.
    """
    point = _point(use, wheels)
    try:
        model = getattr(point.load(), "options_model", None) if point else None
    except (ImportError, AttributeError):
        return None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _point(use: str, wheels: Points) -> LoadsClass | None:
    return _entry_points().get(use) or wheels.get(use)


def _python_connector(file: PythonFile, manifest: Manifest, wheels: Points) -> Connector:
    point = _point(file.connector.use or "", wheels)
    if point is None:  # the check of the file has told it
        raise LookupError(file.connector.use)
    factory = cast("Callable[..., Connector]", point.load())
    return factory(manifest, file.options)
