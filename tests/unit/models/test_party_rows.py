"""A page of parties comes back as it was, also from a version that knew fewer fields."""

from __future__ import annotations

import json
from datetime import date

import pytest

from avise.models.customer import Party, PartyKind
from avise.models.party_rows import party_rows, read_party_rows
from tests.directory_people import EVERYBODY


def test_a_page_comes_back_as_it_was() -> None:
    assert tuple(read_party_rows(party_rows(EVERYBODY))) == EVERYBODY
    assert tuple(read_party_rows(party_rows(()))) == ()


def test_a_page_of_another_version_is_read_by_the_names_of_its_fields() -> None:
    page = json.dumps({
        "fields": ["kind", "phones", "native_id", "birth_date"],
        "rows": [["company", ["+33299001122"], "6", None], ["member", [], "7", "1968-03-12"]],
    })  # fmt: skip
    assert list(read_party_rows(page.encode())) == [
        Party("6", PartyKind.COMPANY, phones=("+33299001122",)),
        Party("7", PartyKind.MEMBER, birth_date=date(1968, 3, 12)),
    ]


def test_what_is_no_value_of_a_party_is_written_by_nobody() -> None:
    with pytest.raises(TypeError):
        party_rows([Party("1", PartyKind.MEMBER, city=object())])  # type: ignore[arg-type]  # on purpose
