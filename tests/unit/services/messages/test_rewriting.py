"""The body as an agent wrote it over: facts and gaps are found where they still stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from avise.models.outgoing import Fragment, plain
from avise.services.messages.rewriting import rewritten

DAY = Fragment("31 mars", "until")
GAP = Fragment("[montant]", "amount", missing=True)
BODY = (Fragment("Jusqu’au "), DAY, Fragment(", "), GAP, Fragment("."))


def test_facts_and_gaps_keep_their_marks_in_other_words() -> None:
    assert rewritten(BODY, "Payé [montant] avant le 31 mars.") == (
        Fragment("Payé "), GAP, Fragment(" avant le "), DAY, Fragment("."),
    )  # fmt: skip


def test_a_gap_written_over_is_no_gap() -> None:
    assert not any(run.missing for run in rewritten(BODY, "Payé 12 € avant le 31 mars."))


def test_a_fact_is_not_found_inside_a_longer_word() -> None:
    body = (Fragment("Lea", "agent"),)
    assert rewritten(body, "Leatitia") == (Fragment("Leatitia"),)
    assert rewritten(body, "à Lea") == (Fragment("à "), Fragment("Lea", "agent"))


def test_the_longest_fact_is_found_first() -> None:
    short, long = Fragment("12", "day"), Fragment("12 mars", "date")
    assert rewritten((short, long), "le 12 mars") == (Fragment("le "), long)


@given(st.text(alphabet="[montat] 31mrs.é\n", max_size=60))
def test_no_character_is_lost_or_added(words: str) -> None:
    assert plain(rewritten(BODY, words)) == words
