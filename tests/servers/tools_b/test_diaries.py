"""The diaries of the staff as Avise reads them: the server of appointments, the connector file, the host."""

from __future__ import annotations

import uuid
from contextlib import aclosing
from pathlib import Path

from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.registry import Registry
from avise.demo.launcher import DemoTools
from avise.demo.population.spec import WorldSpec
from avise.demo.population.staff import ADVISORS, login_of
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.resources import resource_folder
from avise.services.agenda import FACET, STAFF, keeps_diaries


class _Secrets:
    def __init__(self, password: str) -> None:
        self._password = password

    async def get(self, instance: str, name: str) -> str | None:
        return self._password if (instance, name) == ("agenda", "password") else None


async def _starts(host: ConnectorHost, login: str) -> list[str]:
    known = {STAFF: login}
    readings = host.read_facet(
        "agenda", FACET, CustomerKey(uuid.UUID(int=1), known), IdentityEvidence(ids=known),
        agent=login, purpose="visit", force=True,
    )  # fmt: skip
    async with aclosing(readings) as stream:
        reading = [found async for found in stream][-1]
    assert (reading.error, reading.withheld, reading.unreadable) == (None, False, 0)
    return [str(record.data["starts_at"]) for record in reading.records]


async def test_an_agent_reads_meetings_of_the_day_and_somebody_without_a_diary_none(tmp_path: Path) -> None:
    today = SystemEnv().now().date()
    spec = WorldSpec(dossiers=1, as_of=today)
    async with DemoTools.start(tmp_path, spec, tools=["appointments"]) as tools:
        file = resource_folder("connectors") / "demo" / "agenda.toml"
        settings = InstanceSettings("agenda", "agenda", tools.settings()["appointments"], connector_file=file)
        secrets = _Secrets(tools.secrets()["appointments", "password"])
        host = ConnectorHost(SystemEnv(), NoSnapshots(), [settings], secrets, connectors=Registry())
        await host.start()
        try:
            assert [keeps_diaries(offer) for offer in host.offers()] == [True]
            starts = await _starts(host, "lea.girard")
            assert 2 <= len(starts) <= 3
            assert all(start.startswith(today.isoformat()) for start in starts)
            assert await _starts(host, "nobody.known") == []
        finally:
            await host.aclose()


def test_every_advisor_has_a_login_of_its_own() -> None:
    logins = [login_of(name) for name in ADVISORS]
    assert len(set(logins)) == len(ADVISORS)
    assert {"lea.girard", "marc.legoff"} <= set(logins)
