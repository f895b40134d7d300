"""A reply read as one batch: in a thread, or in the worker process, from which it comes as bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from avise.connectors.body_worker import worker_for
from avise.connectors.checked_pages import CheckedItems, checked_pages, evidence_of, plain_evidence
from avise.connectors.contract import Batch, CallContext, Completeness, HttpReply, Record
from avise.connectors.record_pages import read_page
from avise.connectors.validation import check_of
from avise.models.json_types import JSON

Read = Callable[..., Batch[Record]]
"""Reads a reply, its first argument, as a batch; a function of a module: the process knows it by its name."""


async def read_batch(
    ctx: CallContext, facet: str, read: Read, reply: HttpReply, *arguments: object
) -> Batch[Record]:
    """Return `read(reply, *arguments)`, off the loop: a long reply takes tenths of a second to read.

    Args:
        ctx: of the call.
        facet: what is read.
        read: reads it.
        reply: of the tool.
        arguments: what else it needs; they may have to travel to the process.

    Raises:
        ConnectorError: what `read` found.
    """
    worker = worker_for(len(reply.body), ctx)
    if worker is None:
        return await ctx.blocking(read, reply, *arguments)
    bare = replace(reply, body=b"")
    return batch_of(await worker.run(_read_pieces, reply.body, facet, read, bare, *arguments))[0]


def _read_pieces(
    body: bytes, facet: str, read: Read, reply: HttpReply, *arguments: object
) -> Iterator[bytes]:
    return batch_pieces(read(replace(reply, body=body), *arguments), facet)


def batch_pieces(batch: Batch[Record], facet: str, **beside: JSON) -> Iterator[bytes]:
    """Yield what a batch says of itself, then the pages of its records, checked.

    Args:
        batch: of one facet.
        facet: its id.
        beside: what else the caller wants to know.
    """
    checked = CheckedItems(check_of(facet), most=len(batch.items))
    checked.take(batch.items)
    head = {
        **beside,
        **checked.beside(),
        "completeness": batch.completeness.value,
        "truncated_because": batch.truncated_because,
        "total": batch.total,
        "validator": batch.validator,
        "as_of": batch.as_of.isoformat() if batch.as_of else None,
        "unreadable": batch.unreadable + checked.unreadable,
        "evidence": plain_evidence(batch.evidence) if batch.evidence else None,
    }
    yield json.dumps(head).encode()
    yield from checked.pages()


def batch_of(pieces: Sequence[bytes]) -> tuple[Batch[Record], Mapping[str, Any]]:
    """Return a batch whose pages are read when somebody looks at them, and what came beside it."""
    head: Mapping[str, Any] = json.loads(pieces[0])
    batch = Batch(
        checked_pages(head, pieces[1:], read_page),
        Completeness(head["completeness"]),
        truncated_because=head["truncated_because"],
        total=head["total"],
        validator=head["validator"],
        as_of=datetime.fromisoformat(head["as_of"]) if head["as_of"] else None,
        unreadable=head["unreadable"],
        evidence=evidence_of(head["evidence"]) if head["evidence"] else None,
    )
    return batch, head
