"""« Constaté »: what the tools say of the matter of a request, by the rules of suggested answers."""

from __future__ import annotations

from collections.abc import Sequence

from avise.services.answer_rules import DossierAnswers, age_of
from avise.services.facts import Facts
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
        found.append(CheckedFact(match.answer.replace("**", ""), source, age.as_of, stale=age.stale))
    return tuple(dict.fromkeys(found))
