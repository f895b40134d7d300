"""`avise hub directory`: load who exists into the hub's database, or apply changes, from JSON lines.

A line is a party: `{"native_id", "kind", "last_name", "first_name", "birth_name", "birth_date",
"member_number", "phones", "email", "city", "postcode", "company_name", "siren", "siret", "restricted",
"dossier", "relation", "representative", "ids", "deleted"}`; only the first two are required.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from avise.commands.hub_asked import Asked, say
from avise.commands.hub_database import chosen_database
from avise.commands.hub_parser import NAMESPACE_VARIABLE
from avise.commands.wrong_argument import WrongArgumentError
from avise.directory.party_json import read_party
from avise.hub.directory_loading import StalePlaceError, load_house, update_house
from avise.models.customer import Party
from avise.models.errors import AviseError

PAGE = 5_000


class BadLineError(AviseError):
    """A line of the file is no party; what it says is not repeated."""

    def __init__(self, line: int) -> None:
        super().__init__("hub_command.bad_party", line=str(line))


async def directory_action(asked: Asked) -> int:
    """Load or update the house's directory."""
    chosen = asked.chosen
    database = chosen_database(chosen)
    if not database.is_postgres:
        raise WrongArgumentError("hub_command.directory_needs_server")
    try:
        namespace = uuid.UUID(chosen.namespace or os.environ.get(NAMESPACE_VARIABLE, ""))
    except ValueError:
        raise WrongArgumentError("hub_command.bad_namespace") from None
    file: Path = chosen.file
    if not await asyncio.to_thread(file.is_file):
        raise WrongArgumentError("hub_command.no_party_file")
    if chosen.what == "load":
        count = await asyncio.to_thread(
            load_house, database.where, namespace, chosen.scheme, PartyFile(file).pages, asked.env
        )
    else:
        pages = (parties for parties, _after in PartyFile(file).pages(""))
        count = await asyncio.to_thread(
            update_house, database.where, namespace, chosen.scheme, pages, asked.env
        )
    say(f"hub_command.directory_{chosen.what}", count=str(count))
    return 0


class PartyFile:
    """A file of parties, read by pages; a place in it is good for this very file.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        found = path.stat()
        self._mark = f"{found.st_size}-{found.st_mtime_ns}"

    def pages(self, place: str) -> Iterator[tuple[Sequence[Party], str]]:
        """Return the pages that follow a place.

        Raises:
            StalePlaceError: the place is of another file.
        """
        mark, _, rest = place.partition(":")
        if place and mark != self._mark:
            raise StalePlaceError
        offset, _, line = (rest or "0:0").partition(":")
        return self._read(int(offset), int(line))

    def _read(self, offset: int, line: int) -> Iterator[tuple[Sequence[Party], str]]:
        with self._path.open("rb") as stream:
            stream.seek(offset)
            while lines := list(islice(stream, PAGE)):
                yield (
                    [_party(text, line + place) for place, text in enumerate(lines, 1)],
                    (f"{self._mark}:{stream.tell()}:{line + len(lines)}"),
                )
                line += len(lines)


def _party(text: bytes, line: int) -> Party:
    try:
        return read_party(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadLineError(line) from None
