"""An answer read in the worker process is the one that would have been read here."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.assembly import Assembly, SomebodyElseError
from avise.connectors.contract import Batch, Completeness, ConnectorError, HttpReply
from avise.connectors.declarative.answers import (
    AnswerReader,
    Section,
    answer_of,
    answer_pieces,
    value_pieces,
)
from avise.connectors.declarative.batches import Collected
from avise.connectors.declarative.directory_sections import RestDirectory
from avise.connectors.declarative.json_reply import parse_json
from avise.connectors.declarative.mapping import ErrorRule
from avise.connectors.declarative.schema import RestFacet, RestTimeline
from avise.connectors.validation import check_of
from avise.models.customer import IdentityEvidence, Party
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

T = TypeVar("T")

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 24, 9, tzinfo=UTC)
WHERE: dict[str, Any] = {
    "path": "/rows",
    "on_404": "empty",
    "paging": {"type": "cursor", "at": "next", "param": "c"},
}

FACET = RestFacet.model_validate(
    {
        **WHERE,
        "id": "benefits",
        "records": "rows",
        "total": "total",
        "as_of": {"from": "date"},
        "subject": {"last_name": "name", "birth_date": "born"},
        "subject_from": "record",
        "extra": ["name"],
        "fields": {
            "id": {"from": "no"},
            "paid_on": {"from": "paid"},
            "amount": {"from": "cts", "as": "cents"},
            "label": {"from": "label"},
            "status": {"from": "label"},
            "as_of": {"from": "seen"},
        },
    }
)
TIMELINE = RestTimeline.model_validate(
    {
        **WHERE,
        "records": "rows",
        "subject": {"last_name": "name"},
        "fields": {
            "id": {"from": "no"},
            "at": {"from": "seen"},
            "channel": {"value": "letter_in"},
            "direction": {"from": "way", "default": "in"},
            "title": {"from": "label"},
            "duration_s": {"from": "cts"},
        },
    }
)
DIRECTORY = RestDirectory.model_validate(
    {
        "path": "/people",
        "cursor": "next",
        "records": "rows",
        "fields": {
            "native_id": {"from": "no"},
            "kind": {"value": "member"},
            "last_name": {"from": "label"},
            "birth_date": {"from": "born"},
            "phones": {"from": "phones"},
        },
        "ids": {"tool.member": "no"},
    }
)
ERRORS = (ErrorRule.model_validate({"when": "ok == `false`", "means": "rejected", "message": "why"}),)

numbers = st.integers(0, 12).map(str) | st.just("")
days = st.sampled_from(["2026-03-01", "soon", None])
moments = st.sampled_from(["2026-03-01T10:00:00", "2026-03-01T10:00:00+01:00", "never", None])
row = st.fixed_dictionaries(
    {"no": numbers, "paid": days, "cts": st.none() | st.integers(0, 99) | st.just("a")},
    optional={
        "label": st.text(max_size=6),
        "seen": moments,
        "name": st.sampled_from(["MARCHAND", "Marchand-Petit", "", None]),
        "born": days,
        "way": st.sampled_from(["in", "sideways"]),
        "phones": st.lists(st.sampled_from(["0612345678", "?"]), max_size=2),
    },
)
rows = st.lists(row | st.just("text"), max_size=20)
pages = st.lists(rows, min_size=1, max_size=3)


def reply(answer: JSON) -> HttpReply:
    return HttpReply(200, {}, json.dumps(answer).encode(), "application/json", "utf-8")


def there(section: Section, whole: HttpReply, most: int) -> Any:  # noqa: ANN401 - of any section
    """Read an answer as the worker process does, with what it is given on the way."""
    bare = HttpReply(whole.status, whole.headers, b"", whole.content_type, whole.charset)
    given_work = pickle.dumps((AnswerReader[Any](section, PARIS), bare, (), NOW, most))
    pieces = list(answer_pieces(whole.body, *pickle.loads(given_work)))  # noqa: S301 - written just above
    return answer_of(section, pieces)


def here(section: Section, whole: HttpReply) -> Any:  # noqa: ANN401 - of any section
    reader = AnswerReader[Any](section, PARIS)
    answer = parse_json(whole)
    return reader.read(answer, reader.rows(answer))


def read(section: RestFacet | RestTimeline, answers: list[JSON], limit: int, *, remote: bool) -> object:
    """Read a paged answer as the connector and the host do; return all that the host knows of it."""
    name = section.id if isinstance(section, RestFacet) else "timeline"
    assembly = Assembly(check_of(name), IdentityEvidence("MARCHAND"), 500)
    collected: Collected[Any] = Collected(limit, lambda item: item.id)
    try:
        for answer in answers:
            whole = reply(answer)
            found = there(section, whole, collected.most) if remote else here(section, whole)
            kept = collected.take(found.items, beyond=found.beyond)
            batch = Batch(
                kept.items,
                Completeness.TRUNCATED if collected.cut else Completeness.MORE,
                total=found.total,
                as_of=found.as_of,
                unreadable=found.unreadable + kept.unreadable,
                evidence=found.evidence,
            )
            assembly.add(batch)
            if collected.cut:
                break
    except SomebodyElseError:
        return "somebody else"
    except ConnectorError as error:
        return error.kind, error.detail
    records = [(one.id, one.data, one.as_of, one.extra) for one in assembly.records()]
    return records, assembly.completeness, assembly.unreadable, assembly.total, assembly.as_of, assembly.drift


@given(pages, st.integers(1, 15))
def test_records_are_the_same_wherever_they_are_read(given_pages: list[list[JSON]], limit: int) -> None:
    # An identifier that the host refuses counts for the limit in one place and not in the other.
    kept = [[one for one in page if not isinstance(one, dict) or one["no"]] for page in given_pages]
    answers: list[JSON] = [{"rows": page, "total": 7, "date": "2026-03-02T08:00:00"} for page in kept]
    assert read(FACET, answers, limit, remote=True) == read(FACET, answers, limit, remote=False)


@given(rows, st.integers(1, 15), st.sampled_from(["DUPONT", "MARCHAND"]), st.data())
def test_a_record_about_somebody_else_withholds_the_answer_wherever_it_is_read(
    given_rows: list[JSON], limit: int, name: str, data: st.DataObject
) -> None:
    kept: list[JSON] = [one for one in given_rows if isinstance(one, dict) and one["no"]]
    kept.insert(data.draw(st.integers(0, len(kept))), {"no": "x", "paid": None, "cts": 1, "name": name})
    answers: list[JSON] = [{"rows": kept}]
    assert read(FACET, answers, limit, remote=True) == read(FACET, answers, limit, remote=False)


@given(pages, st.integers(1, 15))
def test_exchanges_are_the_same_wherever_they_are_read(given_pages: list[list[JSON]], limit: int) -> None:
    kept = [[one for one in page if not isinstance(one, dict) or one["no"]] for page in given_pages]
    answers: list[JSON] = [{"rows": page, "name": "Marchand"} for page in kept]
    assert read(TIMELINE, answers, limit, remote=True) == read(TIMELINE, answers, limit, remote=False)


@given(rows, st.none() | st.text(max_size=3) | st.integers())
def test_parties_are_the_same_wherever_they_are_read(
    given_rows: list[JSON], cursor: str | int | None
) -> None:
    whole = reply({"rows": given_rows, "next": cursor})
    away, local = there(DIRECTORY, whole, 0), here(DIRECTORY, whole)
    parties: list[Party] = list(away.items)
    assert parties == list(local.items)
    assert (away.cursor, away.more, away.unreadable) == (local.cursor, local.more, local.unreadable)


@given(st.sampled_from([None, "", "c2", 7, False, 1.5, ["c"]]))
def test_the_mark_of_the_next_page_is_the_same_wherever_it_is_read(mark: JSON) -> None:
    def found(*, remote: bool) -> object:
        whole = reply({"rows": [], "next": mark})
        try:
            answer = there(FACET, whole, 5) if remote else here(FACET, whole)
        except ConnectorError as error:
            return error.kind
        return answer.mark

    assert found(remote=True) == found(remote=False)


@pytest.mark.parametrize("where", [here, partial(there, most=5)])
def test_rows_of_which_none_can_be_read_are_known_again(where: Callable[[Section, HttpReply], Any]) -> None:
    def unread(*numbers: int, paid: str = "soon", date: str = "2026-03-24T10:44:00Z") -> str:
        found: list[JSON] = [{"no": number, "paid": paid, "cts": 1} for number in numbers]
        mark: str = where(FACET, reply({"rows": found, "date": date})).unread
        return mark

    assert unread(1, 2) == unread(1, 2, date="2026-03-24T10:45:00Z") != ""
    assert unread(1, 2) != unread(3, 4)
    assert unread() == unread(1, 2, paid="2026-03-01") == ""


def test_an_error_told_in_the_body_is_told_before_the_rows() -> None:
    whole = reply({"ok": False, "why": "  Dossier  clos "})
    reader = AnswerReader[Any](FACET, PARIS)
    for work in (
        answer_pieces(whole.body, reader, whole, ERRORS, NOW, 5),
        value_pieces(whole.body, "a", whole, ERRORS, NOW),
    ):
        with pytest.raises(ConnectorError) as caught:
            list(work)
        assert (caught.value.kind, caught.value.user_message) == (ErrorKind.REJECTED, "Dossier clos")


@pytest.mark.parametrize(("value", "found"), [("a", "a"), (12, "12"), (None, None)])
def test_a_value_is_a_text_or_a_whole_number(value: JSON, found: str | None) -> None:
    whole = reply({"a": value})
    assert [json.loads(piece) for piece in value_pieces(whole.body, "a", whole, (), NOW)] == [found]


@pytest.mark.parametrize("value", [1.5, ["a"], {"b": 1}])
def test_a_value_that_is_no_text_is_refused(value: JSON) -> None:
    whole = reply({"a": value})
    with pytest.raises(ConnectorError):
        list(value_pieces(whole.body, "a", whole, (), NOW))
