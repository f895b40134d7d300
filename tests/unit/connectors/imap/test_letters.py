"""Headers and texts of letters, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from avise.connectors.contract import Batch, Completeness, ConnectorError
from avise.connectors.identity_check import contradicts
from avise.connectors.imap.body import readable_text, text_of_html
from avise.connectors.imap.letters import Headers, addresses_of, read_letter
from avise.connectors.imap.places import Place, place_of
from avise.connectors.imap.reading import LettersReading
from avise.models.customer import IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.interaction import Interaction

T = TypeVar("T")

ARRIVED = datetime(2026, 3, 2, 8, tzinfo=UTC)
HERS = "helene@courriel.invalid"


def headers(raw: str | bytes, uid: int = 1, *, cut: bool = False, folder: str = "INBOX") -> Headers:
    return Headers(Place(folder, 1, uid), ARRIVED, raw.encode() if isinstance(raw, str) else raw, cut)


def or_refusal(function: Callable[[], T]) -> T | ErrorKind:
    try:
        return function()
    except ConnectorError as error:
        return error.kind


def text_of(raw: bytes) -> str | ErrorKind:
    return or_refusal(lambda: readable_text(raw, cut=False))


@given(st.text())
@example("a@b.fr;c@d.fr")
@example("a@b.fr\r\nA1 LOGOUT")
def test_nothing_but_an_address_is_looked_for(value: str) -> None:
    found = or_refusal(lambda: addresses_of(value))
    if isinstance(found, ErrorKind):
        assert found is ErrorKind.INVALID
        return
    for address in found:
        assert address.count("@") == 1
        assert not set(address) & set(' "\\\r\n(){}%')
        assert address.isascii()


@given(st.binary(max_size=300))
def test_headers_of_any_bytes_are_a_letter_or_unreadable(raw: bytes) -> None:
    try:
        letter = read_letter(headers(b"From: " + HERS.encode() + b"\r\nSubject: " + raw), [HERS])
    except ValueError:
        return
    assert letter.interaction.at.tzinfo is not None
    assert letter.interaction.title.strip()


def test_headers_that_were_cut_before_the_address_came_are_unreadable_and_nobody_else_s() -> None:
    with pytest.raises(ValueError, match="cut"):
        read_letter(headers("To: autre@courriel.invalid,", cut=True), [HERS])


def test_a_letter_without_the_address_in_any_form_is_somebody_else_s() -> None:
    letter = read_letter(headers("From: autre@courriel.invalid"), [HERS])
    assert (letter.ours, letter.stranger) == (False, "autre@courriel.invalid")


def test_a_longer_address_is_left_out_and_accuses_nobody() -> None:
    letter = read_letter(headers(f"From: aur{HERS}"), [HERS])
    assert (letter.ours, letter.stranger) == (False, "")


async def read(found: Sequence[Sequence[Headers]], limit: int = 10) -> list[Batch[Interaction]]:
    known = {one.place: one for folder in found for one in folder}
    reading = LettersReading([HERS], "mail.addresses", HERS, limit, windowed=False)

    async def ask(places: Sequence[Place]) -> list[Headers]:
        return [known[place] for place in places]

    return [batch async for batch in reading.batches([[one.place for one in each] for each in found], ask)]


async def test_a_server_that_answers_about_somebody_else_is_withheld() -> None:
    (batch,) = await read([[headers(f"From: {HERS}", 2), headers("From: autre@courriel.invalid", 1)]])
    expected = IdentityEvidence(ids={"mail.addresses": HERS})
    assert batch.evidence is not None
    assert contradicts(expected, batch.evidence)


@given(
    st.lists(st.integers(1, 28), max_size=12), st.lists(st.integers(1, 28), max_size=12), st.integers(1, 30)
)
async def test_two_folders_are_told_as_one_list(ones: list[int], others: list[int], limit: int) -> None:
    def folder(name: str, days: list[int]) -> list[Headers]:
        written = sorted(days, reverse=True)
        return [
            headers(f"From: {HERS}\r\nDate: {day} Feb 2026 08:00:00 +0000", place + 1, folder=name)
            for place, day in enumerate(written)
        ]

    batches = await read([folder("INBOX", ones), folder("Sent", others)], limit)
    told = [one.at for batch in batches for one in batch.items]
    assert told == sorted(told, reverse=True)
    assert len(told) == min(limit, len(ones) + len(others))
    cut = len(ones) + len(others) > limit
    assert batches[-1].completeness is (Completeness.TRUNCATED if cut else Completeness.COMPLETE)
    assert all(batch.completeness is Completeness.MORE for batch in batches[:-1])


@given(
    st.text(min_size=1).filter(lambda name: not name.isspace()), st.integers(0, 2**32), st.integers(0, 2**32)
)
def test_a_place_is_read_back(folder: str, validity: int, uid: int) -> None:
    place = Place(folder, validity, uid)
    try:
        assert place_of(place.ref, [folder]) == place
    except UnicodeEncodeError:
        assert not folder.isprintable()


@given(st.text(max_size=500))
@example("<p>" * 5000)
@example("<script>alert(1)")
@example("<p>a<!-- <script>no</script> -->b</p>")
def test_a_page_of_any_text_gives_words(html: str) -> None:
    assert "alert" not in text_of_html(html)


@given(st.binary(max_size=400))
def test_a_letter_of_any_bytes_is_read_or_refused(raw: bytes) -> None:
    head = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset="
    for whole in (raw, head + raw):
        found = text_of(whole)
        assert found is ErrorKind.BAD_DATA or not isinstance(found, ErrorKind)


def test_a_letter_within_letters_without_end_is_refused_or_read() -> None:
    part = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    nested = b"".join(part % (depth, depth) for depth in range(3000))
    assert text_of(nested) in {ErrorKind.BAD_DATA, ""}


def test_the_words_of_an_attached_letter_are_not_those_of_the_letter() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Ancien échange"
    inner.set_content("autres mots")
    outer = EmailMessage()
    outer.set_content("mes mots")
    outer.add_attachment(inner)
    assert readable_text(outer.as_bytes(), cut=False) == "mes mots\n\nPièces jointes\u00a0: message/rfc822"
