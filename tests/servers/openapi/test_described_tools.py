"""From a description to rows: what is proposed passes the check, and reads the server of that description."""

from __future__ import annotations

import json
import tomllib
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from avise.connectors.declarative import check_connector_file
from avise.connectors.openapi import propose_connector
from avise.connectors.ports import InstanceSettings
from avise.connectors.trial import TrialDesk, try_connector
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from tests.servers.openapi.described_server import ROWS, SECRET, Described, serving
from tests.unit.connectors.declarative.opened_file import Secrets, open_connector_file

HERE = Path(__file__).parent / "specs"
READINGS = {
    "agenda.yaml": {"appointments"},
    "cotisations.yaml": {"contributions"},
    "droits.yaml": {"rights"},
    "ged.json": {"documents"},
    "mutuelle.yaml": {"identity", "contracts", "contact_points", "timeline"},
    "relation.yaml": {"complaints", "timeline"},
    "sinistres.json": {"benefits", "complaints"},
}
ACTIONS = {
    "agenda.yaml": {"create_appointment"},
    "mutuelle.yaml": {"change_address", "resend_card"},
    "sinistres.json": {"issue_certificate"},
}
_BY_A_PERSON = ("oidc_user", "mtls")
_ALONE = {"identity", "rights"}
"""Readings of one record."""


def spec_of(name: str) -> Described:
    content = (HERE / name).read_text("utf-8")
    loaded = json.loads(content) if name.endswith(".json") else yaml.safe_load(content)
    return Described(loaded)


def proposed(name: str, folder: Path) -> Path:
    """Write the proposal as it is; a sign-in that needs a person or a certificate is left out."""
    content = propose_connector(HERE / name).content
    file = folder / f"{Path(name).stem}.toml"
    file.write_text(
        "\n".join(
            'auth = { type = "none" }'
            if line.startswith("auth = ") and any(kind in line for kind in _BY_A_PERSON)
            else line
            for line in content.splitlines()
        ),
        "utf-8",
    )
    return file


@pytest.mark.parametrize("name", list(READINGS))
def test_what_is_proposed_passes_the_check_with_every_guess_marked(name: str, tmp_path: Path) -> None:
    proposal = propose_connector(HERE / name)
    file = tmp_path / "proposed.toml"
    file.write_text(proposal.content, "utf-8")
    assert [(found.line, found.sentence()) for found in check_connector_file(file)] == []
    told = tomllib.loads(proposal.content)
    assert {action["id"] for action in told.get("action", ())} == ACTIONS.get(name, set())
    assert all(action["idempotency"] == "none" for action in told.get("action", ()))
    for line in proposal.content.splitlines():
        if line.startswith(("paging", "on_404", "records", "auth", "idempotency", "changed", "[directory]")):
            assert "À VÉRIFIER" in line


@pytest.mark.parametrize("name", list(READINGS))
async def test_each_reading_makes_rows_of_the_server_s_answers_over_all_its_pages(
    name: str, tmp_path: Path
) -> None:
    file = proposed(name, tmp_path)
    told = tomllib.loads(file.read_text("utf-8"))
    with serving(spec_of(name)) as server:
        config = {"base_url": server.address, "user": "lecture", "client": "avise", "certificate": "/x.pem"}
        declared = {key: value for key, value in config.items() if key in told["config"]}
        ids = {"member": "0482917350", f"{told['connector']['id']}.personne": "P-1"}
        desk = TrialDesk(CustomerKey(UUID(int=7), ids), IdentityEvidence("nom-0", "prenom-0", None), "lea", 5)
        settings = InstanceSettings("tool", file.stem, declared)
        trial = await try_connector(file, settings, desk, SystemEnv(), Secrets({"secret": SECRET}))
    assert trial.error is None
    assert {reading.name for reading in trial.readings} == READINGS[name]
    for reading in trial.readings:
        assert reading.error is None, (reading.name, reading.rows)
        assert reading.kept == (1 if reading.name in _ALONE else ROWS), reading.name


@pytest.mark.parametrize("name", ["mutuelle.yaml", "relation.yaml"])
async def test_the_directory_that_is_proposed_reads_everybody(name: str, tmp_path: Path) -> None:
    with serving(spec_of(name)) as server:
        async with AsyncExitStack() as stack:
            config = {"base_url": server.address}
            opened = await open_connector_file(proposed(name, tmp_path), config, {"secret": SECRET}, stack)
            parties = [party for batch in await opened.changes() for party in batch.items]
    assert len({party.native_id for party in parties}) == ROWS
    assert all(party.last_name for party in parties)
