"""A connector file to start from, with comments in French, one for each kind of tool."""

from __future__ import annotations

from pathlib import Path

from avise.connectors.declarative.kinds import KINDS
from avise.models.errors import AviseError
from avise.resources import resource_folder

TEMPLATE_FOLDER = "connectors/templates"


def new_connector_file(kind: str) -> str:
    """Return the text of a commented connector file that passes the check as it is.

    Args:
        kind: "rest", "sql", "files" or "python".

    Raises:
        AviseError: no such kind.
    """
    if kind not in KINDS:
        raise AviseError("connector_check.not_one_of", given=kind, choices=", ".join(KINDS))
    return template_path(kind).read_text(encoding="utf-8")


def template_path(kind: str) -> Path:
    """Return where the template of a kind is kept."""
    return resource_folder(TEMPLATE_FOLDER) / f"{kind}.toml"
