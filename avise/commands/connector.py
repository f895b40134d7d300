"""`avise connector check|new`: write a connector as a file, and know every error with its line."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from avise.connectors.declarative import check_connector_file, new_connector_file
from avise.connectors.wheels import WheelShelf
from avise.models.errors import AviseError
from avise.services.profile import WHEELS_FOLDER
from avise.texts import plural, text

NEEDS_A_PERSON = 1


def check(path: Path, console: Console, profile: Path | None = None) -> int:
    """Print every error of a connector file with its line; return the exit status.

    Args:
        path: the file.
        console: where to print.
        profile: whose wheels a file of kind `python` may use besides what is installed.
    """
    refuse_no_file(path)
    wheels = WheelShelf(profile / WHEELS_FOLDER if profile is not None else None)
    problems = check_connector_file(path, wheels.points())
    for problem in problems:
        console.print(
            f"{path}:{problem.line}: {problem.sentence()}", highlight=False, soft_wrap=True, markup=False
        )
    if problems:
        console.print(plural("connector.problems", len(problems), file=path.name), highlight=False)
        return NEEDS_A_PERSON
    console.print(text("connector.ok", file=path.name), highlight=False)
    return 0


def refuse_no_file(path: Path) -> None:
    """Refuse what cannot be a connector file.

    Raises:
        AviseError: `connector.is_folder` or `connector.no_file`.
    """
    if path.is_dir():
        raise AviseError("connector.is_folder", file=str(path))
    if not path.is_file():
        raise AviseError("connector.no_file", file=str(path))


def new(kind: str, path: Path, console: Console) -> int:
    """Write a commented connector file to fill in; never over an existing one."""
    write_new(path, new_connector_file(kind))
    console.print(text("connector.written", file=str(path)), highlight=False)
    return 0


def write_new(path: Path, content: str) -> None:
    """Write a file that is not there yet.

    Raises:
        AviseError: `connector.exists` or `connector.cannot_write`.
    """
    made = False
    try:
        with path.open("xb") as file:
            made = True
            file.write(content.encode())
    except FileExistsError:
        raise AviseError("connector.exists", file=str(path)) from None
    except OSError:
        if made:
            # Half of a file would be one that exists already.
            path.unlink(missing_ok=True)
        raise AviseError("connector.cannot_write", file=str(path)) from None
