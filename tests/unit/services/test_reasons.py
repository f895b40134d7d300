"""The 23 reasons, the errors of their file with lines, and what is guessed from what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.facet_specs import FACETS
from avise.models.free_text import check_note
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.note_findings import FindingKind
from avise.models.wrap_up import Deed, Outcome
from avise.resources import resource_folder
from avise.services.alerts import alerts
from avise.services.customer_updates import Alert, Severity
from avise.services.facts import Facts
from avise.services.note_words import WordFile, WordTable, check_word_file, lexicon_of, note_words
from avise.services.reason_file import (
    ReasonFileError,
    check_reason_file,
    contact_reasons,
    load_reasons,
)
from avise.services.reason_guess import guess_reasons
from avise.texts.catalogue import LANGUAGES, catalogue
from tests.unit.services.facts_builder import NOW, facts, view

REASONS = contact_reasons()

# ---- the file --------------------------------------------------------------------------------------


def test_the_reasons_are_the_23_and_make_all_contacts() -> None:
    assert list(REASONS) == [f"R{number:02d}" for number in range(1, 24)]
    assert sum((reason.share for reason in REASONS.values()), Decimal(0)) == 100


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_reason_outcome_and_finding_has_its_words(code: str) -> None:
    keys = catalogue(code).keys()
    outcomes = {outcome for reason in REASONS.values() for outcome in reason.outcomes}
    wanted = {f"reason.{reason}" for reason in REASONS} | {f"reason_outcome.{one}" for one in outcomes}
    wanted |= {f"free_text.{kind}" for kind in FindingKind} | {f"wrap_up.outcome.{one}" for one in Outcome}
    assert not wanted - keys
    assert {
        key.removeprefix("reason_outcome.") for key in keys if key.startswith("reason_outcome.")
    } == outcomes


def test_every_alert_that_announces_a_reason_exists() -> None:
    known = {key.removeprefix("alert.") for key in catalogue("fr").keys() if key.startswith("alert.")}  # noqa: SIM118 - a catalogue is not a mapping
    named = {name.partition(".")[0] for reason in REASONS.values() for name in reason.alerts}
    assert not named - known


BROKEN = """\
avise = 1
[[reason]]
id = "R1"
share = 60
facets = ["benefit"]
[[reason]]
id = "R02"
share = "x"
facets = []
wrods = ["a"]
[[reason]]
id = "R02"
share = 30
facets = ["noemie"]
outcomes = ["Payé"]
"""


def test_every_error_of_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "reasons.toml"
    path.write_text(BROKEN, "utf-8")
    problems = check_reason_file(path).problems
    assert [(problem.line, problem.key_path) for problem in problems] == [
        (8, "reason[1].share"),
        (9, "reason[1].facets"),
        (10, "reason[1].wrods"),
        (15, "reason[2].outcomes[0]"),
    ]
    assert "words" in problems[2].sentence()
    with pytest.raises(ReasonFileError) as refused:
        load_reasons(path)
    assert refused.value.params == {"name": "reasons.toml", "count": "4"}


def test_what_only_the_whole_file_tells_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "reasons.toml"
    mended = BROKEN.replace('"x"', "5").replace("facets = []", 'facets = ["noemie"]')
    path.write_text(mended.replace('wrods = ["a"]\n', "").replace("Payé", "paid"), "utf-8")
    problems = check_reason_file(path).problems
    assert [(problem.line, problem.key_path) for problem in problems] == [
        (2, "reason"),
        (3, "reason[0].id"),
        (5, "reason[0].facets[0]"),
        (7, "reason[1].id"),
        (11, "reason[2].id"),
    ]
    assert "95" in problems[0].sentence()
    assert "benefits" in problems[2].sentence()


def test_the_words_of_notes_are_sound_and_their_errors_are_told(tmp_path: Path) -> None:
    assert check_word_file(resource_folder("free_text") / "words.toml").problems == ()
    assert len(note_words().words) == 6
    path = tmp_path / "words.toml"
    path.write_text('avise = 1\n[words]\nhealth = ["sida", "Sidà", "a*b"]\nmood = ["x"]\n', "utf-8")
    assert [problem.line for problem in check_word_file(path).problems] == [4]
    path.write_text('avise = 1\n[words]\nhealth = ["sida", "Sidà", "a*b"]\n', "utf-8")
    assert [problem.key_path for problem in check_word_file(path).problems] == [
        "words.health[1]",
        "words.health[2]",
    ]


@given(st.lists(st.text(min_size=2, max_size=8).filter(lambda word: "*" not in word and word.strip())))
def test_every_word_of_a_lexicon_is_found_in_a_note(words: list[str]) -> None:
    lexicon = lexicon_of(WordTable(health=words))
    for word in words:
        if word.isalnum() and word.isascii():
            (finding,) = [f for f in check_note(f"({word})", lexicon) if f.kind is FindingKind.HEALTH]
            assert (finding.start, finding.end) == (1, len(word) + 1)


def test_a_word_file_has_a_model() -> None:
    assert set(WordFile.model_fields) == {"avise", "words"}


# ---- the guess -------------------------------------------------------------------------------------


def guessed(*args: object, **kwargs: object) -> list[str]:
    return [guess.reason for guess in guess_reasons(REASONS, *args, **kwargs)]  # type: ignore[arg-type]  # test data


NOTHING = facts()


def test_without_any_clue_the_most_frequent_reasons_come_and_say_so() -> None:
    found = guess_reasons(REASONS, NOTHING)
    assert [guess.reason for guess in found] == ["R01", "R04", "R09"]
    assert {guess.because for guess in found} == {"common"}


def test_what_the_caller_said_to_the_voice_menu_comes_first() -> None:
    first = guess_reasons(REASONS, NOTHING, queue="Cotisations et échéancier")[0]
    assert (first.reason, first.because, first.about) == ("R14", "queue", "Cotisations et échéancier")
    assert guessed(NOTHING, queue="File PRÉLÈVEMENTS")[0] == "R15"
    assert guessed(NOTHING, queue="Describe")[0] == "R01"  # "rib" begins no word of it


@pytest.mark.parametrize(
    ("known", "expected", "because"),
    [
        (view("noemie", {"person": "Yves", "state": "rejected", "code": "21"}), "R02", "alert"),
        (view("complaints", {"number": "R-1", "status": "open", "answer_by": "2026-03-27"}), "R21", "answer"),
        (view("rights", {"person": "Lou", "status": "refused"}), "R09", "answer"),
        (view("identity", {"vital_status": "deceased", "death_date": "2026-03-01"}), "R22", "alert"),
        (
            view(
                "authorizations",
                {
                    "kind": "hospital",
                    "status": "pending",
                    "care_date": "2026-03-25",
                    "requested_on": "2026-03-20",
                },
            ),
            "R07",
            "alert",
        ),
        (view("member_space", {"last_search": "mot de passe perdu"}), "R20", "search"),
        (
            view(
                "benefits",
                {
                    "paid_on": "2026-03-23",
                    "amount": "214.00",
                    "status": "paid",
                    "paid_to": "member",
                    "category": "optics",
                },
            ),
            "R01",
            "answer",
        ),
    ],
)
def test_what_the_dossier_shows_is_guessed_and_explained(known: object, expected: str, because: str) -> None:
    dossier = facts(known)  # type: ignore[arg-type]  # test data
    first = guess_reasons(REASONS, dossier, alerts(dossier))[0]
    assert first.reason == expected
    assert first.because in (because, "alert", "answer")
    assert first.about


def test_what_the_agent_opens_during_the_call_counts() -> None:
    deeds = (Deed("consulted", NOW, "bank"), Deed("revealed", NOW, "iban"))
    first = guess_reasons(REASONS, NOTHING, deeds=deeds)[0]
    assert (first.reason, first.because) == ("R13", "deed")


def test_a_reason_that_comes_back_within_days_is_likely_again() -> None:
    again = Interaction("1", NOW - timedelta(days=2), Channel.PHONE_IN, Direction.IN, "", reason="R18")
    old = Interaction("2", NOW - timedelta(days=40), Channel.PHONE_IN, Direction.IN, "", reason="R20")
    found = guess_reasons(REASONS, NOTHING, interactions=(old, again))
    assert (found[0].reason, found[0].because, found[0].about) == ("R18", "recent", "22/03")
    assert "R20" not in [guess.reason for guess in found]


deeds = st.lists(
    st.builds(
        Deed,
        st.sampled_from(["consulted", "insert", "revealed"]),
        st.just(NOW),
        st.sampled_from([*FACETS, "x"]),
    ),
    max_size=5,
)
some_alerts = st.lists(
    st.builds(
        Alert,
        st.sampled_from(["complaint", "arrears", "card_refused", "nobody_knows"]),
        st.sampled_from(Severity),
        st.just(1),
        st.just(""),
        st.just({"number": "1", "date": "x", "amount": "x", "person": "x"}),
    ),
    max_size=3,
)
exchanges = st.lists(
    st.builds(
        Interaction,
        st.text(max_size=3),
        st.datetimes(min_value=NOW.replace(tzinfo=None) - timedelta(days=20)).map(
            lambda at: at.replace(tzinfo=NOW.tzinfo)
        ),
        st.just(Channel.PHONE_IN),
        st.just(Direction.IN),
        st.just(""),
        reason=st.sampled_from([*REASONS, "", "R99"]),
    ),
    max_size=4,
)


@given(some_alerts, exchanges, deeds, st.text(max_size=20))
def test_three_different_reasons_are_guessed_each_with_a_sentence(
    told: list[Alert], listed: list[Interaction], done: list[Deed], queue: str
) -> None:
    found = guess_reasons(REASONS, NOTHING, told, listed, done, queue)
    assert len({guess.reason for guess in found}) == 3
    spoken = catalogue("fr").keys()
    assert all(f"guess.{guess.because}" in spoken for guess in found)
    assert found == guess_reasons(REASONS, NOTHING, told, listed, done, queue)
    ranks = [
        guess.reason
        for guess in guess_reasons(REASONS, NOTHING, told, listed, [*done], queue + " résiliation")
    ]
    if "R16" in [guess.reason for guess in found]:
        assert "R16" in ranks


def test_a_dossier_of_another_day_is_the_same_question() -> None:
    assert guessed(Facts(NOW.date(), NOW, {})) == guessed(NOTHING)
