"""A connector file to start from, one for each kind of tool, with comments in the language in use."""

from __future__ import annotations

from pathlib import Path

from avise.connectors.declarative.kinds import KINDS
from avise.models.errors import AviseError
from avise.resources import resource_folder
from avise.texts.catalogue import language

TEMPLATE_FOLDER = "connectors/templates"

SHIPPED_SCHEMA = "#:schema ../../schema.json"
AUTHORS_SCHEMA = "#:schema ./connector.schema.json"
"""What editors complete and check a file with: `avise connector schema > connector.schema.json`."""


def new_connector_file(kind: str) -> str:
    """Return the text of a commented connector file that passes the check as it is.

    Args:
        kind: "rest", "sql", "files" or "python".

    Raises:
        AviseError: no such kind.
    """
    if kind not in KINDS:
        raise AviseError("connector_check.not_one_of", given=kind, choices=", ".join(KINDS))
    written = template_path(kind).read_text(encoding="utf-8")
    return written.replace(SHIPPED_SCHEMA, AUTHORS_SCHEMA, 1)


def template_path(kind: str) -> Path:
    """Return where the template of a kind is kept, in the language in use."""
    return resource_folder(TEMPLATE_FOLDER) / language() / f"{kind}.toml"
