"""What a block says when its tool, its file or the clock of the workstation is wrong, read for real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from avise.engine.engine import Engine
from avise.texts import text
from avise.ui.sources.sentences import explained, to_do
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.guichet import CANARY, MEMBER
from tests.servers.bad_input.reading import read
from tests.servers.bad_input.shifted_clock import ShiftedEnv
from tests.servers.bad_input.test_profile import add_second, complaints_file, status_of
from tests.ui.bad_days.blocks import block


@pytest.fixture
def clock() -> ShiftedEnv:
    return ShiftedEnv()


@pytest.fixture
def engine(day: BadDay, clock: ShiftedEnv) -> Iterator[Engine]:
    with Engine.open(day.profile, clock) as opened:
        yield opened


def spoken(engine: Engine, facet: str = "benefits") -> str:
    """Read the file, then return a block in words."""
    return block(engine, read(engine, MEMBER), facet).spoken()


def test_nothing_found_is_said_with_its_hour_and_could_not_look_with_its_cause(
    day: BadDay, engine: Engine
) -> None:
    day.guichet.body = b"<!doctype html><title>Connexion</title>"
    unreadable = block(engine, read(engine, MEMBER), "benefits")
    assert "La réponse de Guichet est illisible. Prévenir le support, réf." in unreadable.spoken()
    assert [action.id for action in unreadable.actions] == ["retry"]
    day.guichet.body, day.guichet.rows = None, 0
    empty = block(engine, read(engine, MEMBER), "benefits")
    assert text("empty.benefits") in empty.spoken()
    assert "vérifié" in empty.spoken()
    assert empty.chip is None
    assert text("empty.benefits") not in unreadable.spoken()


def test_somebody_elses_answer_is_said_to_be_withheld(day: BadDay, engine: Engine) -> None:
    day.guichet.person = {"nom": CANARY, "prenom": "Paule"}
    words = spoken(engine)
    assert "Guichet a répondu pour un autre dossier : la réponse n’est pas affichée." in words.replace(
        "\u00a0", " "
    )
    assert CANARY not in words


def test_ten_thousand_lines_are_counted_and_the_block_says_that_some_are_missing(
    day: BadDay, engine: Engine
) -> None:
    day.guichet.rows = 10_000
    content = block(engine, read(engine, MEMBER), "benefits")
    assert "10\u202f000 lignes dans l’outil" in content.spoken()
    assert len(content.rows) < 20
    assert content.actions != ()


def test_an_unknown_code_is_written_as_the_tool_wrote_it(day: BadDay, engine: Engine) -> None:
    day.guichet.status = "ZZ9"
    assert "? ZZ9" in spoken(engine)


def test_a_tool_that_went_down_leaves_its_copy_dated_and_one_click_away(
    day: BadDay, engine: Engine, clock: ShiftedEnv
) -> None:
    read(engine, MEMBER)
    clock.shift = timedelta(minutes=20)
    day.guichet.up = False
    content = block(engine, read(engine, MEMBER), "benefits")
    assert "Guichet ne répond pas" in content.spoken()
    assert "Dernière copie" in content.spoken()
    assert [action.id for action in content.actions] == ["retry", "show_copy"]


def test_a_refused_sign_in_says_whom_to_tell(day: BadDay, engine: Engine) -> None:
    day.guichet.rows, day.guichet.refuse_after_pages, day.guichet.refuse_for_ever = 1_000, 1, True
    assert "Guichet refuse la connexion de ce poste. Prévenir le support, réf." in spoken(engine)


def test_after_the_clock_went_back_a_copy_never_says_just_now(
    day: BadDay, engine: Engine, clock: ShiftedEnv
) -> None:
    read(engine, MEMBER)
    clock.shift = timedelta(days=-2)
    day.guichet.up = False
    words = spoken(engine)
    assert text("when.just_now") not in words
    assert "Guichet ne répond pas" in words


def test_a_refused_connector_says_so_in_its_block_and_on_the_sources_page(day: BadDay) -> None:
    add_second(day, "second", complaints_file() + "\n[[facet\n")
    with Engine.open(day.profile) as engine:
        words = spoken(engine, "complaints")
        row = status_of(engine, "second")
        now = engine.env.now()
    assert "Réclamations est mal configuré. Prévenir le support" in words
    assert text("empty.complaints") not in words
    assert "avise connector check" in explained(row, now)
    assert to_do(row)


def test_a_missing_secret_is_named_on_the_sources_page_with_what_to_do(day: BadDay) -> None:
    add_second(day, "second", complaints_file())
    with Engine.open(day.profile) as engine:
        words = spoken(engine, "complaints")
        row = status_of(engine, "second")
        now = engine.env.now()
    assert "Réclamations est mal configuré. Prévenir le support" in words
    assert (row.instance, row.name) == ("second", "Réclamations")
    assert "client_secret" in explained(row, now)
    assert to_do(row)
