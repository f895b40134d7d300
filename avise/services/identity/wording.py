"""Likenesses in words: « même date de naissance : très fort · nom à une lettre près : fort »."""

from __future__ import annotations

from collections.abc import Iterable

from avise.models.identity.explanation import Evidence
from avise.texts import text


def evidence_in_words(evidence: Evidence) -> str:
    """Return one likeness and what it is worth."""
    return text(
        "identity.evidence",
        likeness=text(f"identity.{evidence.feature}.{evidence.level}"),
        strength=text(f"identity.strength.{evidence.strength}"),
    )


def explanation_in_words(found: Iterable[Evidence]) -> str:
    """Return why two records are taken for one person's, in one line."""
    return " · ".join(map(evidence_in_words, found))
