"""`avise connector try`: what a file makes of a customer, row by row, and what nobody may see of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from avise.commands import connector_try
from avise.connectors.trial import Dropped, ReadingTrial, Trial
from avise.demo.population.personas import PERSONAS
from avise.engine.connector_trials import TrialRequest
from avise.engine.engine import Engine
from avise.models.errors import AviseError
from avise.models.masking import MASK
from avise.resources import resource_folder
from avise.services.trial_masking import masked_trial
from tests.servers.engine.conftest import MutualInABox

MEMBER = PERSONAS["P00"].member_number
DEMO = resource_folder("connectors") / "demo"


@pytest.fixture(scope="module")
def engine(mutual: MutualInABox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Open one engine for all: a trial changes nothing."""
    with Engine.open(mutual.profile(tmp_path_factory.mktemp("desk") / "profile")) as opened:
        opened.run(opened.directory_ready())
        yield opened


def tried(engine: Engine, file: Path, *facets: str, instance: str = "", reveal: bool = False) -> Trial:
    request = TrialRequest(file, "member", MEMBER, instance, facets, reveal=reveal)
    return engine.run(engine.trials.run(request))


def changed(folder: Path, tool: str, before: str, after: str) -> Path:
    """Copy a connector file of the demonstration with one change."""
    content = (DEMO / f"{tool}.toml").read_text("utf-8")
    assert before in content
    path = folder / f"{tool}.toml"
    path.write_text(content.replace(before, after), "utf-8")
    return path


def only(trial: Trial) -> ReadingTrial:
    (reading,) = trial.readings
    return reading


def test_each_row_is_shown_raw_extracted_and_mapped_with_the_route_and_no_number(engine: Engine) -> None:
    reading = only(tried(engine, DEMO / "benefits.toml", "benefits"))
    assert reading.asked[0].route == "GET /assures/{insured}/lignes"
    assert MEMBER not in str(reading.asked)
    assert (reading.kept, len(reading.rows)) == (reading.rows_found, 5)
    fields = {one.name: one for one in reading.rows[0].fields}
    assert fields["amount"].origin == "mtAMC"
    assert str(fields["amount"].mapped) == f"{int(str(fields['amount'].extracted)) / 100:.2f}"
    assert fields["label"].extracted == fields["label"].mapped == MASK
    raw = reading.rows[0].raw
    assert isinstance(raw, dict)
    assert raw["libActe"].startswith("texte (")


def test_a_dropped_row_says_which_field_and_which_converter(engine: Engine, tmp_path: Path) -> None:
    file = changed(tmp_path, "benefits", '{ from = "dtPaiement", format = "%d/%m/%Y" }', '"dtPaiement"')
    reading = only(tried(engine, file, "benefits"))
    assert reading.kept == 0
    assert reading.error is not None
    row = reading.rows[0]
    assert (row.dropped, row.because) == (Dropped.UNREADABLE, "paid_on")
    assert {one.name: one.problem for one in row.fields}["paid_on"] == "date"
    out = Console(file=io.StringIO(), width=160)
    assert connector_try.print_trial(tried(engine, file, "benefits"), out) == 1
    assert "paid_on est illisible" in out.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_a_database_and_a_file_show_their_rows_too(engine: Engine) -> None:
    for tool, facet in (("contributions", "contributions"), ("noemie", "noemie")):
        reading = only(tried(engine, DEMO / f"{tool}.toml", facet))
        assert reading.kept == reading.rows_found > 0
        assert all(row.dropped is None for row in reading.rows)


def test_every_section_of_a_timeline_is_read_by_its_own_mapping(engine: Engine) -> None:
    reading = only(tried(engine, DEMO / "relation.toml", "timeline"))
    assert len({asked.route for asked in reading.asked}) > 1
    assert reading.kept == reading.rows_found
    assert all(row.dropped is None for row in reading.rows)


def test_code_shows_what_it_asked_and_each_record_that_it_gave(engine: Engine) -> None:
    trial = tried(engine, DEMO / "complaints.toml")
    assert not trial.shows_rows
    assert only(trial).kept == only(trial).rows_found == 1
    assert only(trial).asked
    (row,) = only(trial).rows
    assert row.dropped is None
    assert {"id", "status"} <= {one.name for one in row.fields}
    out = Console(file=io.StringIO(), width=160)
    connector_try.print_trial(trial, out)
    assert "status" in out.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_a_subject_that_the_answer_does_not_tell_is_said_to_be_silent_and_the_total_is_told(
    engine: Engine, tmp_path: Path
) -> None:
    good = only(tried(engine, DEMO / "benefits.toml", "benefits"))
    assert not good.silent_subject
    assert good.total is not None
    wrong = changed(tmp_path, "benefits", '"assure.', '"nobody.')
    reading = only(tried(engine, wrong, "benefits"))
    assert (reading.silent_subject, reading.total) == (True, good.total)


def test_the_same_identifier_twice_is_told(engine: Engine, tmp_path: Path) -> None:
    file = changed(tmp_path, "benefits", 'id = "numLigne"', 'id = "etat"')
    reading = only(tried(engine, file, "benefits"))
    assert Dropped.TWICE in {row.dropped for row in reading.rows}
    assert reading.kept < reading.rows_found


def test_a_value_in_clear_is_refused_outside_a_synthetic_profile(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = only(tried(engine, DEMO / "benefits.toml", "benefits", reveal=True)).rows[0]
    assert MASK not in [one.mapped for one in row.fields]
    settings = replace(engine.profile.settings, synthetic=False)
    monkeypatch.setattr(engine.trials, "_profile", replace(engine.profile, settings=settings))
    with pytest.raises(AviseError, match="reveal_refused"):
        tried(engine, DEMO / "benefits.toml", "benefits", reveal=True)


def test_a_nir_in_the_wrong_place_is_masked_all_the_same(engine: Engine) -> None:
    reading = only(tried(engine, DEMO / "benefits.toml", "benefits", reveal=True))
    row = reading.rows[0]
    field = next(one for one in row.fields if one.name == "person")
    nir = "1 85 05 99 999 001 81"
    bad = replace(field, extracted=nir, mapped=nir)
    trial = Trial("x 1.0.0", (replace(reading, rows=(replace(row, fields=(bad,)),)),))
    masked = only(masked_trial(trial, engine.desk.session.role)).rows[0]
    assert "99 999" not in json.dumps(
        connector_try.as_json(Trial("x", (replace(reading, rows=(masked,)),)), masked=True)
    )


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (TrialRequest(DEMO / "benefits.toml", "member", "0000000000"), "show.nobody"),
        (TrialRequest(DEMO / "benefits.toml", "crm.contact", "unknown-here"), "connector_try.nobody"),
        (TrialRequest(DEMO / "benefits.toml", "member", MEMBER, "surveys"), "connector_try.no_instance"),
        (TrialRequest(Path("other.toml"), "member", MEMBER), "connector_try.which_instance"),
        (
            TrialRequest(DEMO / "benefits.toml", "member", MEMBER, facets=("bank",)),
            "connector_try.no_reading",
        ),
    ],
)
def test_what_cannot_be_tried_says_why(engine: Engine, request_: TrialRequest, key: str) -> None:
    with pytest.raises(AviseError) as refused:
        engine.run(engine.trials.run(request_))
    assert refused.value.message_key == key


def test_a_customer_without_the_identifier_is_not_asked_about_and_those_they_have_are_told(
    engine: Engine, tmp_path: Path
) -> None:
    trial = tried(engine, changed(tmp_path, "benefits", "benefits.insured", "benefits.nosuch"), "benefits")
    assert only(trial).missing_ids == ("benefits.nosuch",)
    assert only(trial).asked == ()
    assert {"member", "benefits.insured"} <= set(trial.known_ids)
    out = Console(file=io.StringIO(), width=160)
    assert connector_try.print_trial(trial, out) == 1
    assert "benefits.insured, " in out.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_an_identifier_that_only_the_tool_knows_is_enough(engine: Engine) -> None:
    entry = engine.run(engine.directory.by_identifier("member", MEMBER))
    assert entry is not None
    request = TrialRequest(DEMO / "benefits.toml", "benefits.insured", entry.party.ids["benefits.insured"])
    assert engine.run(engine.trials.run(request)).readings[0].kept


def test_a_look_at_a_customer_is_journaled(engine: Engine) -> None:
    async def consulted() -> int:
        entry = await engine.directory.by_identifier("member", MEMBER)
        assert entry is not None
        found = await engine.trials._journal.stream(f"customer/{entry.dossier}")
        return sum(event.body.get("purpose") == "connector_try" for event in found)

    before = engine.run(consulted())
    tried(engine, DEMO / "benefits.toml", "benefits")
    assert engine.run(consulted()) == before + 1
