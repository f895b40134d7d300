"""Where the files that ship with Avise are: fonts, icons, texts, themes, connector files."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resource_root() -> Path:
    """Return the folder of the resources: in a checkout, in a wheel, or in the packaged program."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    here = Path(__file__).resolve().parent
    installed = here / "_resources"
    return installed if installed.is_dir() else here.parent / "resources"


def resource_folder(name: str) -> Path:
    """Return one folder of the resources ("icons", "translations"…)."""
    return resource_root() / name
