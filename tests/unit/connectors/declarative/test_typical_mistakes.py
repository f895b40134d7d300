"""What authors really write wrongly: each told at its line, with what they may have meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.connectors.declarative import check_connector_file
from avise.texts import set_language

GOOD = """\
avise = 1
[connector]
id = "claims"
name = "Réclamations"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI"
kind = "rest"
needs_ids = ["member"]
[config.base_url]
type = "url"
label = "Adresse"
required = true
[config.token]
type = "secret"
label = "Jeton"
[http]
base_url = "{config.base_url}"
auth = { type = "bearer", secret = "token" }
[[facet]]
id = "complaints"
path = "/members/{customer.member}/complaints"
on_404 = "empty"
paging = { type = "none" }
records = "items"
[facet.fields]
id = "ref"
subject = "title"
received_on = { from = "opened", format = "%d/%m/%Y" }
status = { from = "state", map = { O = "open" } }
"""

FACET_TWICE = """\
[[facet]]
id = "complaints"
path = "/x/{customer.member}"
on_404 = "empty"
paging = { type = "none" }
fields = { id = "a" }
"""


def told(folder: Path, content: str | bytes) -> list[tuple[int, str, str]]:
    """Return line, kind and suggestion of each error."""
    path = folder / "claims.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems = check_connector_file(path)
    for language in ("en", "fr"):
        set_language(language)
        sentences = [problem.sentence() for problem in problems]
        assert not [sentence for sentence in sentences if "connector_check." in sentence]
    return [
        (found.line, found.message_key.removeprefix("connector_check."), found.params.get("suggestion", ""))
        for found in problems
    ]


def test_the_file_that_they_meant_has_no_error(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD) == []
    assert told(tmp_path, GOOD.replace("\n", "\r\n")) == []
    assert told(tmp_path, GOOD.replace('\nowner = "SI"', '\n\towner = "SI"')) == []


def test_a_mark_before_the_first_line_is_no_mistake(tmp_path: Path) -> None:
    assert told(tmp_path, "\ufeff" + GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('owner = "SI"', 'ownr = "SI"', (7, "unknown_key", "owner")),
        ("[http]", "[htpp]", (17, "unknown_key", "http")),
        ('records = "items"', 'record = "items"', (25, "unknown_key", "records")),
        ('label = "Adresse"', 'libelle = "Adresse"', (12, "unknown_key", "label")),
        ('on_404 = "empty"', 'On_404 = "empty"', (23, "unknown_key", "on_404")),
        ('on_404 = "empty"', 'on-404 = "empty"', (23, "unknown_key", "on_404")),
        ('version = "1.0.0"', "version = 1.0", (5, "expected_text", "")),
        ("required = true", 'required = "true"', (13, "expected_bool", "")),
        ('needs_ids = ["member"]', 'needs_ids = "member"', (9, "expected_list", "")),
        ("avise = 1", 'avise = "1"', (1, "expected_integer", "")),
        ("[[facet]]", "[facet]", (20, "double_brackets", "")),
        ("[facet.fields]", "[fields]", (26, "unknown_key", "facet.fields")),
        ("[facet.fields]", "[facet.field]", (26, "unknown_key", "fields")),
        ('id = "complaints"', 'id = "complaint"', (21, "unknown_facet", "complaints")),
        ('id = "complaints"', 'id = "reclamations"', (21, "unknown_facet", "complaints")),
        ('subject = "title"', 'subjet = "title"', (28, "unknown_field", "subject")),
        ('subject = "title"', 'objet = "title"', (28, "unknown_field", "subject")),
        ("received_on = {", "dateReception = {", (29, "unknown_field", "received_on")),
        ('format = "%d/%m/%Y"', 'as = "dat"', (29, "not_one_of", "date")),
        ('format = "%d/%m/%Y"', 'as = "cents"', (29, "converter_unfit", "")),
        ('format = "%d/%m/%Y"', 'format = "dd/MM/yyyy"', (29, "date_format", "%d/%m/%Y")),
        ('format = "%d/%m/%Y"', 'format = "%q/%m/%Y"', (29, "date_mark", "%d/%m/%Y")),
        ('format = "%d/%m/%Y"', 'format = "%d/%M/%Y"', (29, "date_format", "%d/%m/%Y")),
        ('format = "%d/%m/%Y"', 'format = "%d/%m/%Y %d"', (29, "date_mark_twice", "")),
        ('O = "open"', 'O = "opened"', (30, "unknown_code", "open")),
        ('owner = "SI"', 'owner = "SI"\nowner = "DSI"', (8, "syntax_twice", "")),
        ('kind = "rest"', 'kind = "http"', (8, "not_one_of", "rest")),
        ('owner = "SI"', 'owner = "SI', (7, "syntax_string", "")),
        ('records = "items"', "records = '''items", (25, "syntax_string", "")),
        ('needs_ids = ["member"]', 'needs_ids = ["member"', (10, "syntax_list", "")),
        ('paging = { type = "none" }', 'paging = { type = "none"', (24, "syntax_inline_table", "")),
        ('auth = { type = "bearer",', 'auth = {\n  type = "bearer",', (19, "syntax_inline_table", "")),
        ('owner = "SI"', "owner = “SI”", (7, "syntax_value", "")),
        ('owner = "SI"', "owner = SI", (7, "syntax_value", '"SI"')),
        ("required = true", "required = oui", (13, "syntax_value", "true")),
        ("required = true", "required = True", (13, "syntax_value", "true")),
        ('owner = "SI"', 'owner: "SI"', (7, "syntax_equals", "")),
        ('owner = "SI"', 'owner\u00a0= "SI"', (7, "syntax_space", "")),
        ('owner = "SI"', 'owner = "SI" // équipe', (7, "syntax_end_of_line", "")),
        ('label = "Adresse"', 'label = "C:\\Users"', (12, "syntax_backslash", "")),
        ('"{config.base_url}"', '"{config.baseurl}"', (18, "config_undeclared", "base_url")),
        ("{customer.member}", "{customer.membre}", (22, "scheme_undeclared", "member")),
        ("{customer.member}", "{{customer.member}}", (22, "placeholder_open", "")),
        ('/complaints"', '/complaints?x=1"', (22, "path_has_query", "")),
        ('records = "items"', 'fresh_for = 120\nrecords = "items"', (25, "duration", "")),
        ('records = "items"', 'records = "items["', (25, "expression", "")),
        ('records = "items"', 'records = "liste.éléments"', (25, "expression", "'liste.\"éléments\"'")),
        ('records = "items"', 'records = "code-postal"', (25, "expression", "'\"code-postal\"'")),
        ('records = "items"', 'records = "$.items[*]"', (25, "expression", "items")),
        ('records = "items"', 'records = "é[0] || x"', (25, "expression", "")),
        ('secret = "token"', 'secret = "s3cr3t"', (19, "secret_undeclared", "")),
        ('contract = ">=1.0,<2"', 'contract = "1.0"', (6, "contract_form", "")),
    ],
)  # fmt: skip
def test_a_typical_mistake_is_told_at_its_line(
    tmp_path: Path, before: str, after: str, expected: tuple[int, str, str]
) -> None:
    assert before in GOOD
    found = told(tmp_path, GOOD.replace(before, after, 1))
    assert expected in found
    # What follows from the mistake (the key that lacks) is told, and nothing that does not.
    assert len(found) <= 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GOOD.encode("latin-1"), (4, "not_utf8", "")),
        (GOOD.encode("utf-16"), (1, "not_utf8_16", "")),
        ('{"avise": 1}', (1, "syntax_json", "")),
        ("avise: 1\nconnector:\n  id: x\n", (1, "syntax_equals", "")),
        (GOOD + '[http]\nbase_url = "x"\n', (31, "syntax_twice", "")),
        (GOOD + FACET_TWICE, (32, "twice", "")),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_says_how(
    tmp_path: Path, content: str | bytes, expected: tuple[int, str, str]
) -> None:
    assert told(tmp_path, content) == [expected]


def test_a_secret_written_in_the_file_is_repeated_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(GOOD.replace('secret = "token"', 'secret = "s3cr3t"'), "utf-8")
    assert not [problem for problem in check_connector_file(path) if "s3cr3t" in problem.sentence()]
