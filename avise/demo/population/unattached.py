"""What belongs to nobody known: documents in a folder of no dossier, exchanges of an unknown caller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from avise.demo.population import defects, official_numbers, wording
from avise.demo.population.business_days import paris, working_day_from
from avise.demo.population.entities import Document, Exchange
from avise.demo.population.spec import WorldSpec
from avise.demo.population.streams import rng

_DOCUMENTS_PER_DOSSIER = 8
_EXCHANGES_PER_DOSSIER = 4


def orphan_documents(spec: WorldSpec) -> Iterator[tuple[str, Document]]:
    """Stream (folder, document) for the documents whose folder is nobody's (0.5 % of a year's)."""
    count = max(1, round(spec.dossiers * _DOCUMENTS_PER_DOSSIER * defects.ORPHAN_RATE))
    for place in range(count):
        stream = rng(spec, "orphan", place)
        day = working_day_from(spec.as_of - timedelta(days=3 + int(stream.random() * 300)))
        yield (
            f"D99-{place:06d}",
            Document(
                f"G9999999-{place:04d}", "Document non rattaché", "other", paris(min(day, spec.as_of), 7,
                30), "in",
                "received", 40_000 + int(stream.random() * 400_000), "application/pdf", medical=False,
                defects=frozenset({defects.ORPHAN}),
            ),
        )  # fmt: skip


def unattached_exchanges(spec: WorldSpec) -> Iterator[Exchange]:
    """Stream the exchanges without a member (2 % of a year's)."""
    count = max(2, round(spec.dossiers * _EXCHANGES_PER_DOSSIER * defects.UNATTACHED_RATE))
    for place in range(count):
        stream = rng(spec, "unattached", place)
        day = working_day_from(spec.as_of - timedelta(days=3 + int(stream.random() * 300)))
        reason = wording.REASONS.draw(stream)
        yield Exchange(
            f"X9999999-{place:05d}", paris(min(day, spec.as_of), 9 + int(stream.random() * 8)), "phone_in",
            "in",
            "Appel entrant : correspondant inconnu", reason.title, "", "", reason.code,
            60 + int(stream.random() * 400), int(stream.random() * 200), official_numbers.landline(stream),
            defects=frozenset({defects.UNATTACHED}),
        )  # fmt: skip
