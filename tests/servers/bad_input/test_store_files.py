"""The profile's own files on a bad day: foreign, damaged, of another key, or on a full disk."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

import pytest
from sqlalchemy import Connection

from avise.cli import main
from avise.commands.show import CustomerFile, find_person
from avise.engine.engine import Engine
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.facets import FacetState
from avise.texts import text
from tests.servers.bad_input.conftest import BadDay
from tests.servers.bad_input.guichet import MEMBER
from tests.servers.bad_input.reading import read, views

NOTE = "Rappeler demain avant midi"


def used(day: BadDay) -> PersonId:
    """Work a little in a profile: one opening in the journal, one draft; return the person."""
    with Engine.open(day.profile) as engine:
        read(engine, MEMBER)

        async def write() -> PersonId:
            person = await find_person(engine.desk, MEMBER)
            await engine.desk.record_interaction(person, {"title": "Appel", "note": NOTE})
            await engine.desk.save_draft(person, NOTE)
            return person

        return engine.run(write())


def doctor(day: BadDay, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, bool]:
    """Return the exit status, and what the doctor says of the store."""
    capsys.readouterr()
    status = main(["--profile", str(day.profile), "doctor", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    (store,) = [finding for finding in findings if finding["about"] == "store"]
    return status, store["sentence"], store["ok"]


def test_a_foreign_store_is_set_aside_whole_and_told_until_somebody_takes_it(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    used(day)
    content = b"SQLite format 3\x00" + os.urandom(8_192)
    (day.profile / "store.db").write_bytes(content)
    status, sentence, sound = doctor(day, capsys)
    (aside,) = day.profile.glob("store.foreign-*.db")
    assert aside.read_bytes() == content
    assert (status, sound) == (1, False)
    assert aside.name in sentence
    status, sentence, sound = doctor(day, capsys)
    assert (status, sound) == (1, False)
    assert aside.name in sentence
    aside.rename(day.profile.parent / aside.name)
    assert doctor(day, capsys) == (0, "Tout va bien.", True)


def test_a_damaged_store_gives_back_the_journal_and_says_how_much(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    person = used(day)
    store = day.profile / "store.db"
    content = bytearray(store.read_bytes())
    content[100:600] = os.urandom(500)
    store.write_bytes(content)
    with Engine.open(day.profile) as engine:
        (notice,) = engine.notices()
        assert notice.message_key == "store.corrupted"
        assert notice.params["file"] in text(notice.message_key, **notice.params)
        file = read(engine, MEMBER)
        assert views(file, "benefits")[0].state is FacetState.FRESH
        assert engine.run(find_person(engine.desk, MEMBER)) == person
    (aside,) = day.profile.glob("store.corrupted-*.db")
    assert aside.read_bytes() == bytes(content)
    status, sentence, _ = doctor(day, capsys)
    assert status == 1
    assert aside.name in sentence


def test_a_page_that_nobody_reads_is_found_damaged_by_the_doctor_and_taken_over_at_the_next_start(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    used(day)
    store = day.profile / "store.db"
    content = bytearray(store.read_bytes())
    content[-100:-50] = os.urandom(50)
    store.write_bytes(content)
    status, sentence, sound = doctor(day, capsys)
    assert (status, sound) == (1, False)
    assert sentence.startswith("Le fichier est abîmé")
    with Engine.open(day.profile) as engine:
        (notice,) = engine.notices()
        assert notice.message_key == "store.corrupted"


def test_a_store_of_another_key_is_left_alone_and_told(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    used(day)
    store = day.profile / "store.db"
    content = store.read_bytes()
    (key,) = [path for path in day.profile.iterdir() if "key" in path.name]
    other = key_of_another_profile(key, day.profile.parent / "other")
    key.write_bytes(other)
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 1
    assert "La clé de ce poste n’ouvre pas" in capsys.readouterr().err
    assert store.read_bytes() == content
    assert list(day.profile.glob("store.*-*.db")) == []


def key_of_another_profile(key: Path, folder: Path) -> bytes:
    """Return a sound key file that is not this profile's."""
    held = key.read_bytes()
    folder.mkdir()
    return bytes(reversed(held)) if len(held) == 32 else swapped(held)


def swapped(held: bytes) -> bytes:
    """Return a key written in hexadecimal with its digits in another order."""
    digits = held.strip()
    return digits[::-1] + held[len(digits) :]


def test_a_lost_key_is_told_and_makes_no_new_one(day: BadDay, capsys: pytest.CaptureFixture[str]) -> None:
    used(day)
    (key,) = [path for path in day.profile.iterdir() if "key" in path.name]
    key.unlink()
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 1
    assert "La clé de ce profil est introuvable" in capsys.readouterr().err
    assert not key.exists()


def test_a_damaged_directory_is_read_again_and_told(day: BadDay) -> None:
    used(day)
    directory = day.profile / "directory.db"
    directory.write_bytes(os.urandom(len(directory.read_bytes())))
    with Engine.open(day.profile) as engine:
        assert [notice.message_key for notice in engine.notices()] == ["directory.unreadable"]
        assert len(read(engine, MEMBER).ordered()) == 1


# ---- a full disk -------------------------------------------------------------------------------


async def fill_up(engine: Engine) -> None:
    """Leave no page to the store: SQLite then answers as it does on a full disk."""
    assert engine._store is not None

    def change(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar_one()

    await engine._store.write(change)


async def free(engine: Engine) -> None:
    """Give the store room again."""
    assert engine._store is not None
    await engine._store.write(
        lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000").scalar_one()
    )


def test_on_a_full_disk_an_exchange_and_a_draft_are_refused_with_a_sentence_then_taken(day: BadDay) -> None:
    long_note = "Rappeler demain avant midi. " * 1_000
    with Engine.open(day.profile) as engine:
        read(engine, MEMBER)
        person = engine.run(find_person(engine.desk, MEMBER))
        engine.run(fill_up(engine))
        with pytest.raises(AviseError, match=r"^store\.full$"):
            engine.run(engine.desk.record_interaction(person, {"title": "Appel", "note": long_note}))
        with pytest.raises(AviseError, match=r"^store\.full$"):
            engine.run(engine.desk.save_draft(person, long_note))
        assert "Libérez de la place" in text("store.full")
        engine.run(free(engine))
        engine.run(engine.desk.save_draft(person, long_note))
        draft = engine.run(engine.desk.draft(person))
        assert draft is not None
        assert draft.text == long_note
        engine.run(engine.desk.record_interaction(person, {"title": "Appel", "note": NOTE}))


def test_on_a_full_disk_the_file_still_opens_and_says_that_nothing_was_noted(day: BadDay) -> None:
    day.guichet.rows = 400
    with Engine.open(day.profile) as engine:
        engine.run(engine.directory_ready())
        person = engine.run(find_person(engine.desk, MEMBER))
        engine.run(fill_up(engine))

        async def opened() -> CustomerFile:
            file = CustomerFile()
            updates = engine.desk.open_customer(person, "search", "x" * 60_000)  # type: ignore[arg-type]
            async for update in updates:
                file.fold(update)
                if file.not_kept is not None and views(file, "benefits")[0].state is FacetState.FRESH:
                    break
            await updates.aclose()  # type: ignore[attr-defined]  # the desk gives a generator
            return file

        file = engine.run(opened())
    assert file.not_kept is not None
    assert file.not_kept.message_key == "store.full"
    assert len(views(file, "benefits")[0].records) == 400


def test_a_profile_that_cannot_be_opened_is_a_finding_of_the_doctor(
    day: BadDay, capsys: pytest.CaptureFixture[str]
) -> None:
    used(day)
    (day.profile / "store.db").unlink()
    (day.profile / "store.db").mkdir()
    assert main(["--profile", str(day.profile), "search", "marchand"]) == 1
    assert "Avise ne peut pas écrire dans le dossier de ce profil" in capsys.readouterr().err
    assert main(["--profile", str(day.profile), "doctor", "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["about"], finding["ok"]) == ("profile", False)
    assert "Vérifiez les droits du dossier" in finding["sentence"]


def test_nothing_of_a_bad_day_names_a_person_in_the_log(day: BadDay) -> None:
    used(day)
    day.guichet.body = b"{"
    with Engine.open(day.profile) as engine:
        read(engine, MEMBER)
    logged = b"".join(path.read_bytes() for path in (day.profile / "logs").iterdir())
    for secret in ("MARCHAND", "Hélène", MEMBER, NOTE, "un-secret", str(uuid.UUID(int=0))):
        assert secret.encode() not in logged
