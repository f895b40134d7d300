"""Prepare the tools' data: one pass over the population feeds all those that are not ready yet."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from avise.demo.population.entities import Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import ToolKind, ToolLoader, tool_kinds

PREPARED_FOLDER = "prepared"

_REPORT_EVERY = 100
"""Dossiers between two reports of progress."""

_KEPT_WORLDS = 3
"""A demonstration that passes today's date makes a world a day: older ones are thrown away."""

Progress = Callable[[int, int], None]
"""Called with (dossiers done, dossiers in all)."""


def spec_key(spec: WorldSpec) -> str:
    """Return the name of a world's folder: the same for equal specs, on any machine."""
    text = json.dumps(asdict(spec), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def prepared_folder(data_dir: Path, spec: WorldSpec, kind: ToolKind) -> Path:
    """Return where a tool's data are, or would be; it exists only when they are complete."""
    return data_dir / PREPARED_FOLDER / spec_key(spec) / f"{kind.name}-{kind.data_format}"


def prepare(
    data_dir: Path,
    spec: WorldSpec,
    tools: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Path]:
    """Return the folder of each tool's data, made first where it lacks.

    Args:
        data_dir: kept between runs; created when missing.
        spec: the world.
        tools: names, all eight by default.
        progress: told now and then how far the pass is.
    """
    kinds = tool_kinds(tools)
    folders = {kind.name: prepared_folder(data_dir, spec, kind) for kind in kinds}
    missing = [kind for kind in kinds if not folders[kind.name].is_dir()]
    if missing:
        lay_down(data_dir, spec, missing, iter_dossiers(spec), progress)
        _forget_old_worlds(data_dir / PREPARED_FOLDER)
    return folders


def lay_down(
    data_dir: Path,
    spec: WorldSpec,
    kinds: Sequence[ToolKind],
    dossiers: Iterable[Dossier],
    progress: Progress | None = None,
) -> None:
    """Load these dossiers in the tools, and give the folders their names once all are complete.

    Args:
        data_dir: kept between runs.
        spec: the world that the dossiers make up.
        kinds: tools that are not prepared yet.
        dossiers: read once.
        progress: told now and then how far the pass is.
    """
    parent = data_dir / PREPARED_FOLDER / spec_key(spec)
    parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="loading-", dir=parent))
    try:
        with contextlib.ExitStack() as closing:
            loaders = [_open_loader(kind, aside / kind.name, spec, closing) for kind in kinds]
            for done, dossier in enumerate(dossiers, 1):
                for loader in loaders:
                    loader.add(dossier)
                if progress is not None and done % _REPORT_EVERY == 0:
                    progress(done, spec.dossiers)
        for kind in kinds:
            _put_in_place(aside / kind.name, prepared_folder(data_dir, spec, kind))
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _open_loader(kind: ToolKind, folder: Path, spec: WorldSpec, closing: contextlib.ExitStack) -> ToolLoader:
    folder.mkdir()
    loader = kind.open_loader(folder, spec)
    closing.callback(loader.close)
    return loader


def _put_in_place(made: Path, folder: Path) -> None:
    """Give a complete folder its name; another process may have been first, its data are the same."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _forget_old_worlds(parent: Path) -> None:
    """Remove the worlds made longest ago; a server that still has their files open keeps reading them."""
    worlds = sorted(parent.iterdir(), key=lambda world: world.stat().st_mtime, reverse=True)
    for world in worlds[_KEPT_WORLDS:]:
        shutil.rmtree(world, ignore_errors=True)
