"""Likenesses in words: « même date de naissance : très fort · nom à une lettre près : fort »."""

from __future__ import annotations

from collections.abc import Iterable

from avise.models.identity.attributes import Attribute
from avise.models.identity.explanation import Evidence
from avise.texts import text


def evidence_in_words(evidence: Evidence) -> str:
    """Return one likeness and what it is worth."""
    strength = text(f"identity.strength.{evidence.strength}")
    return text("identity.evidence", likeness=_likeness(evidence), strength=strength)


def _likeness(evidence: Evidence) -> str:
    feature = evidence.feature
    if isinstance(feature, Attribute):
        return text(f"identity.attribute.{feature.kind}.{evidence.level}", name=feature.name)
    return text(f"identity.{feature}.{evidence.level}")


def explanation_in_words(found: Iterable[Evidence]) -> str:
    """Return why two records are taken for one person's, in one line."""
    return " · ".join(map(evidence_in_words, found))
