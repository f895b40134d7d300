"""A laptop's profile whose packs hold a generated portfolio: 40 records a customer, the visited whole."""

from __future__ import annotations

import random
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from avise.connectors.contract import Record
from avise.connectors.readings import TIMELINE
from avise.connectors.record_pages import page_of, record_of
from avise.demo.population.entities import Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.directory.keys import Minter
from avise.engine.lease_room import half_source
from avise.engine.network_room import CHOICE
from avise.engine.packs_on_board import PACKS_NAME
from avise.env import Env
from avise.models.care_totals import CareTotal
from avise.models.customer import Party, PersonId
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind, FieldSpec
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.json_types import JSON
from avise.models.network import NetworkMode
from avise.models.packs import SYNTHESIS, PackKind
from avise.models.snapshot import PAGE_SIZE, Snapshot, SnapshotKey
from avise.services.profile import Profile, load_profile
from avise.store.directory import Directory
from avise.store.feed import Feed
from avise.store.key_source import key_source
from avise.store.leased_key import LeasedPackKey, Lent
from avise.store.pack_file import PackFile
from avise.store.pack_rows import CarriedReading, Target
from avise.store.packs import Packs
from avise.store.sealed import SealedSecrets
from avise.store.store import Store
from benchmarks.search import PAGE, parties_of

LOGIN = "bruno.kerhoas"
VISITS = 20
DIFFERENT = 200
"""Syntheses that are told apart: each is kept by itself, so that what they share takes no less room."""

SYNTHESIS_RECORDS = {
    ("parties", "identity"): 1,
    ("parties", "contact_points"): 4,
    ("parties", "contracts"): 1,
    ("parties", "beneficiaries"): 2,
    ("parties", "rights"): 2,
    ("parties", "consents"): 4,
    ("contributions", "contributions"): 24,
    ("appointments", "appointments"): 2,
}
"""Records of each reading of the portfolio: 40 a customer."""

WHOLE_RECORDS = {
    **SYNTHESIS_RECORDS,
    ("parties", "guarantees"): 20,
    ("parties", "company"): 0,
    ("contributions", "bank"): 1,
    ("noemie", "noemie"): 6,
    ("documents", "documents"): 30,
    ("complaints", "complaints"): 2,
    ("relation", "member_space"): 8,
    ("relation", TIMELINE): 120,
}
"""Records of each reading of a customer to be visited."""

_WORDS = ("Confort", "Santé", "renfort", "optique", "contrat", "mensuel", "prélèvement", "dossier", "reçu")


@dataclass(frozen=True, slots=True)
class Filled:
    """What was put on board.

    Args:
        persons: of the portfolio, those visited first.
        sample: parties spread over the portfolio.
        records: in all readings.
        seconds: that keeping took.
        bytes: of the packs.
    """

    persons: tuple[PersonId, ...]
    sample: tuple[Party, ...]
    records: int
    seconds: float
    bytes: int


def laptop_profile(folder: Path, desk: Path) -> Path:
    """Write the profile of a laptop like that of a desk of the demonstration; return its folder."""
    folder.mkdir()
    shutil.copytree(desk / "connectors", folder / "connectors")
    for name in ("demo-secrets.toml",):
        shutil.copyfile(desk / name, folder / name)
    settings = (desk / "settings.toml").read_text("utf-8")
    for before, after in (
        ('login = "lea.girard"', f'login = "{LOGIN}"'),
        ('name = "Léa Girard"', 'name = "Bruno Kerhoas"'),
        ('role = "agent"', 'role = "rep"'),
    ):
        if before not in settings:
            raise RuntimeError("the settings of the demonstration are written in another way")
        settings = settings.replace(before, after)
    settings += '\n[offline]\nallowed = true\npin = "optional"\nmax_megabytes = 2000\n'
    (folder / "settings.toml").write_text(settings, "utf-8")
    return folder


async def fill(folder: Path, customers: int, env: Env) -> Filled:
    """Fill the directory and the packs of a profile, and take its network away."""
    profile = load_profile(folder, "")
    settings = profile.settings
    key = await key_source(settings.key.source, folder, env, synthetic=True).key(create=True)
    store = await Store.open(profile.store_path, key, env)
    minter = Minter(settings.site_namespace, settings.identity_master)
    directory = await Directory.open(profile.directory_path, key, env, minter)
    packs = Packs(PackFile(folder / PACKS_NAME))
    try:
        await Feed(store, env).note(CHOICE, NetworkMode.OFFLINE.value)
        members = await _people(directory, customers)
        persons = tuple(minter.person(party) for party in members)
        await packs.file.open(await _lent_key(profile, store, key, persons, env))
        records, seconds = await _readings(packs, persons, env)
        step = max(1, len(members) // 200)
        return Filled(persons, tuple(members[::step]), records, seconds, await packs.size())
    finally:
        await packs.file.aclose()
        await directory.aclose()
        await store.aclose()


async def _people(directory: Directory, customers: int) -> list[Party]:
    builder = directory.rebuild()
    members: list[Party] = []
    page: list[Party] = []
    for dossier in _dossiers(customers):
        for party in parties_of(dossier):
            kept = replace(party, representative=LOGIN)
            page.append(kept)
            if not party.dossier:
                members.append(kept)
        if len(page) >= PAGE:
            await builder.add(page)
            page = []
    await builder.add(page)
    await builder.finish("end")
    return members[:customers]


def _dossiers(customers: int) -> Iterator[Dossier]:
    spec = WorldSpec(round(customers * 1.1), detail="directory", heavy=False)
    found = (dossier for dossier in iter_dossiers(spec) if not dossier.member.restricted)
    for _ in range(customers):
        yield next(found)


async def _lent_key(
    profile: Profile, store: Store, key: bytes, persons: Sequence[PersonId], env: Env
) -> bytes:
    leased = LeasedPackKey(store, SealedSecrets(store, key, env), half_source(profile, env), env)
    await leased.open()
    lent = Lent(bytes(range(32)), env.now() + timedelta(days=7), env.now(), len(persons))
    await leased.take(lent, persons)
    return await leased.key()


async def _readings(packs: Packs, persons: Sequence[PersonId], env: Env) -> tuple[int, float]:
    """Keep the readings of everybody; return how many records they hold and the seconds of keeping them."""
    now, chance, records, seconds = env.now(), random.Random(1), 0, 0.0
    ends_at = now + timedelta(days=7)
    visited = persons[:VISITS]
    await packs.order(PackKind.VISITS, [Target(person) for person in visited], ends_at, now)
    await packs.order(PackKind.PORTFOLIO, [Target(person) for person in persons], ends_at, now)
    total = CareTotal("dental", 4, "320.00", "240.00", (now - timedelta(days=700)).date())
    syntheses = [_snapshots(SYNTHESIS_RECORDS, now, chance) for _ in range(DIFFERENT)]
    for number, person in enumerate(persons):
        kind = PackKind.VISITS if number < VISITS else PackKind.PORTFOLIO
        made = syntheses[number % DIFFERENT]
        if kind is PackKind.VISITS:
            made = _snapshots(WHOLE_RECORDS, now, chance)
        readings = [_reading(kind, person, source, snapshot) for source, snapshot in made.items()]
        records += sum(snapshot.count for snapshot in made.values())
        started = time.perf_counter()
        await packs.keep(kind, Target(person), readings, [total], failed=False, at=now)
        seconds += time.perf_counter() - started
    for kind in (PackKind.VISITS, PackKind.PORTFOLIO):
        await packs.end(kind, now)
    return records, seconds


def _snapshots(
    wanted: Mapping[tuple[str, str], int], now: datetime, chance: random.Random
) -> dict[tuple[str, str], Snapshot]:
    found = {}
    for (instance, facet), count in wanted.items():
        made = _exchange if facet == TIMELINE else _record
        rows = [made(facet, number, now, chance) for number in range(count)]
        pages = tuple(page_of(rows[start : start + PAGE_SIZE]) for start in range(0, len(rows), PAGE_SIZE))
        found[instance, facet] = Snapshot(pages, count, now - timedelta(hours=1), now, now)
    return found


def _reading(kind: PackKind, person: PersonId, source: tuple[str, str], snapshot: Snapshot) -> CarriedReading:
    instance, facet = source
    belongs = PackKind.PORTFOLIO if facet in SYNTHESIS else kind
    return CarriedReading(belongs, SnapshotKey(instance, facet, 1, person), snapshot)


def _record(facet: str, number: int, now: datetime, chance: random.Random) -> Record:
    spec = FACETS[facet]
    data = {field.name: _value(field, number, now, chance) for field in spec.fields}
    return Record(f"{facet}-{number}-{chance.randrange(10**9)}", data)


def _value(field: FieldSpec, number: int, now: datetime, chance: random.Random) -> JSON:
    day = (now - timedelta(days=30 * number + chance.randrange(30))).date()
    made: dict[FieldKind, JSON] = {
        FieldKind.DATE: day.isoformat(),
        FieldKind.DATETIME: f"{day.isoformat()}T09:30:00+01:00",
        FieldKind.AMOUNT: f"{chance.randrange(50_000) / 100:.2f}",
        FieldKind.INTEGER: chance.randrange(1_000),
        FieldKind.BOOL: chance.random() < 0.5,
        FieldKind.ENUM: chance.choice(field.values) if field.values else "",
        FieldKind.PHONE: f"+3363998{chance.randrange(10_000):04}",
        FieldKind.EMAIL: f"adherent{chance.randrange(10**6)}@exemple.invalid",
        FieldKind.IBAN: f"FR76 •••• •••• {chance.randrange(10_000):04}",
        FieldKind.NIR: "",
    }
    if field.kind in made:
        return made[field.kind]
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randrange(1, 5)))


def _exchange(_facet: str, number: int, now: datetime, chance: random.Random) -> Record:
    return record_of(
        Interaction(
            id=str(uuid.UUID(int=chance.getrandbits(128))),
            at=now - timedelta(days=6 * number),
            channel=Channel.PHONE_IN,
            direction=Direction.IN,
            title=" ".join(chance.choice(_WORDS) for _ in range(4)),
            summary=" ".join(chance.choice(_WORDS) for _ in range(12)),
        )
    )
