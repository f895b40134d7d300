"""The directory's file: built aside, renamed into place, changed, replaced under readers."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from avise.directory.keys import Minter
from avise.directory.party_json import decoded, encoded
from avise.env import FixedEnv
from avise.models.customer import Party, PartyKind, person_id
from avise.store.connections import close_quietly, open_encrypted
from avise.store.directory import Directory, DirectoryNotReadyError
from avise.store.directory_building import BUILDING_SUFFIX, DirectoryBuilder
from avise.store.errors import CorruptedFileError, DiskFullError, StoreClosedError

MINTER = Minter(uuid.UUID(int=5), "parties.party")
HELENE = Party(
    "1", PartyKind.MEMBER, "MARCHAND", "Hélène", birth_name="Le Goff", birth_date=date(1968, 3, 12),
    member_number="0482917350", phones=("+33639984127",), email="h.m@exemple.invalid", city="Nantes",
    postcode="44000", ids={"benefits.insured": "B12", "member": "0482917350"},
)  # fmt: skip
YVES = Party("2", PartyKind.BENEFICIARY, "MARCHAND", "Yves", dossier="1", phones=("+33639984127",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "directory.db"


@pytest.fixture
async def directory(path: Path, key: bytes) -> AsyncIterator[Directory]:
    opened = await Directory.open(path, key, FixedEnv(), MINTER)
    yield opened
    await opened.aclose()


async def fill(directory: Directory, *pages: Sequence[Party], cursor: str = "c1") -> int:
    builder = directory.rebuild()
    for page in pages:
        await builder.add(page)
    return await builder.finish(cursor)


async def names(directory: Directory, typed: str) -> list[str]:
    return [hit.entry.party.native_id for hit in (await directory.search(typed)).hits]


async def test_before_it_is_built_looking_is_refused_not_empty(directory: Directory) -> None:
    assert not directory.ready
    for look in (directory.search("marchand"), directory.by_phone("+33639984127")):
        with pytest.raises(DirectoryNotReadyError):
            await look
    with pytest.raises(DirectoryNotReadyError):
        await directory.apply([HELENE], "c1")
    assert (await directory.count(), await directory.cursor()) == (0, "")


async def test_who_was_put_in_is_found_by_every_exact_key(directory: Directory) -> None:
    assert await fill(directory, [HELENE], [YVES]) == 2
    helene = person_id(MINTER.site_namespace, MINTER.scheme, "1")
    entry = await directory.by_person(helene)
    assert entry is not None
    assert entry.party == HELENE
    assert entry.dossier == helene
    assert await directory.by_identifier("benefits.insured", "B12") == entry
    assert await directory.by_identifier("member", "0482 917 350") == entry
    assert await directory.by_identifier("benefits.insured", "B13") is None
    assert await directory.by_identifier("other", "B12") is None
    assert [found.party.native_id for found in await directory.by_phone("+33639984127")] == ["1", "2"]
    assert await directory.by_phone("06 39 98 41 27") == await directory.by_phone("+33639984127")
    assert await directory.by_phone("") == ()
    assert [found.party.native_id for found in await directory.family(helene)] == ["1", "2"]
    assert await directory.by_person(uuid.UUID(int=9)) is None
    assert await directory.cursor() == "c1"


async def test_a_party_published_twice_is_listed_once_as_it_was_last(directory: Directory) -> None:
    moved = dataclasses.replace(HELENE, last_name="LE GOFF", birth_name="", city="Rennes", phones=())
    gone = dataclasses.replace(YVES, deleted=True)
    assert await fill(directory, [HELENE, YVES], [moved, gone]) == 1
    assert await names(directory, "marchand") == []
    assert await names(directory, "le goff") == ["1"]
    assert await names(directory, "nantes") == []
    assert await directory.by_phone("+33639984127") == ()


async def test_who_is_deleted_and_listed_again_in_one_reading_stays(directory: Directory) -> None:
    gone = dataclasses.replace(YVES, deleted=True)
    assert await fill(directory, [HELENE, YVES, gone], [YVES, dataclasses.replace(HELENE, deleted=True)]) == 1
    assert await names(directory, "yves") == ["2"]


async def test_changes_are_applied_to_every_key(directory: Directory) -> None:
    await fill(directory, [HELENE, YVES])
    moved = dataclasses.replace(
        HELENE,
        last_name="Kerdraon",
        birth_name="",
        phones=("+33299001122",),
        member_number="77",
        city="Brest",
    )
    new = Party("3", PartyKind.COMPANY, company_name="Poterie Coulibert", siren="000123455")
    twice = dataclasses.replace(new, company_name="Poterie Nadège")
    await directory.apply([moved, dataclasses.replace(YVES, deleted=True), new, twice], "c2")
    assert await directory.cursor() == "c2"
    assert await directory.count() == 2
    for typed, expected in (
        ("marchand", []), ("goff", []), ("kerdraon", ["1"]), ("kerdaon", ["1"]), ("brest", ["1"]),
        ("nantes", []), ("77", []), ("0482917350", []), ("02 99 00 11 22", ["1"]), ("0639984127", []),
        ("coulibert", []),
        ("nadege", ["3"]), ("yves", []),
    ):  # fmt: skip
        assert await names(directory, typed) == expected, typed
    await directory.apply([dataclasses.replace(moved, deleted=True)], "c3")
    assert await names(directory, "kerdraon") == []


async def test_changes_survive_a_restart(path: Path, key: bytes) -> None:
    first = await Directory.open(path, key, FixedEnv(), MINTER)
    await fill(first, [HELENE])
    await first.apply([YVES], "c2")
    await first.aclose()
    second = await Directory.open(path, key, FixedEnv(), MINTER)
    assert second.ready
    assert await names(second, "yves") == ["2"]
    assert await second.cursor() == "c2"
    await second.aclose()


async def test_a_new_directory_takes_the_place_of_the_old_under_readers(directory: Directory) -> None:
    await fill(directory, [HELENE])
    seen: set[tuple[str, ...]] = set()

    async def look() -> None:
        for _ in range(60):
            seen.add(tuple(await names(directory, "marchand")))

    async def replace() -> None:
        for round_ in range(4):
            await fill(directory, [HELENE, YVES] if round_ % 2 else [HELENE])

    await asyncio.gather(look(), look(), replace())
    assert seen <= {("1",), ("1", "2")}
    await directory.apply([YVES], "c9")
    assert await names(directory, "yves") == ["2"]


async def test_an_abandoned_building_changes_nothing(directory: Directory, path: Path) -> None:
    await fill(directory, [HELENE])
    builder = directory.rebuild()
    await builder.add([YVES])
    await builder.abandon()
    assert await names(directory, "yves") == []
    assert not siblings(path, BUILDING_SUFFIX)


def siblings(path: Path, part: str) -> list[Path]:
    return [file for file in path.parent.iterdir() if part in file.name]


class Killed(BaseException):
    """Stands for the end of the process."""


async def test_a_crash_between_the_writing_and_the_renaming_keeps_the_old_directory(
    path: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await Directory.open(path, key, FixedEnv(), MINTER)
    await fill(first, [HELENE])

    def killed(_built: Path) -> None:
        raise Killed

    monkeypatch.setattr(first, "_swap", killed)
    with pytest.raises(Killed):
        await fill(first, [HELENE, YVES])
    await first.aclose()
    assert siblings(path, BUILDING_SUFFIX)

    second = await Directory.open(path, key, FixedEnv(), MINTER)
    # Whoever only looks leaves it: another program of this profile may be building it.
    assert siblings(path, BUILDING_SUFFIX)
    await (await second.open_reading()).aclose()
    assert not siblings(path, BUILDING_SUFFIX)
    assert await names(second, "marchand") == ["1"]
    await fill(second, [HELENE, YVES])
    assert await names(second, "marchand") == ["1", "2"]
    await second.aclose()


async def test_a_built_file_that_does_not_pass_its_check_is_not_put_in_place(
    directory: Directory, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    await fill(directory, [HELENE])
    monkeypatch.setattr("avise.store.directory_building.is_sound", lambda *_a, **_k: False)
    with pytest.raises(CorruptedFileError):
        await fill(directory, [YVES])
    assert await names(directory, "marchand") == ["1"]
    assert not siblings(path, BUILDING_SUFFIX)


async def test_a_disk_that_fills_up_while_building_keeps_the_old_directory(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(directory, [HELENE])
    monkeypatch.setattr("avise.store.directory_building._PRAGMAS", ("journal_mode=OFF", "max_page_count=40"))
    builder = directory.rebuild()
    crowd = [Party(str(number), PartyKind.MEMBER, f"Nom{number}" * 20, "Jean") for number in range(500)]

    async def fill_up() -> None:
        await builder.add(crowd)
        await builder.finish("full")

    with pytest.raises(DiskFullError):
        await fill_up()
    await builder.abandon()
    assert await names(directory, "marchand") == ["1"]


@pytest.mark.parametrize("damage", ["foreign", "other key", "other version"])
async def test_a_file_that_is_not_ours_is_set_aside_and_asked_for_again(
    path: Path, key: bytes, damage: str
) -> None:
    first = await Directory.open(
        path, key if damage != "other key" else bytes(range(1, 33)), FixedEnv(), MINTER
    )
    await fill(first, [HELENE])
    await first.aclose()
    if damage == "foreign":
        write(path, b"bonjour" * 1000)
    if damage == "other version":
        connection = open_encrypted(path, key)
        with connection.begin():
            connection.exec_driver_sql("PRAGMA user_version=99")
        close_quietly(connection)
    second = await Directory.open(path, key, FixedEnv(), MINTER)
    assert not second.ready
    assert [notice.message_key for notice in second.notices] == ["directory.unreadable"]
    assert siblings(path, "unreadable-20260324")
    await fill(second, [HELENE])
    assert await names(second, "marchand") == ["1"]
    await second.aclose()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def read(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_page_damaged_under_us_stops_the_searches_until_it_is_built_again(
    path: Path, key: bytes
) -> None:
    letters = [f"Nom{a}{b}{c}" for a in "abcdefghijkl" for b in "abcdefghijkl" for c in "abcdefghijkl"]
    crowd = [Party(name, PartyKind.MEMBER, name, "Jean") for name in letters]
    first = await Directory.open(path, key, FixedEnv(), MINTER)
    await fill(first, crowd)
    await first.aclose()
    content = bytearray(read(path))
    for offset in range(len(content) // 8192 * 4096 + 100, len(content), 4096):
        content[offset] ^= 0xFF
    write(path, bytes(content))
    second = await Directory.open(path, key, FixedEnv(), MINTER)
    assert second.ready
    with pytest.raises(CorruptedFileError):
        await asyncio.gather(*(second.search(name) for name in letters[::50]))
    with pytest.raises(DirectoryNotReadyError):
        await second.search("nomaaa")
    await fill(second, crowd)
    assert "Nomaaa" in await names(second, "nomaaa")
    await second.aclose()


async def test_a_party_that_carries_a_nir_is_left_out(directory: Directory, path: Path) -> None:
    nir = "1 85 05 99 999 001 81"
    leaks = [
        Party("2", PartyKind.MEMBER, "Canari", "Un", ids={"parties.nir": "anything"}),
        Party("3", PartyKind.MEMBER, "Canari", "Deux", ids={"other": nir.replace(" ", "")}),
        Party("4", PartyKind.MEMBER, f"Canari {nir}", "Trois"),
    ]
    assert await fill(directory, [HELENE, *leaks]) == 1
    assert await directory.apply(leaks, "c2") == 3
    assert await names(directory, "canari") == []


async def test_no_byte_of_a_name_is_in_clear_in_the_folder(directory: Directory, path: Path) -> None:
    builder = directory.rebuild()
    await builder.add([HELENE])
    for file in siblings(path, ""):
        assert b"MARCHAND" not in read(file), file.name
    await builder.finish("c1")
    await directory.apply([YVES], "c2")
    for file in siblings(path, ""):
        content = read(file)
        assert b"MARCHAND" not in content, file.name
        assert b"639984127" not in content, file.name


async def test_after_closing_nothing_is_answered(path: Path, key: bytes) -> None:
    closed = await Directory.open(path, key, FixedEnv(), MINTER)
    await fill(closed, [HELENE])
    await closed.aclose()
    with pytest.raises(StoreClosedError):
        await closed.search("marchand")
    with pytest.raises(StoreClosedError):
        await closed.apply([YVES], "c2")


def test_a_party_comes_back_as_it_was_encoded() -> None:
    company = Party("6", PartyKind.COMPANY, company_name="Poterie", siren="000123455", restricted=True)
    for party in (HELENE, YVES, company):
        assert decoded(encoded(party)) == party


def test_sweeping_twice_is_harmless(tmp_path: Path) -> None:
    DirectoryBuilder.sweep(tmp_path / "directory.db")
    (tmp_path / ("directory.db" + BUILDING_SUFFIX)).write_bytes(b"half")
    DirectoryBuilder.sweep(tmp_path / "directory.db")
    assert list(tmp_path.iterdir()) == []
