"""A connector file is checked as a whole: every error, its line, what the author may have meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import ConnectorError, ReadsFacets
from avise.connectors.declarative import (
    ConnectorFileError,
    ProblemAt,
    check_connector_file,
    load_connector_file,
    new_connector_file,
)
from avise.connectors.declarative.checks import contract_fits
from avise.connectors.declarative.kinds import KINDS
from avise.connectors.endpoints import ClientCredentialsSignIn
from avise.models.errors import AviseError, ErrorKind
from avise.models.facets import Sensitivity
from avise.texts import set_language

BROKEN = """\
avise = 1
[connector]
id = "Prest"
name = "P"
version = "1.2"
contract = ">=2.0"
ownr = "x"
kind = "rest"
needs_ids = ["a.b", "a.nir"]
[http]
base_url = "{config.base_ur}"
auth = { type = "bearr", secret = "jeton" }
rate = 10
[[facet]]
id = "benefit"
path = "c/{customer.a.c}"
paging = { type = "next_url", max_page = 5 }
[facet.fields]
id = "["
[[facet]]
id = "benefits"
path = "/c/{customer.a.nir}"
on_404 = "error"
paging = { type = "none" }
[facet.fields]
paid_o = "x"
amount = "y"
status = { from = "z", map = { P = "payed" } }
paid_on = { from = "x", as = "cents" }
"""


def check(tmp_path: Path, text: str | bytes) -> list[ProblemAt]:
    path = tmp_path / "connector.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check_connector_file(path)


def seen(problems: list[ProblemAt]) -> set[tuple[int, str, str]]:
    return {
        (found.line, found.key_path, found.message_key.removeprefix("connector_check.")) for found in problems
    }


def test_a_broken_file_tells_all_its_errors_at_once(tmp_path: Path) -> None:
    assert seen(check(tmp_path, BROKEN)) == {
        (3, "connector.id", "name"),
        (5, "connector.version", "version_form"),
        (6, "connector.contract", "contract_range"),
        (7, "connector.ownr", "unknown_key"),
        (9, "connector.needs_ids[1]", "restricted_in_request"),
        (11, "http.base_url", "config_undeclared"),
        (12, "http.auth.type", "not_one_of"),
        (12, "http.auth.secret", "secret_undeclared"),
        (13, "http.rate", "rate"),
        (14, "facet[0].on_404", "missing_key"),
        (15, "facet[0].id", "unknown_facet"),
        (16, "facet[0].path", "scheme_undeclared"),
        (16, "facet[0].path", "path_not_relative"),
        (17, "facet[0].paging.at", "missing_key"),
        (17, "facet[0].paging.max_page", "unknown_key"),
        (19, "facet[0].fields.id.from", "expression"),
        (22, "facet[1].path", "restricted_in_request"),
        (25, "facet[1].fields.id", "field_required"),
        (26, "facet[1].fields.paid_o", "unknown_field"),
        (27, "facet[1].fields.amount", "converter_needed"),
        (28, "facet[1].fields.status.map.P", "unknown_code"),
        (29, "facet[1].fields.paid_on.as", "converter_unfit"),
    }


@pytest.mark.parametrize(
    ("key_path", "meant"),
    [
        ("connector.ownr", "owner"),
        ("http.auth.type", "bearer"),
        ("facet[0].id", "benefits"),
        ("facet[0].paging.max_page", "max_pages"),
        ("facet[1].fields.paid_o", "paid_on"),
        ("facet[1].fields.status.map.P", "paid"),
    ],
)
def test_an_unknown_word_comes_with_the_one_that_was_meant(tmp_path: Path, key_path: str, meant: str) -> None:
    found = [problem for problem in check(tmp_path, BROKEN) if problem.key_path == key_path]
    assert found[0].params["suggestion"] == meant
    assert meant in found[0].sentence()


def test_errors_are_in_the_order_of_lines_and_speak_both_languages(tmp_path: Path) -> None:
    problems = check(tmp_path, BROKEN)
    assert [found.line for found in problems] == sorted(found.line for found in problems)
    french = [found.sentence() for found in problems]
    set_language("en")
    english = [found.sentence() for found in problems]
    for sentence in french + english:
        assert "connector_check." not in sentence
        assert "{" not in sentence.replace("{customer", "").replace("{config", "")
    assert all(one != other for one, other in zip(french, english, strict=True))


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("avise = 1\nname 'x'\n", 2, "syntax_equals"),
        ("avise = 1\nname = \n", 2, "syntax_value"),
        ('avise = 1\nname = "x\n', 2, "syntax_string"),
        ('a = "\x01"', 1, "syntax_character"),
        ("avise = 1\navise = 2\n", 2, "syntax_twice"),
        ("[a]\n[b]\n[a]\n", 3, "syntax_twice"),
        ("a = 1 b = 2\n", 1, "syntax_end_of_line"),
        ("\na = [1, 2\n", 2, "syntax_list"),
        ("a = '''x\n\n", 1, "syntax_string"),
        ("[a\n", 1, "syntax_header"),
        ("€ = 1", 1, "syntax"),
    ],
)
def test_a_file_that_is_no_toml_says_where_and_why(tmp_path: Path, text: str, line: int, key: str) -> None:
    (problem,) = check(tmp_path, text)
    assert (problem.line, problem.message_key) == (line, f"connector_check.{key}")
    assert "connector_check." not in problem.sentence()


def test_a_file_in_another_encoding_says_at_which_line(tmp_path: Path) -> None:
    (problem,) = check(tmp_path, "avise = 1\n# t\u00e9l\u00e9phone\n".encode("latin-1"))
    assert (problem.line, problem.message_key) == (2, "connector_check.not_utf8")


@pytest.mark.parametrize(
    ("text", "key_path", "key"),
    [
        ("", "connector", "missing_key"),
        ("connector = 1", "connector", "expected_table"),
        ("[connector]\nid = 'a'", "connector.kind", "missing_key"),
        ("[connector]\nkind = 'rset'", "connector.kind", "not_one_of"),
        ("[connector]\nkind = 3", "connector.kind", "not_one_of"),
    ],
)
def test_a_file_without_a_known_kind_says_so_first(
    tmp_path: Path, text: str, key_path: str, key: str
) -> None:
    assert (key_path, f"connector_check.{key}") in {
        (found.key_path, found.message_key) for found in check(tmp_path, text)
    }


REST = new_connector_file("rest")
SQL = new_connector_file("sql")
FILES = new_connector_file("files")
PYTHON = new_connector_file("python")


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_to_start_from_passes_as_it_is(tmp_path: Path, kind: str) -> None:
    assert check(tmp_path, new_connector_file(kind)) == []


def test_there_is_no_template_of_an_unknown_kind() -> None:
    with pytest.raises(AviseError):
        new_connector_file("soap")


def test_the_rest_is_judged_even_when_the_kind_is_misspelt(tmp_path: Path) -> None:
    text = REST.replace('kind = "rest"', 'kind = "rset"').replace("records = ", "record = ")
    assert [(found.key_path, found.params["suggestion"]) for found in check(tmp_path, text)] == [
        ("connector.kind", "rest"),
        ("facet[0].record", "records"),
        ("action[0].verify.record", "records"),
    ]


FIELDS_IN_TROUBLE = """
[[facet]]
id = "FACET"
path = "/c"
on_404 = "error"
paging = { type = "none" }
[facet.fields]
paid_o = "x"
as_of = { from = "x", as = "datetime", decimal = "," }
"""


@pytest.mark.parametrize("written", ['"benefits"', '"benefitz"', '"zzz"', "3", ""])
def test_a_wrong_facet_hides_no_error_of_its_fields(tmp_path: Path, written: str) -> None:
    text = REST + FIELDS_IN_TROUBLE.replace('"FACET"', written)
    text = text.replace("\nid = \n", "\n")
    at = max(int(found.key_path[6]) for found in check(tmp_path, text) if found.key_path.startswith("facet["))
    assert {
        (f"facet[{at}].fields.id", "field_required"),
        (f"facet[{at}].fields.paid_o", "unknown_field"),
        (f"facet[{at}].fields.as_of.decimal", "option_unused"),
    } <= {(path, key) for _, path, key in seen(check(tmp_path, text))}


@pytest.mark.parametrize("facet", ["benefits", "zzz"])
def test_a_converter_that_is_no_word_is_told(tmp_path: Path, facet: str) -> None:
    rule = 'as_of = { from = "x", as = { a = 1 }, format = "%d" }'
    text = REST + FIELDS_IN_TROUBLE.replace("FACET", facet).replace('paid_o = "x"', rule).replace(
        'as_of = { from = "x", as = "datetime", decimal = "," }', ""
    )
    assert any(key == "not_one_of" for _, _, key in seen(check(tmp_path, text)))


OPTIONS_IN_TROUBLE = PYTHON.replace('media_type = "media_type"', 'media_typ = "media_type"').replace(
    'on_404 = "empty"', 'on_404 = "void"'
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "documents"', "id = 3"),
        ('id = "documents"', 'id = "documens"'),
        ('kind = "python"', 'kind = "pyton"'),
        ('kind = "python"', "kind = 3"),
        ('kind = "python"', ""),
        ('id = "mon_outil"', 'id = "Mon outil"'),
    ],
)
def test_a_wrong_facet_or_kind_hides_no_error_of_the_options(tmp_path: Path, old: str, new: str) -> None:
    hidden = seen(check(tmp_path, OPTIONS_IN_TROUBLE))
    assert {key for _, _, key in hidden} == {"unknown_field", "not_one_of"}
    found = seen(check(tmp_path, replaced(OPTIONS_IN_TROUBLE, old, new)))
    assert hidden <= found
    assert len(found) > len(hidden)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("written", ["3", '"soap"', ""])
def test_a_wrong_kind_is_the_only_error_of_a_file_that_is_right_otherwise(
    tmp_path: Path, kind: str, written: str
) -> None:
    line = f'kind = "{kind}"'
    text = replaced(new_connector_file(kind), line, f"kind = {written}" if written else "")
    assert {found.key_path for found in check(tmp_path, text)} == {"connector.kind"}


def test_an_empty_file_is_told_what_every_file_has(tmp_path: Path) -> None:
    assert {found.key_path for found in check(tmp_path, "")} == {"avise", "connector"}


SEEN = {
    "a number in place of text": (REST, 'name = "Mon outil"', "name = 3", "expected_text"),
    "text in place of a number": (REST, "concurrency = 4", 'concurrency = "4"', "expected_integer"),
    "too many calls at once": (REST, "concurrency = 4", "concurrency = 99", "too_large"),
    "text in place of a list": (
        REST,
        'needs_ids = ["mon_outil.adherent"]',
        'needs_ids = "x"',
        "expected_list",
    ),
    "a default with decimals": (REST, 'type = "url"', 'type = "url"\ndefault = 1.5', "scalar"),
    "a code that is a number": (REST, 'P = "paid"', "P = 1", "code"),
    "a single bracket": (REST, "[[errors]]", "[errors]", "double_brackets"),
    "an identifier cut by its dot": (
        REST,
        "subject = {",
        'subject = { ids = { mon_outil.adherent = "id" },',
        "scheme_quoted",
    ),
    "a capital in a name": (REST, "[config.jeton]", "[config.Jeton]", "name"),
    "an empty name": (REST, 'name = "Mon outil"', 'name = ""', "empty_value"),
    "a format of another time": (REST, "avise = 1", "avise = 2", "not_one_of"),
    "a duration without unit": (REST, 'id = "benefits"', 'id = "benefits"\ndeadline = "4"', "duration"),
    "no range of versions": (REST, ">=1.0,<2", "1.x", "contract_form"),
    "an open brace": (
        REST,
        "/{customer.mon_outil.adherent}/",
        "/{customer.mon_outil.adherent/",
        "placeholder_open",
    ),
    "a lone closing brace": (REST, 'tri = "date_desc"', 'tri = "date}"', "placeholder_close"),
    "empty braces": (REST, 'tri = "date_desc"', 'tri = "{}"', "placeholder_empty"),
    "an unknown placeholder": (REST, 'tri = "date_desc"', 'tri = "{custommer.a}"', "placeholder_unknown"),
    "a placeholder of another section": (REST, 'tri = "date_desc"', 'tri = "{ref}"', "placeholder_elsewhere"),
    "a customer where there is none": (
        REST,
        'path = "/version"',
        'path = "/{customer.mon_outil.adherent}"',
        "placeholder_no_customer",
    ),
    "a secret in a query": (REST, 'tri = "date_desc"', 'tri = "{config.jeton}"', "placeholder_secret"),
    "a query in a path": (REST, 'path = "/version"', 'path = "/version?a=1"', "path_has_query"),
    "another host in a path": (
        REST,
        'path = "/version"',
        'path = "//elsewhere/version"',
        "path_not_relative",
    ),
    "a base address that is none": (REST, '"{config.base_url}"', '"ftp://tool"', "base_url_scheme"),
    "a secret that is none": (REST, 'secret = "jeton"', 'secret = "base_url"', "secret_type"),
    "a secret with a default": (REST, 'type = "secret"', 'type = "secret"\ndefault = "x"', "config_secret"),
    "a choice without choices": (REST, 'type = "url"', 'type = "choice"', "config_choices"),
    "pages and etag": (
        REST,
        'on_404 = "not_found"',
        'validator = "etag"\non_404 = "empty"',
        "etag_with_pages",
    ),
    "a field with two origins": (
        REST,
        'label = "libelle"',
        'label = { from = "a", value = "b" }',
        "field_origin",
    ),
    "a format for a text": (
        REST,
        'label = "libelle"',
        'label = { from = "a", format = "%d" }',
        "option_unused",
    ),
    "a subject without evidence": (
        REST,
        'subject = { last_name = "adherent.nom", birth_date = "adherent.date_naissance" }',
        "subject = {}",
        "subject_empty",
    ),
    "a scheme with capitals": (
        REST,
        'needs_ids = ["mon_outil.adherent"]',
        'needs_ids = ["Mon.Outil"]',
        "scheme",
    ),
    "a use without python": (REST, 'kind = "rest"', 'kind = "rest"\nuse = "webdav"', "use_with_python"),
    "a header with an accent": (REST, "[http]", '[http]\nheaders = { "X-Clé" = "1" }', "header_name"),
    "a header with a space": (
        REST,
        'auth = { type = "bearer", secret = "jeton" }',
        'auth = { type = "header", name = "X Key", secret = "jeton" }',
        "header_name",
    ),
    "a zone that does not exist": (REST, 'kind = "rest"', 'kind = "rest"\ntimezone = "Paris"', "timezone"),
    "a parameter that lacks": (SQL, ":adherent", ":adherant", "param_missing"),
    "a parameter too many": (SQL, ":adherent", "1", "param_unused"),
    "a statement that writes": (SQL, "select id, due_on", "delete id, due_on", "not_a_select"),
    "a password in an address": (SQL, '"{config.url}"', '"postgresql+psycopg://u:p@h/b"', "url_password"),
    "a database that may be written": (SQL, '"{config.url}"', '"sqlite:///x.db"', "url_sqlite_read_only"),
    "an engine that is not read": (SQL, '"{config.url}"', '"mysql://h/b"', "url_engine"),
    "a key of a REST file": (SQL, "max_rows = 500", 'max_rows = 500\non_404 = "empty"', "unknown_key"),
    "a folder without pattern": (FILES, 'pattern = "flux_*.csv"', "", "csv_pattern"),
    "two places": (FILES, "[csv]", '[csv]\npath = "x.csv"', "csv_place"),
    "no header and no columns": (
        FILES,
        'key = "matricule"',
        'key = "matricule"\nheader = false',
        "csv_columns",
    ),
    "a date in no column": (FILES, 'as_of = "name"', 'as_of = "column"', "csv_as_of_column"),
    "a date in a name without format": (FILES, 'as_of_format = "flux_%Y%m%d.csv"', "", "csv_as_of_format"),
    "an unknown encoding": (FILES, '"utf-8"', '"latin-99"', "encoding"),
    "a long delimiter": (FILES, 'delimiter = ";"', 'delimiter = ";;"', "one_character"),
    "a key of two values for one column": (
        FILES,
        'key = "{customer.mon_outil.matricule}"',
        'key = ["{customer.mon_outil.matricule}", "x"]',
        "key_count",
    ),
    "a NIR that is not masked": (
        REST,
        'id = "benefits"',
        'id = "identity"\non_404 = "error"\npath = "/x"\npaging = { type = "none" }\n'
        '[facet.fields]\nid = "id"\nnir = "nir"\n[[facet]]\nid = "benefits"',
        "converter_needed",
    ),
    "a Python connector that nobody installed": (
        PYTHON,
        'use = "webdav"',
        'use = "gopher"',
        "unknown_python",
    ),
    "the same facet twice": (
        PYTHON,
        'id = "documents"',
        'id = "documents"\n[[facet]]\nid = "documents"',
        "twice",
    ),
    "nothing to read": (PYTHON, '[[facet]]\nid = "documents"', "", "offers_nothing"),
}


@pytest.mark.parametrize("case", SEEN)
def test_each_mistake_has_its_own_sentence(tmp_path: Path, case: str) -> None:
    text, old, new, key = SEEN[case]
    problems = check(tmp_path, replaced(text, old, new))
    assert f"connector_check.{key}" in {found.message_key for found in problems}
    assert all("connector_check." not in found.sentence() for found in problems)


def test_the_options_of_a_python_connector_are_checked_with_their_lines(tmp_path: Path) -> None:
    text = PYTHON.replace('on_404 = "empty" ', 'on_404 = "emty" ')
    text = text.replace('size = "size"', 'siz = "size"').replace("mon_outil.dossier}/", "mon_outil.nir}/")
    lines = text.split("\n")
    problems = check(tmp_path, text)
    assert [(found.key_path, found.params.get("suggestion", "")) for found in problems] == [
        ("options.facets.documents.path", ""),
        ("options.facets.documents.on_404", "empty"),
        ("options.facets.documents.fields.siz", "size"),
    ]
    assert [lines[found.line - 1].split(" ")[0] for found in problems] == ["path", "on_404", "siz"]


def test_a_file_with_errors_is_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "connector.toml"
    path.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(ConnectorFileError) as caught:
        load_connector_file(path)
    assert list(caught.value.problems) == check_connector_file(path)


def test_the_manifest_says_what_the_file_offers(tmp_path: Path) -> None:
    path = tmp_path / "connector.toml"
    path.write_text(REST, encoding="utf-8")
    loaded = load_connector_file(path)
    manifest = loaded.manifest
    assert (manifest.id, manifest.kind, manifest.rate_per_second) == ("mon_outil", "rest", 10.0)
    assert manifest.facets[0].facet == "benefits"
    assert manifest.facets[0].sensitivity is Sensitivity.HEALTH
    assert manifest.facets[0].needs_ids == ("mon_outil.adherent",)
    assert [field.name for field in manifest.config] == ["base_url", "jeton"]
    assert isinstance(loaded.connector, ReadsFacets)


def test_an_endpoint_is_built_from_the_values_of_an_instance(tmp_path: Path) -> None:
    signed = replaced(
        REST,
        'auth = { type = "bearer", secret = "jeton" }',
        'auth = { type = "client_credentials", token_url = "{config.base_url}/token", client_id = "avise", '
        'secret = "jeton", scope = "read" }',
    )
    path = tmp_path / "connector.toml"
    path.write_text(signed, encoding="utf-8")
    endpoint = load_connector_file(path).http_endpoint({"base_url": "https://tool.example/api/"})
    assert endpoint is not None
    assert endpoint.base_url == "https://tool.example/api"
    assert endpoint.sign_in == ClientCredentialsSignIn(
        "https://tool.example/api//token", "avise", "jeton", "read"
    )


@pytest.mark.parametrize(
    "value", [None, "", "tool.example", "https://u:p@tool.example", "file:///etc/passwd"]
)
def test_an_address_that_cannot_be_used_is_a_matter_of_configuration(
    tmp_path: Path, value: str | None
) -> None:
    path = tmp_path / "connector.toml"
    path.write_text(REST, encoding="utf-8")
    with pytest.raises(ConnectorError) as caught:
        load_connector_file(path).http_endpoint({"base_url": value})
    assert caught.value.kind is ErrorKind.CONFIG


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (">=1.0,<2", True),
        (">=1", True),
        ("<1", False),
        ("==1.3", True),
        (">=1.4", False),
        ("1", None),
        ("", None),
    ],
)
def test_a_range_of_the_contract_is_compared_with_ours(wanted: str, fits: bool | None) -> None:
    assert contract_fits(wanted) is fits


@given(st.text(max_size=300))
def test_no_text_makes_the_check_fail(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    assert check_connector_file(path)


TREES = st.recursive(
    st.one_of(st.text(max_size=5), st.integers(-9, 9), st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    ),
    max_leaves=6,
)


def as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
    return '"' + "".join(f"\\U{ord(char):08X}" for char in str(value)) + '"'


@given(
    kind=st.sampled_from(KINDS),
    section=st.sampled_from(
        [
            "http",
            "sql",
            "csv",
            "facet",
            "timeline",
            "directory",
            "live",
            "config",
            "errors",
            "call_events",
            "options",
        ]
    ),
    value=TREES,
)
def test_a_section_of_any_shape_is_told_and_never_fatal(
    tmp_path_factory: pytest.TempPathFactory, kind: str, section: str, value: object
) -> None:
    header = f'id = "a", name = "a", version = "1.0.0", contract = ">=1", owner = "a", kind = "{kind}"'
    path = tmp_path_factory.getbasetemp() / "shape.toml"
    path.write_text(
        f"avise = 1\nconnector = {{ {header} }}\n{section} = {as_toml(value)}\n", encoding="utf-8"
    )
    problems = check_connector_file(path)
    assert all(1 <= found.line <= 3 for found in problems)
