"""The files of suggested answers: those that ship are good, and a bad one says where and why."""

from __future__ import annotations

import logging
import re
import textwrap
from pathlib import Path

import pytest

from avise.resources import resource_folder
from avise.services.answer_files import check_answers, load_answers, shipped_answers

FILES = sorted(resource_folder("answers").glob("*.toml"))

MOST_FREQUENT = (
    "R01", "R04", "R09", "R03", "R05", "R02", "R14", "R06", "R07", "R11", "R10", "R13", "R16", "R19", "R20",
)  # fmt: skip
"""The fifteen reasons with the largest shares (`domain.md` 3.3)."""

GOOD = """
avise = 1

[fact.card]
facet = "rights"
where = [{ field = "status", is = "refused" }]

[[answer]]
id = "card_refused"
reason = "R09"
fact = "card"
likelihood = "likely"
params = { person = "person" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return path


def told(path: Path) -> list[tuple[int, str]]:
    return [(problem.line, problem.message_key.partition(".")[2]) for problem in check_answers(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_that_ships_has_no_error(path: Path) -> None:
    assert [f"{found.line}: {found.sentence()}" for found in check_answers(path)] == []


def test_the_most_frequent_reasons_have_answers() -> None:
    reasons = {rule.reason for file in shipped_answers() for rule in file.answer}
    assert set(MOST_FREQUENT) <= reasons
    assert len(reasons) == 22


def test_no_two_answers_share_an_identifier() -> None:
    ids = [rule.id for file in shipped_answers() for rule in file.answer]
    assert len(ids) == len(set(ids))


def test_a_good_file_has_no_error(tmp_path: Path) -> None:
    assert told(written(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('facet = "rights"', 'facet = "right"', [(4, "unknown_facet")]),
        ('field = "status", is', 'field = "state", is', [(5, "unknown_field")]),
        ('is = "refused"', 'is = "refuse"', [(5, "unknown_code")]),
        ('is = "refused"', "at_least = 3", [(5, "wrong_comparison")]),
        ('is = "refused"', 'is = "refused", is_not = "active"', [(5, "one_comparison")]),
        ('is = "refused"', 'equals = "refused"', [(5, "unknown_key")]),
        ('fact = "card"', 'fact = "cards"', [(10, "unknown_fact")]),
        ('reason = "R09"', 'reason = "9"', [(9, "reason")]),
        ('likelihood = "likely"', 'likelihood = "sure"', [(11, "not_one_of")]),
        ('person = "person"', 'person = "name"', [(12, "unknown_field")]),
        ('person = "person"', 'other = "person"', [(7, "no_value")]),
        ('id = "card_refused"', 'id = "nobody_wrote_it"', [(7, "no_sentence")]),
        ('"person" }', '"person" }\nactions = [{ do = "request" }]', [(13, "target")]),
        ('"person" }', '"person" }\nactions = [{ do = "act", target = "Send it" }]', [(13, "target_form")]),
        ('"person" }', '"person" }\nfreshness = { right = "2h" }', [(13, "unknown_facet")]),
        ('"person" }', '"person" }\nwhen = [{ fact = "cart", found = true }]', [(13, "unknown_fact")]),
        ('is = "refused" }]', 'is = "refused" }', [(7, "syntax_list")]),
    ],
)
def test_each_error_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, expected: list[tuple[int, str]]
) -> None:
    assert before in GOOD
    found = told(written(tmp_path, GOOD.replace(before, after)))
    assert sorted(set(found)) == expected


@pytest.mark.parametrize(
    ("facet", "field"), [("benefits", "label"), ("bank", "iban"), ("documents", "title"), ("identity", "nir")]
)
def test_what_some_role_reads_masked_cannot_stand_in_a_sentence(
    tmp_path: Path, facet: str, field: str
) -> None:
    rules = f"""
        avise = 1
        fact.it.facet = "{facet}"
        [[answer]]
        id = "card_refused"
        reason = "R09"
        fact = "it"
        likelihood = "likely"
        params = {{ person = "{field}" }}
        """
    assert told(written(tmp_path, rules)) == [(8, "hidden_field")]


def test_every_error_is_told_at_once(tmp_path: Path) -> None:
    bad = GOOD.replace('"R09"', '"9"').replace('"likely"', '"sure"').replace("id =", "ident =")
    assert len(told(written(tmp_path, bad))) >= 4


def test_a_file_with_errors_is_left_out_and_its_values_are_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written(tmp_path, GOOD.replace('"likely"', '"CANARY"'))
    (tmp_path / "z.toml").write_text(GOOD, encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        (file,) = load_answers(tmp_path)
    assert file.answer[0].id == "card_refused"
    assert "rules.toml" in caplog.text
    assert "CANARY" not in caplog.text


def test_the_example_of_the_documentation_has_no_error(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "writing-rules.md").read_text("utf-8")
    page = page.partition("## Request types")[0]
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert told(written(tmp_path, "avise = 1\n" + "\n".join(blocks))) == []
