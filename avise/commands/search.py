"""`avise search`: find parties by any key in any form.

JSON: `{"total", "more", "hits": [{"id", "dossier", "kind", "name", "first_name", "birth_date",
"member_number", "city", "restricted", "matched_on", "score", "homonyms"}]}`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rich.console import Console
from rich.table import Table

from avise.models.customer import SearchAnswer, SearchHit
from avise.models.json_types import JSON
from avise.services.desk import Desk
from avise.services.search_words import nothing_found_at_length
from avise.texts import plural, text
from avise.texts.formats import format_date, format_list_name, format_member_number

ENOUGH = 8
"""So many who answer as it was typed, and nobody else is looked for: as in the palette."""


async def find(desk: Desk, words: str, limit: int) -> SearchAnswer:
    """Return who answers, then, in the room that is left, who does when two letters of a name are wrong.

    Raises:
        AviseError: as `Desk.search`.
    """
    found = await desk.search(words, limit)
    room = limit - len(found.hits)
    if room <= 0 or found.total >= ENOUGH:
        return found
    wider = await desk.search_wider(words, [hit.entry.person for hit in found.hits], room)
    return replace(
        found,
        hits=(*found.hits, *wider.hits),
        total=found.total + wider.total,
        more=found.more or wider.more,
    )


def as_json(answer: SearchAnswer) -> dict[str, JSON]:
    """Return the answer as the module's docstring describes."""
    return {"total": answer.total, "more": answer.more, "hits": [_hit(hit) for hit in answer.hits]}


def _hit(hit: SearchHit) -> dict[str, JSON]:
    party = hit.entry.party
    return {
        "id": str(hit.entry.person),
        "dossier": str(hit.entry.dossier),
        "kind": party.kind,
        "name": party.last_name or party.company_name,
        "first_name": party.first_name,
        "birth_date": party.birth_date.isoformat() if party.birth_date else None,
        "member_number": party.member_number,
        "city": party.city,
        "restricted": party.restricted,
        "matched_on": [str(reason) for reason in hit.matched_on],
        "score": round(hit.score, 4),
        "homonyms": hit.homonyms,
    }


def print_answer(answer: SearchAnswer, words: str, today: date, console: Console) -> None:
    """Print the hits for a person at a terminal, or why there is none."""
    if not answer.hits:
        told = nothing_found_at_length(words, today)
        console.print(told, highlight=False, markup=False, soft_wrap=True)
        return
    table = Table(show_header=False, box=None)
    for hit in answer.hits:
        party = hit.entry.party
        name = format_list_name(party.last_name, party.first_name) or party.company_name
        born = format_date(party.birth_date) if party.birth_date else ""
        why = ", ".join(text(f"matched.{reason}") for reason in hit.matched_on)
        table.add_row(format_member_number(party.member_number), name, born, party.city, why)
    console.print(table)
    count, shown = plural("search.count", answer.total), len(answer.hits)
    told = count if shown >= answer.total else text("search.first_of", count=count, shown=shown)
    console.print(told, highlight=False)
