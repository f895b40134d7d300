"""What the palette lists for a question, without a window."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.customer import DirectoryEntry, MatchedOn, Party, PartyKind, SearchAnswer, SearchHit
from avise.models.names import fold
from avise.texts import LANGUAGES, set_language
from avise.ui.palette.customer_row import customer_row
from avise.ui.palette.matching import marks_of
from avise.ui.palette.rows import listing
from avise.ui.palette.values import (
    Listing,
    PaletteCommand,
    PaletteRow,
    PaletteScope,
    Part,
    Question,
    RowKind,
    SearchState,
    marked,
)
from tests.ui.persona import NOW
from tests.ui.scripted_desk import DIRECTORY, hit_of

EMPTY = SearchAnswer((), 0)


def command(identifier: str, label: str, *, of_customer: bool = False) -> PaletteCommand:
    """Return a command that does nothing."""
    return PaletteCommand(identifier, label, "plus", "Ctrl T", of_customer, lambda: None)


COMMANDS = (
    command("new", "Nouvelle session"),
    command("zoom", "Agrandir"),
    command("identity", "Vérifier l’identité", of_customer=True),
    command("light", "Thème clair"),
)


def ask(words: str = "", **changes: object) -> Listing:
    """Return what a question lists."""
    question = Question(words, PaletteScope.ALL, COMMANDS, (), (), EMPTY, SearchState.DONE, (), NOW.date())
    return listing(replace(question, **changes))  # type: ignore[arg-type]  # fields of the question


def words_of(rows: tuple[PaletteRow, ...]) -> list[str]:
    """Return the text of each row."""
    return ["".join(part.text for part in row.parts) for row in rows]


@pytest.mark.parametrize(
    ("query", "label", "found"),
    [
        ("verif", "Vérifier l’identité", ["Vérif"]),
        ("identite verifier", "Vérifier l’identité", ["Vérifier", "identité"]),
        ("clair", "Thème clair", ["clair"]),
        ("march", "Modifier l’accord de démarchage", ["march"]),
        ("zzz", "Thème clair", None),
        ("coeur", "Maladie du cœur", ["cœur"]),
    ],
)
def test_words_match_without_accents_case_or_order(query: str, label: str, found: list[str] | None) -> None:
    marks = marks_of(query, label)
    assert (None if marks is None else [label[start : start + length] for start, length in marks]) == found


@given(label=st.text(max_size=30), query=st.text(max_size=8))
def test_marks_stay_inside_the_label_and_rebuild_it(label: str, query: str) -> None:
    marks = marks_of(query, label)
    if marks is None:
        return
    assert all(start >= 0 and length > 0 and start + length <= len(label) for start, length in marks)
    assert "".join(part.text for part in marked(label, marks)) == label
    folded = fold(label)
    assert all(fold(word) in folded for word in query.split())


def test_an_empty_field_lists_recents_then_commands_used_most() -> None:
    found = ask(recents=(hit_of(DIRECTORY[0]),), used=("light",))
    words = words_of(found.rows)
    assert words.index("Vérifier l’identité") < words.index("Ouverts récemment")
    commands = [
        row.command for row in found.rows if row.kind is RowKind.COMMAND and row.command != "identity"
    ]
    assert commands[0] == "light"


def test_commands_of_the_open_customer_come_first() -> None:
    answer = SearchAnswer(tuple(hit_of(entry, "v") for entry in DIRECTORY[:2]), 2)
    found = ask("v", answer=answer)
    titles = [row.parts[0].text for row in found.rows if row.kind is RowKind.GROUP]
    assert titles[0] == "Sur la fiche ouverte"
    assert titles[1] == "Adhérents"


def test_the_count_says_how_many_are_shown_of_how_many() -> None:
    hits = tuple(hit_of(entry, "m") for entry in DIRECTORY) * 3
    found = ask("m", answer=SearchAnswer(hits, 41))
    assert "Adhérents, 8 sur 41" in words_of(found.rows)
    assert found.counts[PaletteScope.CUSTOMERS] == 41
    capped = ask("m", answer=SearchAnswer(hits, 1000, more=True))
    assert "Adhérents, 8 sur plus de 1000" in words_of(capped.rows)


def test_the_parts_that_matched_are_marked() -> None:
    row = customer_row(hit_of(DIRECTORY[0], "march"), ())
    assert [part.text for part in row.parts if part.matched] == ["MARCH"]
    assert "".join(part.text for part in row.parts).startswith("MARCHAND Hélène · 12/03/1968 · Nantes")


def test_homonyms_are_told_apart_by_their_birth_date_and_town() -> None:
    strong = [part.text for part in customer_row(hit_of(DIRECTORY[0]), ()).parts if part.strong]
    assert {"12/03/1968", "Nantes"} <= {*strong}
    alone = [part.text for part in customer_row(hit_of(DIRECTORY[4]), ()).parts if part.strong]
    assert alone == ["DUVAL", " ", "Bastien"]


def test_a_protected_file_wears_the_lock_and_an_open_one_says_so() -> None:
    assert customer_row(hit_of(DIRECTORY[3]), ()).chip == "restricted"
    assert customer_row(hit_of(DIRECTORY[3]), ()).icon == "lock"
    assert customer_row(hit_of(DIRECTORY[0]), {DIRECTORY[0].person}).chip == "open"


def test_what_matched_is_shown_when_the_name_does_not_say_it() -> None:
    hit = replace(hit_of(DIRECTORY[0]), matched_on=(MatchedOn.PHONE,))
    row = customer_row(hit, ())
    assert [part.text for part in row.parts if part.matched] == ["06\u00a039\u00a098\u00a041\u00a027"]
    near = customer_row(replace(hit_of(DIRECTORY[0]), matched_on=(MatchedOn.NAME_TYPO,)), ())
    assert (near.parts[-1].text, near.parts[-1].kept) == (" · nom proche", True)


def test_the_telephone_shown_is_the_one_that_answers() -> None:
    entry = DIRECTORY[0]
    two = replace(entry, party=replace(entry.party, phones=("+33639984127", "+33299001122")))
    hit = SearchHit(two, 1.0, (MatchedOn.PHONE,), highlights=(("phones.1", 6, 6),))
    shown = [part.text for part in customer_row(hit, ()).parts if part.matched]
    assert shown == ["02\u00a099\u00a000\u00a011\u00a022"]


def test_a_birth_name_that_was_mistyped_is_shown() -> None:
    entry = DIRECTORY[0]
    married = replace(entry, party=replace(entry.party, last_name="MARCHAND", birth_name="Le Goff"))
    hit = SearchHit(married, 0.4, (MatchedOn.NAME_TYPO,), highlights=(("birth_name", 0, 7),))
    assert [part.text for part in customer_row(hit, ()).parts if part.matched] == ["Le Goff"]
    single = replace(entry, party=replace(entry.party, last_name="MARCHAND", birth_name="Marchand"))
    hit = SearchHit(single, 0.4, (MatchedOn.NAME_TYPO,), highlights=(("birth_name", 0, 8),))
    assert not any(part.matched for part in customer_row(hit, ()).parts)


@pytest.mark.parametrize(("title", "words"), [("mrs", "née "), ("mr", "né "), ("", "nom de naissance ")])
def test_a_birth_name_agrees_with_the_title(title: str, words: str) -> None:
    entry = DIRECTORY[0]
    party = replace(entry.party, title=title, last_name="MARCHAND", birth_name="Le Goff")
    hit = SearchHit(replace(entry, party=party), 0.4, (MatchedOn.BIRTH_NAME,))
    (shown,) = words_of((customer_row(hit, ()),))
    assert f" · {words}Le Goff" in shown.replace("\u00a0", " ")


def test_a_company_shows_its_name_and_number() -> None:
    company = Party("E-1", PartyKind.COMPANY, company_name="Ateliers Erdre", siren="904123887", city="Nantes")
    person = UUID(int=99)
    row = customer_row(SearchHit(DirectoryEntry(person, person, company), 1.0, (MatchedOn.COMPANY,)), ())
    assert words_of((row,)) == ["Ateliers Erdre · 904\u00a0123\u00a0887 · Nantes"]
    assert row.icon == "store"


def test_a_number_is_tinted_where_it_was_typed_whatever_its_spaces() -> None:
    hit = hit_of(DIRECTORY[0])
    found = replace(hit, matched_on=(MatchedOn.MEMBER_NUMBER,), highlights=(("member_number", 0, 6),))
    row = customer_row(found, ())
    assert [(part.text, part.matched) for part in row.right] == [
        ("0482\u202f91", True),
        ("7\u202f350", False),
    ]
    whole = customer_row(replace(found, highlights=()), ())
    assert [part.matched for part in whole.right] == [True]
    assert whole.sentence == row.sentence


def test_the_beginning_of_a_siren_is_tinted_as_it_is_written() -> None:
    company = Party("E-1", PartyKind.COMPANY, company_name="Ateliers Erdre", siren="904123887")
    person = UUID(int=99)
    found = SearchHit(DirectoryEntry(person, person, company), 1.0, (MatchedOn.SIREN,), (("siren", 0, 5),))
    tinted = [part.text for part in customer_row(found, ()).parts if part.matched]
    assert tinted == ["904\u00a012"]


def test_a_postcode_that_answers_tints_the_town_which_stands_for_it() -> None:
    hit = replace(hit_of(DIRECTORY[0]), matched_on=(MatchedOn.NAME, MatchedOn.CITY), highlights=())
    assert Part("Nantes", matched=True) in customer_row(replace(hit, homonyms=0), ()).parts


def test_nothing_found_and_not_looked_never_look_alike() -> None:
    nothing = ask("zzz")
    failed = ask("zzz", answer=None, state=SearchState.FAILED)
    waiting = ask("zzz", answer=None, state=SearchState.IDLE)
    reading = ask("zzz", answer=None, state=SearchState.READING)
    assert "Rien pour" in words_of(nothing.rows)[0]
    assert any("n’ont pas été cherchés" in words for words in words_of(failed.rows))
    assert [row.command for row in failed.rows if row.command] == ["retry_search"]
    assert not waiting.rows
    assert [row.kind for row in reading.rows] == [RowKind.GROUP, RowKind.SKELETON]


def test_long_words_leave_room_for_what_to_do() -> None:
    (said,) = words_of(ask("fernández y lopez maria da conceição 1967").rows)
    assert "« fernández y lopez maria… »" in said.replace("\u00a0", " ")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_date_that_does_not_exist_is_no_person_that_is_not_known(code: str) -> None:
    set_language(code)
    (said,) = words_of(ask("marchand 31/02/1970").rows)
    assert "31/02/1970" in said
    assert "marchand" not in said


def test_what_may_not_be_looked_for_is_not_offered_again() -> None:
    refused = ask("1850", answer=None, state=SearchState.FAILED, failure="Refusé.", can_retry=False)
    assert words_of(refused.rows)[1:] == ["Refusé."]
    assert not any(row.can_be_chosen for row in refused.rows)


def test_a_scope_lists_its_own_kind_alone() -> None:
    answer = SearchAnswer(tuple(hit_of(entry, "v") for entry in DIRECTORY), len(DIRECTORY))
    customers = ask("v", scope=PaletteScope.CUSTOMERS, answer=answer)
    commands = ask("v", scope=PaletteScope.COMMANDS, answer=answer)
    assert {row.kind for row in customers.rows} == {RowKind.GROUP, RowKind.CUSTOMER}
    assert sum(row.kind is RowKind.CUSTOMER for row in customers.rows) == len(DIRECTORY)
    assert {row.kind for row in commands.rows} == {RowKind.GROUP, RowKind.COMMAND}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_row_is_one_sentence_for_a_screen_reader(code: str) -> None:
    set_language(code)
    row = customer_row(hit_of(DIRECTORY[3]), ())
    assert row.sentence.startswith("MARCHETTI Paolo · 22/06/1991 · Rezé, ")
    assert "palette." not in row.sentence
