"""What tools say reaches the terminal as it is: brackets are no markup."""

from __future__ import annotations

import uuid

import pytest

from avise.cli import terminal
from avise.commands.doctor import Finding, print_report
from avise.commands.search import print_answer
from avise.commands.show import CustomerFile, print_file
from avise.env import FixedEnv
from avise.models.customer import DirectoryEntry, MatchedOn, Party, PartyKind, SearchAnswer, SearchHit
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.models.roles import Role
from avise.services.customer_header import header_of
from avise.services.customer_updates import (
    Alert,
    AlertsChanged,
    Likelihood,
    Severity,
    Suggestion,
    SuggestionsChanged,
    TimelineChanged,
)
from tests.unit.services.facts_builder import NOW, facts, view

TRAP = "[/x] [red]fin :smile:"
PERSON = uuid.UUID(int=7)
ENTRY = DirectoryEntry(PERSON, PERSON, Party("1", PartyKind.MEMBER, TRAP, "Anne", city=TRAP))


def test_a_file_is_printed_as_the_tools_tell_it(capsys: pytest.CaptureFixture[str]) -> None:
    alert = Alert("noemie_rejected", Severity.WARN, 5, "x", {"person": TRAP, "code": "01"}, "noemie")
    answer = Suggestion("x", TRAP, f"**{TRAP}**", Likelihood.LIKELY, "R01", (), stale=False, actions=())
    line = TimelineEntry("1", NOW, TimelineGroup.CALL, "call_in", TRAP, TRAP, "relation")
    file = CustomerFile(
        header=header_of(ENTRY, facts(), Role.AGENT),
        alerts=AlertsChanged((alert,)),
        suggestions=SuggestionsChanged((answer,), 1),
        facets={("complaints", "b"): view("complaints", {"subject": TRAP})},
        timeline=TimelineChanged((line,)),
    )
    print_file(file, terminal(), FixedEnv())
    printed = capsys.readouterr().out
    assert TRAP.upper() in printed
    assert printed.count(":smile:") == 6


def test_hits_that_are_not_all_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    hits = (SearchHit(ENTRY, 1.0, (MatchedOn.NAME,)),)
    print_answer(SearchAnswer(hits, 209), TRAP, NOW.date(), terminal())
    assert "209 résultats\u202f; affichage limité à 1 (--limit)" in capsys.readouterr().out
    print_answer(SearchAnswer(hits, 1), TRAP, NOW.date(), terminal())
    assert "--limit" not in capsys.readouterr().out


def test_hits_and_findings_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(SearchAnswer((SearchHit(ENTRY, 1.0, (MatchedOn.NAME,)),), 1), TRAP, NOW.date(), terminal())
    assert TRAP in capsys.readouterr().out
    print_answer(SearchAnswer((), 0), TRAP, NOW.date(), terminal())
    assert TRAP in capsys.readouterr().out
    print_report((Finding("connector", TRAP, ok=True, sentence=TRAP),), terminal())
    printed = capsys.readouterr().out
    assert "✓" in printed
    assert printed.count(TRAP) == 2
