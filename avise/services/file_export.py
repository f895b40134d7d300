"""Taking a customer's file out: for a stated reason, written in the journal before anything leaves.

What leaves is what the role may read (decision 3), 200 rows at most (`domain.md` 2.7). A NIR and an IBAN
stay masked whatever the role, and a file is only read here once the journal says that it leaves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from avise.env import Env
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.facets import Datum, FacetRecord, FacetView
from avise.models.free_text import masked_note
from avise.models.interaction import TimelineEntry
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.masking import Access, access, mask_record, may_open
from avise.models.roles import Role
from avise.services.customer_header import header_of
from avise.services.customer_rights import refuse_without_right
from avise.services.customer_updates import TimelineChanged
from avise.services.exported_file import (
    ExportedBlock,
    ExportedFile,
    ExportedTimeline,
    ExportReason,
    ExportWish,
)
from avise.services.facts import READABLE, Facts
from avise.services.open_customer import OpenDossier
from avise.services.ports import JournalPort
from avise.services.restricted_values import stream_of
from avise.services.wrap_up import refuse_restricted
from avise.texts import text

MAX_ROWS = 200
"""`domain.md` 2.7: more than that is a list, not a file."""
LONGEST_WORDS = 200
JOURNAL = "journal"
"""Source of the lines that Avise itself wrote."""


class FileExport:
    """Gives the content of a file that leaves.

    Args:
        journal: written before the content is read.
        env: the clock.
    """

    def __init__(self, journal: JournalPort, env: Env) -> None:
        self._journal, self._env = journal, env

    async def export(self, dossier: OpenDossier, wish: ExportWish) -> ExportedFile:
        """Write that a file leaves and why, then return what leaves.

        Raises:
            AviseError: `role.no_customers`, `export.not_allowed` for a protected file,
                `export.reason_needed`, `export.words_long`, `note.restricted`; or the journal could not be
                written, and nothing leaves.
        """
        session = dossier.session
        refuse_export(session.role, wish, restricted=dossier.entry.party.restricted)
        names = {offer.instance: offer.name for offer in dossier.sources.offers()}
        blocks, timeline = exported_content(dossier.facts(), session.role, dossier.history(), names)
        body: dict[str, JSON] = {
            "form": wish.form.value,
            "reason": wish.reason.value,
            "words": wish.words.strip(),
            "rows": sum(len(block.view.records) for block in blocks),
            "facets": [block.view.facet for block in blocks],
            "timeline": len(timeline.entries),
        }
        written = await self._journal.append(session, EventKind.EXPORTED, stream_of(dossier), body)
        header = header_of(dossier.entry, dossier.facts(), session.role)
        name = session.display_name
        return ExportedFile(written.event_id, self._env.now(), name, wish, header, blocks, timeline)


def refuse_export(role: Role, wish: ExportWish, *, restricted: bool) -> None:
    """Refuse what may not leave, or not without a reason.

    Raises:
        AviseError: as `FileExport.export`.
    """
    refuse_without_right(role)
    if restricted and access(role, Datum.PROTECTED_FILE) is not Access.CLEAR:
        raise AviseError("export.not_allowed")
    if wish.reason is ExportReason.OTHER and not wish.words.strip():
        raise AviseError("export.reason_needed")
    if len(wish.words) > LONGEST_WORDS:
        raise AviseError("export.words_long", limit=str(LONGEST_WORDS))
    refuse_restricted(wish.words)


def exported_content(
    facts: Facts,
    role: Role,
    history: TimelineChanged,
    source_names: Mapping[str, str],
    limit: int = MAX_ROWS,
) -> tuple[tuple[ExportedBlock, ...], ExportedTimeline]:
    """Return the blocks that a role may read and the timeline, masked; the whole keeps the limit.

    Long ones are cut: short ones leave whole. The newest lines of the timeline stay.

    Args:
        facts: what is known.
        role: who takes it out.
        history: the timeline as this role reads it.
        source_names: of the tools, by instance.
        limit: rows at most.
    """
    views = [
        view
        for facet, found in facts.views.items()
        if may_open(role, FACETS[facet])
        for view in found
        if view.state in READABLE
    ]
    *kept, lines = shares([*(len(view.records) for view in views), len(history.entries)], limit)
    blocks = tuple(_block(view, role, count) for view, count in zip(views, kept, strict=True) if view.records)
    entries = tuple(_line(entry, source_names) for entry in history.entries[:lines])
    return blocks, ExportedTimeline(entries, len(history.entries) - lines, history.missing_sources)


def _line(entry: TimelineEntry, source_names: Mapping[str, str]) -> TimelineEntry:
    """Return a line as it leaves: what people wrote there may hold a number that must not."""
    own = text("timeline.own_journal") if entry.source == JOURNAL else entry.source
    return replace(
        entry,
        title=masked_note(entry.title),
        summary=masked_note(entry.summary),
        source=source_names.get(entry.source, own),
    )


def shares(counts: Sequence[int], limit: int) -> tuple[int, ...]:
    """Return how many rows of each block leave: short blocks whole, the rest shared among long ones."""
    kept = [0] * len(counts)
    left = limit
    by_size = sorted(range(len(counts)), key=lambda place: counts[place])
    for rank, place in enumerate(by_size):
        kept[place] = min(counts[place], left // (len(counts) - rank))
        left -= kept[place]
    return tuple(kept)


def _block(view: FacetView, role: Role, count: int) -> ExportedBlock:
    spec = FACETS[view.facet]
    records = tuple(mask_record(spec, record, role) for record in view.records[:count])
    return ExportedBlock(replace(view, records=records), len(view.records) - count)


def exported_json(file: ExportedFile) -> bytes:
    """Return a file that leaves as JSON, for another program or for the person who asked for it."""
    header = file.header
    content: dict[str, JSON] = {
        "avise": "customer_file",
        "v": 1,
        "export": str(file.event),
        "at": file.at.isoformat(),
        "by": file.by,
        "reason": file.wish.reason.value,
        "member_number": header.member_number,
        "last_name": header.last_name,
        "first_name": header.first_name,
        "blocks": [_block_json(block) for block in file.blocks],
        "timeline": {
            "left_out": file.timeline.left_out,
            "missing": list(file.timeline.missing),
            "entries": [_line_json(entry) for entry in file.timeline.entries],
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def _block_json(block: ExportedBlock) -> Mapping[str, JSON]:
    view = block.view
    return {
        "facet": view.facet,
        "source": view.source_name,
        "as_of": view.as_of.isoformat() if view.as_of is not None else None,
        "left_out": block.left_out,
        "records": [_record_json(record) for record in view.records],
    }


def _line_json(entry: TimelineEntry) -> Mapping[str, JSON]:
    return {
        "at": entry.at.isoformat(),
        "group": entry.group.value,
        "variant": entry.variant,
        "title": entry.title,
        "summary": entry.summary,
        "source": entry.source,
        "status": entry.status,
        "count": entry.count,
    }


def _record_json(record: FacetRecord) -> Mapping[str, JSON]:
    return {"data": dict(record.data), "masked": sorted(record.masked)}
