"""Parties of the search directory as JSON pages, on their way from the worker process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from avise.models.customer import Party, PartyKind
from avise.models.snapshot import PAGE_SIZE


def party_pages(parties: Sequence[Party]) -> tuple[tuple[int, ...], list[bytes]]:
    """Return how many parties each page holds, and the pages."""
    parts = [parties[start : start + PAGE_SIZE] for start in range(0, len(parties), PAGE_SIZE)]
    pages = [json.dumps([asdict(party) for party in part], default=date.isoformat).encode() for part in parts]
    return tuple(len(part) for part in parts), pages


def read_parties(page: bytes) -> Iterator[Party]:
    """Yield the parties of a page."""
    for plain in json.loads(page):
        yield _party(plain)


def _party(plain: Mapping[str, Any]) -> Party:
    birth_date = plain["birth_date"]
    return Party(
        **{
            **plain,
            "kind": PartyKind(plain["kind"]),
            "birth_date": date.fromisoformat(birth_date) if birth_date else None,
            "phones": tuple(plain["phones"]),
        }
    )
