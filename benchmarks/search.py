"""From a key in the search field to rows: each kind of search against a bare indexed lookup.

`python -m benchmarks.search --persons 4300000` builds the directory of a whole mutual (some minutes,
about 4 GB of disk); by default the `demo` population.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from avise.demo.population.entities import Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.directory.keys import Minter
from avise.env import SystemEnv
from avise.models.customer import Party, PartyKind
from avise.models.names import fold
from avise.store.connections import READER_PRAGMAS, close_quietly, open_encrypted
from avise.store.directory import Directory
from benchmarks.measure import Measure, measure, percentile

KEY = bytes(range(32))
MINTER = Minter(uuid.UUID(int=1), "parties.party")
DEMO_PERSONS = 3_700
SAMPLES, QUICK_SAMPLES = 200, 40
BAR_MS = 20.0
"""From key to rows, at p95, for the whole mutual as for the demo."""
PAGE = 2_000


def parties_of(dossier: Dossier) -> Iterator[Party]:
    """Yield the parties of a dossier as the identity master publishes them."""
    home = next((point for point in dossier.contact_points if point.kind == "address"), None)
    phones = tuple(point.value for point in dossier.contact_points if point.kind in ("landline", "mobile"))
    email = next((point.value for point in dossier.contact_points if point.kind == "email"), "")
    relations = {covered.person.ids.party: covered.relation for covered in dossier.beneficiaries}
    for person in dossier.persons():
        member = person is dossier.member
        yield Party(
            native_id=person.ids.party,
            kind=PartyKind(person.kind),
            last_name=person.last_name,
            first_name=person.first_name,
            birth_name=person.birth_name,
            birth_date=person.birth_date,
            member_number=person.ids.member_number,
            phones=phones if member else (),
            email=email if member else "",
            city=home.city if home else "",
            postcode=home.postcode if home else "",
            restricted=person.restricted,
            dossier="" if member else dossier.member.ids.party,
            relation=relations.get(person.ids.party, ""),
            ids=person.ids.as_mapping(),
        )


def queries_of(parties: Sequence[Party], chance: random.Random) -> dict[str, list[str]]:
    """Return what staff would type to find each of these parties, by kind of search."""
    queries: dict[str, list[str]] = {}

    def add(kind: str, typed: str) -> None:
        if typed.strip():
            queries.setdefault(kind, []).append(typed)

    for party in parties:
        last, first = party.last_name, party.first_name
        add("surname", last)
        add("surname and first name", f"{last} {first}")
        add("first name and surname, folded", f"{fold(first)} {fold(last)}".lower())
        add("surname and initial", f"{last} {first[:1]}")
        add("four letters", last[:4])
        add("surname, one letter wrong", _one_letter_wrong(last, chance))
        add("one letter wrong and first name", f"{_one_letter_wrong(last, chance)} {first}")
        add("surname and town", f"{last} {party.city}")
        add("first name", first)
        add("first name and town", f"{first} {party.city}")
        add("town", party.city)
        add("member number", party.member_number)
        add("member number, beginning", party.member_number[:6])
        if party.birth_date is not None:
            add("birth date", f"{party.birth_date:%d/%m/%Y}")
            add("surname and birth date", f"{last} {party.birth_date:%d%m%Y}")
            add("surname and year", f"{last} {party.birth_date.year}")
        for phone in party.phones[:1]:
            add("telephone", f"0{phone[3:]}")
            add("telephone, end", phone[-6:])
        add("e-mail", party.email)
        add("e-mail, beginning", party.email.partition("@")[0][:8] + "." if party.email else "")
    return queries


def _one_letter_wrong(name: str, chance: random.Random) -> str:
    if len(name) < 4:
        return name
    position = chance.randrange(1, len(name) - 1)
    return name[:position] + chance.choice("abcdefghijklmnopqrstuvwxyz") + name[position + 1 :]


def pages(spec: WorldSpec) -> Iterator[list[Party]]:
    """Stream the parties of a world by pages."""
    stream = (party for dossier in iter_dossiers(spec) for party in parties_of(dossier))
    while page := list(islice(stream, PAGE)):
        yield page


async def build(directory: Directory, spec: WorldSpec, kept: int) -> list[Party]:
    """Fill a directory; return parties spread over it."""
    builder = directory.rebuild()
    sample: list[Party] = []
    chance = random.Random(1)
    seen = 0
    for page in pages(spec):
        await builder.add(page)
        for party in page:
            seen += 1
            if len(sample) < kept:
                sample.append(party)
            elif (place := chance.randrange(seen)) < kept:
                sample[place] = party
    await builder.finish("end")
    return sample


async def measured(persons: int, samples: int) -> list[Measure]:
    """Build a directory of about that many persons and time every kind of search in it."""
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as folder:
        path = Path(folder) / "directory.db"
        directory = await Directory.open(path, KEY, SystemEnv(), MINTER)
        try:
            started = time.perf_counter()
            sample = await build(directory, WorldSpec.for_persons(persons), samples)
            seconds = time.perf_counter() - started
            figures = [
                measure("search.persons", float(await directory.count()), "persons"),
                measure("search.build", seconds, "s"),
                measure("search.size", path.stat().st_size / 1e6, "MB"),
            ]
            return figures + await _timed(directory, path, sample)
        finally:
            await directory.aclose()


async def _timed(directory: Directory, path: Path, sample: Sequence[Party]) -> list[Measure]:
    bare = open_encrypted(path, KEY, read_only=True, pragmas=READER_PRAGMAS)
    try:
        figures: list[Measure] = []
        everything: list[float] = []
        queries = queries_of(sample, random.Random(2))
        for typed in [queries[kind][0] for kind in queries]:
            await directory.search(typed)
        for kind, listed in queries.items():
            spent, baseline = await _interleaved(directory, bare, listed, sample)
            everything.extend(spent)
            figures.append(measure(f"search.{kind}.p95", percentile(spent, 0.95), "ms", BAR_MS))
            ratio = percentile(spent, 0.5) / percentile(baseline, 0.5)
            figures.append(measure(f"search.{kind}.p50", ratio, "× bare lookup"))
        figures.append(measure("search.all.p95", percentile(everything, 0.95), "ms", BAR_MS))
        return figures
    finally:
        close_quietly(bare)


async def _interleaved(
    directory: Directory, bare: Connection, queries: Iterable[str], sample: Sequence[Party]
) -> tuple[list[float], list[float]]:
    """Time each query beside one bare lookup of a member, in milliseconds."""
    spent, baseline = [], []
    for number, typed in enumerate(queries):
        started = time.perf_counter()
        await directory.search(typed)
        spent.append((time.perf_counter() - started) * 1000)
        member = sample[number % len(sample)].member_number
        started = time.perf_counter()
        bare.exec_driver_sql("SELECT body FROM party WHERE member = ? AND member <> ''", (member,)).first()
        baseline.append((time.perf_counter() - started) * 1000)
    return spent, baseline


def run(*, quick: bool) -> list[Measure]:
    """Time the searches over the `demo` population."""
    return asyncio.run(measured(DEMO_PERSONS, QUICK_SAMPLES if quick else SAMPLES))


def main() -> None:
    """Time the searches over as many persons as asked, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=DEMO_PERSONS)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    chosen = parser.parse_args()
    for figure in asyncio.run(measured(chosen.persons, chosen.samples)):
        verdict = "" if figure["ok"] else "  PAST THE BAR"
        print(f"{figure['name']:48} {figure['value']:12.2f} {figure['unit']}{verdict}")


if __name__ == "__main__":
    main()
