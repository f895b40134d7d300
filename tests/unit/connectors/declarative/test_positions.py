"""The index of positions: every key that it names stands at the line and column that it tells."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.declarative.positions import (
    KeyPath,
    Position,
    index_positions,
    nearest_position,
)

BARE = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=8)
ODD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
BLANKS = st.sampled_from(["", " ", "  ", "\t"])
COMMENT = st.sampled_from(["", " # a [comment] = {with} \"all\" 'that'", "#"])


def quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


KEY = st.one_of(BARE, ODD.map(quoted))

SCALAR = st.one_of(
    st.integers(-99, 99).map(str),
    st.sampled_from(["true", "false", "1.5", "inf", "1979-05-27", "1979-05-27 07:32:00Z", "07:32:00"]),
    ODD.map(quoted),
    st.sampled_from(
        ["'literal # = [x]'", "''", '""', "'''one\n  two = 3\n[not.a.table]'''", "''''quote''''"]
    ),
    st.sampled_from(
        ['"""a\nb = "c" \\""" d\\\\"""', '"""x"""""', '"""\\\n  joined"""', '"tab\\t\\u00e9\\""']
    ),
)


@st.composite
def inline(draw: st.DrawFn, depth: int = 2) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(SCALAR)
    if draw(st.booleans()):
        items = draw(st.lists(inline(depth - 1), max_size=3))
        gap = draw(st.sampled_from(["", " ", "\n  ", " # one, [two]\n"]))
        return "[" + gap + ("," + gap).join(items) + gap + "]"
    keys = draw(st.lists(KEY, max_size=3, unique_by=lambda key: key.strip('"')))
    pairs = [f"{key}{draw(BLANKS)}={draw(BLANKS)}{draw(inline(depth - 1))}" for key in keys]
    return "{ " + ", ".join(pairs) + " }"


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = []
    for number in range(draw(st.integers(0, 4))):
        opening, closing = draw(st.sampled_from([("", ""), ("[", "]"), ("[[", "]]")]))
        if opening:
            tail = draw(st.lists(KEY, max_size=2))
            name = draw(BLANKS) + ".".join([f"t{number if opening == '[' else 0}{opening.count('[')}", *tail])
            lines.append(f"{draw(BLANKS)}{opening}{name}{draw(BLANKS)}{closing}{draw(COMMENT)}")
        for key in draw(st.lists(KEY, max_size=3)):
            dotted = draw(st.sampled_from(["", ".sub", " . 'sub x'"]))
            value = draw(inline())
            lines.append(f"{draw(BLANKS)}k{number}.{key}{dotted} = {value}{draw(COMMENT)}")
        lines.append(draw(COMMENT))
    return "\n".join(lines)


def paths_of(value: object, path: KeyPath = ()) -> set[KeyPath]:
    found = {path} if path else set()
    if isinstance(value, dict):
        for key, item in value.items():
            found |= paths_of(item, (*path, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            found |= paths_of(item, (*path, index))
    return found


def parsed(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


@given(documents())
def test_every_key_of_a_document_has_a_position_and_no_other_has(text: str) -> None:
    document = parsed(text)
    if document is not None:
        assert set(index_positions(text)) == paths_of(document)


@given(documents())
def test_every_reported_place_holds_the_key(text: str) -> None:
    if parsed(text) is None:
        return
    lines = text.split("\n")
    for path, position in index_positions(text).items():
        rest = lines[position.line - 1][position.column - 1 :]
        key = path[-1]
        if isinstance(key, str):
            assert rest.startswith((key, quoted(key), f"'{key}'"))


def test_a_table_of_an_array_is_found_by_its_index() -> None:
    text = "avise = 1\n[[facet]]\nid = 'a'\n[facet.fields]\nid = 'x'\n[[facet]]\n  id = 'b'\n"
    positions = index_positions(text)
    assert positions["facet", 0, "fields", "id"] == Position(5, 1)
    assert positions["facet", 1, "id"] == Position(7, 3)


def test_a_key_that_lacks_is_placed_at_the_table_around_it() -> None:
    positions = index_positions("[http]\nauth = { type = 'none' }\n")
    assert nearest_position(positions, ("http", "auth", "secret")) == Position(2, 1)
    assert nearest_position(positions, ("nothing", "here")) == Position(1, 1)


def test_windows_ends_of_lines_count_as_one() -> None:
    assert index_positions("a = 1\r\nb = 2\r\n")["b",] == Position(2, 1)
