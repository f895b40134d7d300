"""Letters read by the connector that ships, over a real IMAP server."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness, ConnectorError, Health
from avise.models.errors import ErrorKind
from avise.models.interaction import Channel, Direction, Interaction
from tests.servers.mailbox.conftest import FILE, PASSWORD, Mailbox
from tests.servers.mailbox.letters import (
    HELENE,
    HELENE_AT_WORK,
    LENE,
    LONG_LIST,
    MANY,
    SECRET_WORDS,
    SENT,
    YVON,
)
from tests.unit.connectors.declarative.opened_file import Opened, open_connector_file


async def letters_of(opened: Opened, addresses: str) -> list[Interaction]:
    batches = await opened.timeline(mail__addresses=addresses)
    return [item for batch in batches for item in batch.items]


async def text_of(opened: Opened, title: str) -> str:
    (found,) = [one for one in await letters_of(opened, f"{HELENE} {HELENE_AT_WORK}") if one.title == title]
    return (await opened.content(found.body_ref)).decode()


async def test_the_check_opens_every_folder(opened: Opened) -> None:
    assert (await opened.check()).health is Health.OK


async def test_the_letters_of_both_addresses_come_from_all_folders_newest_first(opened: Opened) -> None:
    batches = await opened.timeline(mail__addresses=f"{HELENE}, {HELENE_AT_WORK}")
    letters = [item for batch in batches for item in batch.items]
    assert batches[-1].completeness is Completeness.COMPLETE
    assert sum(batch.unreadable for batch in batches) == 0
    assert [one.at for one in letters] == sorted((one.at for one in letters), reverse=True)
    assert {one.channel for one in letters} == {Channel.EMAIL}
    assert len({one.id for one in letters}) == len(letters) == 12
    by_title = {one.title: one for one in letters}
    assert by_title["Re: Carte perdue"].direction is Direction.OUT
    assert by_title["Re: Carte perdue"].author == "Service adhérents"
    assert by_title["Carte perdue"].direction is Direction.IN
    assert by_title["Carte perdue"].at.isoformat() == "2026-03-02T08:00:00+00:00"


async def test_a_letter_that_lies_in_two_folders_is_told_once(opened: Opened) -> None:
    titles = [one.title for one in await letters_of(opened, HELENE)]
    assert titles.count("Merci") == 1


async def test_an_address_that_is_a_part_of_another_finds_nothing_of_it(opened: Opened) -> None:
    batches = await opened.timeline(mail__addresses=LENE)
    assert [(batch.items, batch.completeness) for batch in batches] == [((), Completeness.COMPLETE)]


async def test_nobody_s_address_gives_an_empty_reading(opened: Opened) -> None:
    batches = await opened.timeline(mail__addresses="personne@courriel.invalid")
    assert [(batch.items, batch.completeness) for batch in batches] == [((), Completeness.COMPLETE)]


@pytest.mark.parametrize("value", ["", "néant", 'a" OR ALL "@x.fr', "a@x.fr\r\nA1 LOGOUT"])
async def test_what_is_no_address_is_never_sent(opened: Opened, value: str) -> None:
    if value.startswith("a@x.fr"):
        # What follows the address is no address: only the address is looked for.
        assert await letters_of(opened, value) == []
        return
    with pytest.raises(ConnectorError) as caught:
        await letters_of(opened, value)
    assert caught.value.kind in {ErrorKind.INVALID, ErrorKind.UNSUPPORTED}


async def test_many_letters_come_by_pages(opened: Opened) -> None:
    batches = await opened.timeline(mail__addresses=MANY)
    assert [len(batch.items) for batch in batches] == [100, 100, 10]
    assert batches[-1].completeness is Completeness.COMPLETE
    titles = [item.title for batch in batches for item in batch.items]
    assert titles == [f"Courriel {place}" for place in reversed(range(LONG_LIST))]


async def test_more_letters_than_wanted_are_told_as_truncated(opened: Opened) -> None:
    batches = await opened.timeline(limit=120, mail__addresses=MANY)
    assert sum(len(batch.items) for batch in batches) == 120
    assert batches[-1].completeness is Completeness.TRUNCATED
    assert batches[0].items[0].title == f"Courriel {LONG_LIST - 1}"


async def test_letters_older_than_the_file_wants_are_told_as_left_out(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    path = tmp_path / "recent.toml"
    path.write_text(FILE.read_text("utf-8").replace("[options]", "[options]\npast_days = 1", 1), "utf-8")
    async with AsyncExitStack() as stack:
        opened = await open_connector_file(path, mailbox.config(), {"password": PASSWORD}, stack)
        (batch,) = await opened.timeline(mail__addresses=HELENE)
    assert (batch.items, batch.completeness) == ((), Completeness.TRUNCATED)


async def test_a_folder_whose_name_has_accents_is_read(mailbox: Mailbox, tmp_path: Path) -> None:
    path = tmp_path / "sent.toml"
    path.write_text(FILE.read_text("utf-8").replace('["INBOX", "Sent"]', f'["{SENT}"]'), "utf-8")
    async with AsyncExitStack() as stack:
        opened = await open_connector_file(path, mailbox.config(), {"password": PASSWORD}, stack)
        (letter,) = await letters_of(opened, YVON)
        assert letter.title == "Votre réclamation"
        assert (await opened.content(letter.body_ref)).decode() == "Nous l’étudions."


async def test_nothing_is_marked_as_read(opened: Opened, mailbox: Mailbox) -> None:
    before = mailbox.flags("INBOX")
    assert SECRET_WORDS in await text_of(opened, "Carte perdue")
    assert mailbox.flags("INBOX") == before
    assert not any(b"Seen" in flags for flags in before)


async def test_the_plain_form_is_read_and_files_are_only_named(opened: Opened) -> None:
    assert await text_of(opened, "Devis d’optique urgent") == (
        "Voici le devis.\n\nPièces jointes\u00a0: dévis.pdf, ordonnance.png"
    )


async def test_the_words_of_a_page_are_read_and_nothing_else_of_it(opened: Opened) -> None:
    words = await text_of(opened, "Page trompeuse")
    assert words == f"Bonjour,\n{SECRET_WORDS}.\nMerci\xa0!\nHélène"


async def test_badly_written_letters_are_told_all_the_same(opened: Opened) -> None:
    letters = {one.title: one for one in await letters_of(opened, HELENE)}
    assert {"(sans objet)", "sans date", "demain", "coupé", "hello"} <= set(letters)
    assert letters["demain"].at.year == 2026
    assert letters["sans date"].at.isoformat().startswith("2026-03-08T08:03")
    assert await text_of(opened, "(sans objet)") == "rien"


async def test_a_huge_letter_is_read_to_its_beginning(opened: Opened) -> None:
    assert (await text_of(opened, "Radios")).split("\n\n") == [
        "Les radios sont jointes.",
        "Pièces jointes\u00a0: radios.zip",
        "La suite de ce courriel est trop longue pour être lue ici.",
    ]


async def test_a_letter_that_is_gone_is_said_to_be(opened: Opened) -> None:
    (found, *_) = await letters_of(opened, HELENE)
    folder, validity, _ = found.body_ref.split(";")
    for ref in (f"{folder};{validity};999999", f"{folder};1;1"):
        with pytest.raises(ConnectorError) as caught:
            await opened.content(ref)
        assert caught.value.kind is ErrorKind.NOT_FOUND


@pytest.mark.parametrize("ref", ["", "Trash;1;1", "INBOX;1", "INBOX;1;1\r\nA1 DELETE INBOX", "../INBOX;1;1"])
async def test_only_letters_of_the_named_folders_are_opened(opened: Opened, ref: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        await opened.content(ref)
    assert caught.value.kind is ErrorKind.INVALID
