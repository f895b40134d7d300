"""The connector under test: how to load it anew, and the files that it is made of."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast

from avise.connectors.contract import ENTRY_POINT_GROUP, Connector, Manifest
from avise.connectors.instance import Loaded
from avise.connectors.kit.contents import code_of, code_used_by
from avise.connectors.registry import PythonConnector
from avise.connectors.wheels import WheelConnector, WheelShelf
from avise.models.errors import AviseError


@dataclass(frozen=True, slots=True)
class Subject:
    """One connector.

    Args:
        name: what it is called on the command line and in reports.
        load: gives it, not opened, new each time.
        home: where its result file and its `conformance.toml` stand.
        file: its connector file, None for a class.
        code: files of its own Python code; a result counts for these and `file` as they are.
        module: that its code is in, "" for a file that Avise's own code executes.
        distribution: package that ships it, "" for none.
        declarative: Avise's own code executes it, which does more than each file declares.
    """

    name: str
    load: Callable[[], Loaded]
    home: Path
    file: Path | None = None
    code: Sequence[Path] = ()
    module: str = ""
    distribution: str = ""
    declarative: bool = False

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self.load().manifest


def subject_of(target: str, shelf: WheelShelf | None = None) -> Subject:
    """Return the connector that a command line names: a file, a wheel's, or an installed package's.

    Args:
        target: path of a file, or name of a connector.
        shelf: the wheels of a profile, None without one.

    Raises:
        AviseError: there is no such connector, the program would refuse its wheel, or its file has errors.
    """
    path, shelf = Path(target), shelf or WheelShelf(None)
    if path.suffix == ".toml" or path.is_file():
        return subject_of_file(path, shelf)
    wheel = shelf.connectors.get(target)
    if wheel is not None:
        _refuse_as_the_program(wheel)
        if wheel.manifest_path is not None:
            return subject_of_file(wheel.manifest_path, shelf)
    for point in entry_points(group=ENTRY_POINT_GROUP, name=target):
        return _subject_of_entry_point(point)
    raise AviseError("kit.no_connector", name=target)


def subject_of_file(path: Path, shelf: WheelShelf | None = None) -> Subject:
    """Return the connector of a file, which may stand in a wheel.

    Args:
        path: the file.
        shelf: the wheels whose classes it may use, None for none.

    Raises:
        AviseError: there is no such file, the program would refuse its wheel, or it has errors: all of
            them are in it.
    """
    # Imported here: a Python connector is tested without the readers of files.
    from avise.connectors.declarative.load import load_connector_file  # noqa: PLC0415 - see above

    if not path.is_file():
        raise AviseError("connector.no_file", file=str(path))
    shelf = shelf or WheelShelf(None)
    wheel = _wheel_with(path, shelf)
    if wheel is not None:
        _refuse_as_the_program(wheel)
    points = shelf.points()
    load_connector_file(path, points)
    return Subject(
        path.stem,
        lambda: load_connector_file(path, points),
        path.parent,
        file=path,
        code=code_used_by(path),
        module=wheel.point.module if wheel is not None and wheel.has_code else "",
        distribution=wheel.wheel if wheel is not None else "",
        declarative=True,
    )


def _wheel_with(path: Path, shelf: WheelShelf) -> WheelConnector | None:
    """Return the connector of a wheel whose file this is."""
    for wheel in shelf.connectors.values():
        if wheel.manifest_path is not None and wheel.manifest_path.resolve() == path.resolve():
            return wheel
    return None


def _refuse_as_the_program(wheel: WheelConnector) -> None:
    if wheel.refusal is not None:
        raise AviseError(wheel.refusal.because, detail=wheel.refusal.detail)


def _subject_of_entry_point(point: EntryPoint) -> Subject:
    def load() -> Loaded:
        connector = cast("Callable[[], Connector]", point.load())()
        return PythonConnector(connector.manifest, connector)

    code = code_of(point.module)
    home = code[0].parent if code else Path()
    distribution = point.dist.name if point.dist is not None else ""
    return Subject(point.name, load, home, code=code, module=point.module, distribution=distribution)


def subject_of_class(made: Callable[[], Connector]) -> Subject:
    """Return the connector of a class, or of any function that makes one without argument."""
    file = Path(inspect.getfile(made))

    def load() -> Loaded:
        connector = made()
        return PythonConnector(connector.manifest, connector)

    return Subject(made.__name__, load, file.parent, code=(file,), module=made.__module__)
