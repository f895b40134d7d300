"""The glossary's words are the code's, and the words that it refuses are nobody's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from avise.resources import resource_folder

ROOT = Path(__file__).resolve().parents[3]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
SOURCES = sorted((ROOT / "avise").rglob("*.py"))

Row = tuple[str, str, str]


def _rows(*, refused: bool) -> list[Row]:
    """Return the three columns of the tables before, or after, the title of the refused words."""
    words, _, refusals = GLOSSARY.partition("## Refused words")
    rows = []
    for line in (refusals if refused else words).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] not in ("French", "refused"):
            rows.append((cells[0], cells[1], cells[2]))
    return rows


def _code_names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _refusals() -> list[tuple[str, tuple[str, ...]]]:
    """Return each refused word with the places where it is allowed."""
    return [
        (word.strip(), tuple(_code_names(allowed)))
        for words, _, allowed in _rows(refused=True)
        for word in words.split(",")
    ]


def _defined_names(path: Path) -> Iterator[str]:
    """Yield what a module names itself: not what it takes from a library."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr


def _parts(name: str) -> set[str]:
    """Split a name as it is said: `refuseLast_ticket` says refuse, last, ticket."""
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def _is_allowed(path: Path, places: tuple[str, ...]) -> bool:
    inside = path.relative_to(ROOT / "avise").as_posix()
    return any(inside == place or (place.endswith("/") and inside.startswith(place)) for place in places)


@pytest.fixture(scope="module")
def names() -> dict[Path, set[str]]:
    return {path: set(_defined_names(path)) for path in SOURCES}


def test_every_code_name_of_the_glossary_is_in_the_code() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCES)
    said = set(re.findall(r"[A-Za-z_]+", code))
    missing = [name for _, cell, _ in _rows(refused=False) for name in _code_names(cell) if name not in said]
    assert missing == []


def test_no_notion_has_two_rows() -> None:
    french = [cell for cell, _, _ in _rows(refused=False)]
    assert len(french) > 60
    assert len(french) == len(set(french))


@pytest.mark.parametrize(("word", "places"), _refusals(), ids=[word for word, _ in _refusals()])
def test_a_refused_word_names_nothing_in_the_code(
    word: str, places: tuple[str, ...], names: dict[Path, set[str]]
) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, defined in names.items()
        for name in defined
        if not _is_allowed(path, places) and _parts(name) & {word, f"{word}s"}
    ]
    assert found == []


@pytest.mark.parametrize("word", [word for word, _ in _refusals()])
def test_a_refused_word_is_in_no_french_sentence(word: str) -> None:
    said = re.compile(rf"\b{re.escape(word)}e?s?\b", re.IGNORECASE)
    found = [
        f"{source.name}:{number}"
        for source in sorted((resource_folder("translations") / "fr").glob("*.po"))
        for number, line in enumerate(source.read_text("utf-8").splitlines(), start=1)
        if line.startswith("msgstr") and said.search(line)
    ]
    assert found == []


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert [path for path in SOURCES if {path.stem, path.parent.name} & vague] == []


def test_every_place_where_a_refused_word_is_allowed_needs_it(names: dict[Path, set[str]]) -> None:
    for word, places in _refusals():
        for place in places:
            inside = [path for path in names if _is_allowed(path, (place,))]
            said = {part for path in inside for name in names[path] for part in _parts(name)}
            assert said & {word, f"{word}s"}, (word, place)
