"""`avise connector new --from-openapi`: a connector file proposed from a tool's own description."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from avise.commands.connector import write_new
from avise.commands.wrong_argument import WrongArgumentError
from avise.connectors.declarative import check_connector_file
from avise.connectors.openapi import propose_connector
from avise.texts import plural, text

NEEDS_A_PERSON = 1


def new_from_openapi(spec: Path, path: Path | None, facets: Sequence[str], console: Console) -> int:
    """Write a proposed file, never over an existing one; return the exit status.

    It is 1 when something must be corrected before the file can be tried at all.

    Raises:
        AviseError: the description cannot be read, or the file cannot be written.
    """
    if spec.parts[:1] in (("http:",), ("https:",)):
        # A path has lost one of its strokes.
        raise WrongArgumentError("connector_new.spec_elsewhere")
    proposal = propose_connector(spec, facets)
    target = path or Path(f"{proposal.id}.toml")
    write_new(target, proposal.content)
    told = text(
        "connector_new.proposed",
        file=str(target),
        readings=plural("connector_new.readings", proposal.readings),
        to_check=plural("connector_new.to_check", proposal.to_check),
    )
    console.print(told, highlight=False)
    problems = check_connector_file(target)
    if problems:
        console.print(text("connector_new.problems", file=str(target)), highlight=False)
    for problem in problems:
        console.print(f"{target}:{problem.line}: {problem.sentence()}", highlight=False, soft_wrap=True)
    return NEEDS_A_PERSON if problems else 0
