"""Writes what a proposal has besides facets: exchanges, the directory, actions."""

from __future__ import annotations

from collections.abc import Iterator

from avise.connectors.action_contract import InputType
from avise.connectors.openapi.actions_guess import ActionGuess, InputGuess
from avise.connectors.openapi.directory_guess import DirectoryGuess
from avise.connectors.openapi.timeline_guess import TimelineGuess
from avise.connectors.openapi.toml_pieces import (
    asked,
    field_lines,
    guessed,
    inline,
    key_of,
    one_line,
    quoted,
    scheme_reason,
)
from avise.texts import text


def timeline_lines(timeline: TimelineGuess) -> Iterator[str]:
    """Yield the `[[timeline]]`; the header says with which identifier the tool is asked."""
    operation, answer = timeline.operation, timeline.answer
    yield f"# GET {one_line(f'{operation.path} ({operation.words})')}"
    yield guessed("[[timeline]]", timeline.likeness, text("connector_new.reason.timeline"))
    yield f"path = {quoted(timeline.path)}"
    if timeline.query:
        yield f"query = {inline(timeline.query)}"
    yield guessed('on_404 = "empty"', 50, text("connector_new.reason.on_404"))
    yield guessed(
        f"paging = {inline(timeline.paging.section)}", timeline.paging.likeness, text(timeline.paging.reason)
    )
    if answer.records is not None:
        yield guessed(f"records = {quoted(answer.records)}", 80, text("connector_new.reason.records"))
    for doubt in dict.fromkeys(timeline.doubts):
        yield asked(text(doubt))
    yield ""
    yield "[timeline.fields]"
    for guess in timeline.fields:
        yield from field_lines(guess)
    for name, value in timeline.supposed.items():
        yield guessed(
            f"{name} = {{ value = {quoted(value)} }}", 30, text("connector_new.reason.supposed", field=name)
        )
    yield from _names_left([one.expression for one in timeline.left_out])
    yield ""


def directory_lines(directory: DirectoryGuess) -> Iterator[str]:
    """Yield the `[directory]`."""
    operation, answer = directory.operation, directory.answer
    yield f"# GET {one_line(f'{operation.path} ({operation.words})')}"
    yield guessed("[directory]", 70, text("connector_new.reason.directory"))
    yield f"path = {quoted(operation.path)}"
    yield f"query = {inline(directory.query)}"
    yield guessed(
        f"paging = {inline(directory.paging.section)}",
        directory.paging.likeness,
        text(directory.paging.reason),
    )
    yield guessed(f"changed = {quoted(directory.changed)}", 70, text("connector_new.reason.changed"))
    if answer.records is not None:
        yield guessed(f"records = {quoted(answer.records)}", 80, text("connector_new.reason.records"))
    yield ""
    yield "[directory.fields]"
    for guess in directory.fields:
        yield from field_lines(guess)
    if not directory.kind:
        supposed = text("connector_new.reason.supposed", field="kind")
        yield guessed('kind = { value = "member" }', 40, supposed)
    yield from _names_left([one.expression for one in directory.left_out])
    yield ""
    yield "[directory.ids]"
    for scheme, where in directory.ids.items():
        yield guessed(f"{key_of(scheme)} = {quoted(where)}", 50, text("connector_new.reason.ids"))
    yield ""


def action_lines(action: ActionGuess, *, alone: bool) -> Iterator[str]:
    """Yield one `[[action]]`.

    Args:
        action: what was guessed.
        alone: whether the header says already with which identifier the tool is asked.
    """
    operation = action.operation
    yield f"# {operation.method} {one_line(f'{operation.path} ({operation.words})')}"
    yield "[[action]]"
    yield guessed(f"id = {quoted(action.id)}", action.likeness, text("connector_new.reason.action"))
    yield f"label = {quoted(text(f'connector_new.action.{action.id}'))}"
    yield guessed('idempotency = "none"', 40, text("connector_new.reason.idempotency"))
    yield 'offline = "refuse"'
    if action.guards:
        yield asked(text("connector_new.doubt.guards", headers=", ".join(action.guards)))
    if not alone:
        yield guessed(f"needs_ids = [{quoted(action.scheme)}]", 50, scheme_reason(action.scheme))
    if action.touches:
        yield f"touches = [{', '.join(quoted(facet) for facet in action.touches)}]"
    yield ""
    if action.inputs:
        yield "[action.input]"
    for one in action.inputs:
        yield guessed(f"{one.name} = {_input(one)}", 60, text("connector_new.reason.input"))
    yield from _names_left([one.expression for one in action.left_out])
    if action.inputs:
        yield ""
    yield "[action.request]"
    yield f"method = {quoted(operation.method)}"
    yield f"path = {quoted(action.path)}"
    if action.inputs:
        yield f"json = {_body(action)}"
    yield ""


def _input(one: InputGuess) -> str:
    label = one_line(one.property.description) or one.property.name
    parts = [f"type = {quoted(str(one.type))}", f"label = {quoted(label)}"]
    if one.property.required:
        parts.append("required = true")
    if one.type is InputType.CHOICE:
        parts.append(f"choices = [{', '.join(quoted(code) for code in dict.fromkeys(one.property.codes))}]")
    return "{ " + ", ".join(parts) + " }"


def _body(action: ActionGuess) -> str:
    """Write the JSON that is sent: an object within an object as the description has it."""
    tree: dict[str, object] = {}
    for one in action.inputs:
        node = tree
        for key in one.property.path[:-1]:
            inner = node.setdefault(key, {})
            node = inner if isinstance(inner, dict) else {}
        node[one.property.path[-1]] = "{input." + one.name + "}"
    return _table(tree)


def _table(tree: dict[str, object]) -> str:
    pairs = (
        f"{key_of(key)} = {_table(value) if isinstance(value, dict) else quoted(str(value))}"
        for key, value in tree.items()
    )
    return "{ " + ", ".join(pairs) + " }"


def _names_left(names: list[str]) -> Iterator[str]:
    if names:
        yield f"# {one_line(text('connector_new.left_out', names=', '.join(names)))}"
