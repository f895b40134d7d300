"""« Constaté »: what the tools say of the matter of a request, by the rules of suggested answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from avise.services.answer_rules import DossierAnswers, age_of
from avise.services.facts import READABLE, Facts
from avise.services.request_values import CheckedFact
from avise.services.suggestions import shipped_book


def checked_facts(facts: Facts, reasons: Sequence[str]) -> tuple[CheckedFact, ...]:
    """Return the sentences that facts give about some reasons, each with its tool and date."""
    found = []
    for match in DossierAnswers(shipped_book()).matches(facts):
        if match.rule.reason not in reasons:
            continue
        age = age_of(match, facts)
        source = facts.source_name(match.facets[0])
        as_of = age.as_of or _read_at(facts, match.facets)
        found.append(CheckedFact(match.answer.replace("**", ""), source, as_of, stale=age.stale))
    return tuple(dict.fromkeys(found))


def _read_at(facts: Facts, facets: Sequence[str]) -> datetime | None:
    """Return when the oldest of the readings that an answer rests on was made."""
    views = [view for facet in facets for view in facts.views.get(facet, ()) if view.state in READABLE]
    moments = [view.as_of or view.fetched_at for view in views]
    return min((moment for moment in moments if moment is not None), default=None)
