"""The JSON Schema of connector files, for editors: `resources/connectors/schema.json` is what it gives.

    python -m avise.connectors.declarative.editor_schema > resources/connectors/schema.json

Each key is described by the docstring under it in its model, or by `KEYS` where the word is enough for
every table in which it stands.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from avise.connectors.declarative.schema import AnyFile
from avise.connectors.declarative.targets import facet_targets
from avise.connectors.declarative.values import Section
from avise.models.facet_specs import FACETS

KEYS: Mapping[str, str] = {
    "accept": "Media types that the document may have.",
    "action": "What an agent may ask of the tool: planned, confirmed, sent once, verified.",
    "as": "The converter; the field decides when it is not told, except for amounts and masked numbers.",
    "as_of_column": "The column that holds the date of the file.",
    "at": "Where the address or the mark of the next page is in the answer (JMESPath).",
    "auth": "How one signs in.",
    "authorization_url": "Where the person signs in, for a provider that does not describe itself.",
    "avise": "Version of the format: 1.",
    "base_url": "Address of the tool; paths are added to it.",
    "birth_date": "Birth date that the answer tells.",
    "call_events": "The telephony, as server-sent events.",
    "certificate": "File of the client's certificate.",
    "changes": "What changes: a field and what it becomes, or the statement that reads the changes.",
    "channels": "Channels that may appear, for the filters before any reading.",
    "check": "A cheap request without customer data, for the button Tester.",
    "choices": "What may be chosen.",
    "client_id": "The client's name at the provider.",
    "code": "The tool's own code, for support (JMESPath).",
    "concurrency": "Calls at the same time.",
    "config": "What IT fills for each instance; a secret is sealed, never written here.",
    "confirm": "Who confirms: agent, step_up, or second_agent.",
    "connector": "Who the connector is.",
    "content": "What is behind a reference: a document, the body of a message.",
    "contract": 'Range of Avise\'s contract, for instance ">=1.0,<2".',
    "csv": "The nightly file.",
    "deadline": 'How long it may take, for instance "4s".',
    "decimal": "Decimal mark of amounts given as text.",
    "default": "Taken when nothing is given.",
    "delimiter": "Between two columns; one character.",
    "device_url": "Where a device asks for a code, for a provider that does not describe itself.",
    "directory": "The search directory; from one tool alone, the identity master.",
    "document": "The file that comes with the answer.",
    "done_when": "A condition on the answer (JMESPath); without it any success is done.",
    "encoding": "utf-8, latin-1, cp1252…",
    "errors": "Errors that the tool tells in its answers; the first that matches wins.",
    "exists": "A condition on each record (JMESPath): one that fits proves that it was done.",
    "expires": "A command that could not leave for so long never will.",
    "extra": "Keys of the tool kept beside, as they are.",
    "facet": "A block of the customer's screen.",
    "field": "The restricted value: nir or iban.",
    "fields": "Our field = where it comes from: a JMESPath expression, or a table.",
    "first_name": "First name that the answer tells.",
    "folder": "Folder of the files; the newest name that fits the pattern is read.",
    "format": "Of a date, as strptime reads it; unix and unix_ms for seconds and milliseconds.",
    "fresh_for": 'Younger: no call to the tool. For instance "2m".',
    "from": "Where the value is (JMESPath).",
    "header": "Whether the first line names the columns.",
    "headers": "Headers sent with each request.",
    "help": "A sentence beside the label.",
    "host": "Name of the server.",
    "host_key": "The server's public key, as known_hosts writes it.",
    "http": "An HTTP tool.",
    "id": "Its name: of a connector, of a facet, of an action.",
    "idempotency": "What a second sending would do: natural, key, client_id, verify or none.",
    "ids": "Identifier in each tool, by scheme; a scheme with a dot is quoted.",
    "input": "What is asked of the agent, by name.",
    "issuer": "Address of a provider that describes itself.",
    "json": "The body; a text that is a placeholder alone keeps the type of its value.",
    "key": "Whose line it is; of a certificate, the file of its key.",
    "key_secret": "The secret that holds the private key.",
    "kind": "rest, sql, files or python.",
    "known_hosts": "File of the servers' keys.",
    "label": "What staff read.",
    "last_name": "Last name that the answer tells.",
    "live": "A restricted value, asked when somebody reveals it, never kept.",
    "map": "Code of the tool = ours; a code that is not listed is shown as it is and counted.",
    "max_length": "Characters at most.",
    "max_pages": "More pages than that: the reading is truncated, and says so.",
    "max_rows": "More rows than that: the reading is truncated, and says so.",
    "means": "What kind of error it is.",
    "message": "The tool's sentence (JMESPath); shown for rejected, invalid and conflict only.",
    "method": "POST, PUT, PATCH or DELETE.",
    "more": "True while pages follow (JMESPath).",
    "name": "What staff call it; of a header, the header's name.",
    "needs_ids": "Identifiers of the customer without which the tool is not asked.",
    "offline": "queue: leaves when the tool is back; refuse: now or never.",
    "on_404": "What 404 means: error, empty (known, has nothing) or not_found (unknown). No default.",
    "options": "What the Python connector's README says.",
    "overlap": "How far before the last reading the next one begins, so that nothing is missed.",
    "owner": "The team that answers for the tool.",
    "paging": "How the next page is asked for. No default.",
    "param": "The parameter that asks for it.",
    "params": "Values bound to the statement, by name.",
    "passphrase_secret": "The secret that opens the private key.",
    "password_secret": "The secret that holds the password.",
    "path": 'Starts with "/"; placeholders are percent-encoded. Of a file: where it is.',
    "pattern": "Of the file's name, with * and ?.",
    "plan": "What the action would change, read anew; writes nothing.",
    "port": "Of the server.",
    "precondition": "Under which name the version that was read is kept.",
    "prefix": "Beginning of the references that this section opens.",
    "query": "Parameters of the request, or the statement (select).",
    "quote": "Around a column that holds the delimiter; one character.",
    "rate": 'Calls at most, for instance "10/s".',
    "read_only": "Always true: the account can only read.",
    "records": "Where the list is in the answer (JMESPath); without it the answer is the list.",
    "reference": "The tool's own number, on the answer (JMESPath).",
    "refuse": "What the tool would refuse, and the sentence that says so.",
    "request": "What is sent once it is confirmed.",
    "required": "Without it nothing is done, or the record is left out and counted.",
    "schema": "Version of the facet's fields.",
    "scope": "Rights asked of the provider.",
    "secret": "A [config] of type secret.",
    "sensitivity": "none, personal, financial or health; the facet's own unless told.",
    "sftp": "The server on which the file is laid.",
    "size": "Records of a page.",
    "size_param": "The parameter that asks for so many.",
    "sql": "The database.",
    "start": "Number of the first page.",
    "statement_timeout": "The database stops a statement after so long.",
    "subject": "Whom the answer is about; one about somebody else is withheld.",
    "subject_from": "Whether the answer or each record tells it.",
    "summary": "A sentence for the agent.",
    "support": "Whom to call when the tool fails.",
    "text": "The sentence.",
    "timeline": "Exchanges of the unified timeline.",
    "timezone": "Of dates and times without a zone.",
    "to": "What it becomes.",
    "token_url": "Where tokens are given.",
    "total": "How many records the tool says there are (JMESPath).",
    "touches": "Facets read anew afterwards.",
    "type": "Which kind of it: decides what else may stand here.",
    "url": "Address of the database, without a password.",
    "usable_for": 'Older: not shown as data. For instance "24h".',
    "user": "Name of the account.",
    "validator": "etag: conditional readings.",
    "value": "A constant, or where the value is (JMESPath).",
    "verify": "How to know, when the answer was lost, whether it was done.",
    "version": "Its version; of a tool, where the answer tells it (JMESPath).",
    "warn": "What to say before it is confirmed.",
    "when": "A condition (JMESPath).",
    "where": "Which record (JMESPath); the first unless told.",
}

_FACETS = ("RestFacet", "SqlFacet", "CsvFacet", "PythonFacet")


def editor_schema() -> dict[str, Any]:
    """Return the JSON Schema of the format, every key with its description."""
    schema = TypeAdapter(AnyFile).json_schema(by_alias=True)
    models = {model.__name__: model for model in _models(Section)}
    for name, definition in schema["$defs"].items():
        told = dict(_told(models[name])) if name in models else {}
        for key, part in definition.get("properties", {}).items():
            described = told.get(key, KEYS.get(key))
            if described:
                part.setdefault("description", described)
    _name_facets(schema["$defs"])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Avise connector file"}
    return {**head, **_take_short_forms(schema)}


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for inner in model.__subclasses__():
        yield inner
        yield from _models(inner)


def _told(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield the docstrings under the fields of a model, keys as they are written in a file."""
    for owner in reversed(model.__mro__):
        if not issubclass(owner, Section) or owner is Section:
            continue
        parsed = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
        body = parsed.body if isinstance(parsed, ast.ClassDef) else []
        for field, below in itertools.pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _is_text(below):
                info = model.model_fields.get(field.target.id)
                key = (info.alias if info is not None else None) or field.target.id
                yield key, inspect.cleandoc(ast.literal_eval(below.value)).replace("`", "")  # type: ignore[attr-defined]  # an expression


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _name_facets(definitions: dict[str, Any]) -> None:
    """Let editors complete facets and fields; which field belongs to which facet, the check says."""
    fields = sorted({name for facet in FACETS for name in facet_targets(facet)})
    for name in _FACETS:
        properties = definitions[name]["properties"]
        properties["id"]["enum"] = list(FACETS)
        if "fields" in properties:
            properties["fields"]["propertyNames"] = {"enum": fields}


_SHORT = "#/$defs/FieldMap"


def _take_short_forms(node: Any) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    """Return a schema that allows what models take before they judge: an expression alone, one for a list."""
    if isinstance(node, list):
        return [_take_short_forms(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("$ref") == _SHORT:
        return {"anyOf": [{"type": "string"}, node]}
    taken = {key: _take_short_forms(value) for key, value in node.items()}
    if "anyOf" in taken:
        # A model that says both means the choice: the type is that of the list which it makes.
        taken.pop("type", None)
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(editor_schema(), ensure_ascii=False, indent=2) + "\n")
