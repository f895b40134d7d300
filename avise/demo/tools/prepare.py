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

from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import ToolKind, tool_kinds

PREPARED_FOLDER = "prepared"

_REPORT_EVERY = 100
"""Dossiers between two reports of progress."""

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
        _load(missing, folders, spec, progress)
    return folders


def _load(
    kinds: Sequence[ToolKind], folders: Mapping[str, Path], spec: WorldSpec, progress: Progress | None
) -> None:
    parent = folders[kinds[0].name].parent
    parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="loading-", dir=parent))
    try:
        _pass_over(kinds, aside, spec, progress)
        for kind in kinds:
            _put_in_place(aside / kind.name, folders[kind.name])
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _pass_over(kinds: Sequence[ToolKind], aside: Path, spec: WorldSpec, progress: Progress | None) -> None:
    with contextlib.ExitStack() as closing:
        loaders = []
        for kind in kinds:
            folder = aside / kind.name
            folder.mkdir()
            loader = kind.open_loader(folder, spec)
            closing.callback(loader.close)
            loaders.append(loader)
        for done, dossier in enumerate(iter_dossiers(spec), 1):
            for loader in loaders:
                loader.add(dossier)
            if progress is not None and done % _REPORT_EVERY == 0:
                progress(done, spec.dossiers)


def _put_in_place(made: Path, folder: Path) -> None:
    """Give a complete folder its name; another process may have been first, its data are the same."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
