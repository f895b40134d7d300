"""Finding connectors: admitted, or refused with a reason, never in another's way."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import (
    ActionSpec,
    Batch,
    CallContext,
    Completeness,
    ConnectorEnv,
    FacetOffer,
    FacetQuery,
    Health,
    HealthReport,
    Idempotency,
    Manifest,
    Record,
)
from avise.connectors.instance import Loaded
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Refusal, Registry, admission, contract_matches

MANIFEST = Manifest("t", "T", "1", ">=1.0,<2", "SI", "python", facets=(FacetOffer("benefits"),))


@dataclass
class Bare:
    """Lives, and reads nothing."""

    manifest: Manifest = MANIFEST

    async def open(self, env: ConnectorEnv) -> None:
        assert env.instance_id

    async def check(self, ctx: CallContext) -> HealthReport:
        assert ctx.remaining() >= 0
        return HealthReport(Health.OK)

    async def aclose(self) -> None:
        """Hold nothing."""


class Reading(Bare):
    """Reads an empty facet."""

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        assert query.facet
        assert ctx.remaining() >= 0
        yield Batch((), Completeness.COMPLETE)


PLUGIN = """
from tests.unit.connectors.test_registry import Reading as Good
class Raising:
    def __init__(self):
        raise RuntimeError("NIR 268031234567890")
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a wheel's files: two connectors, of which one raises."""
    (tmp_path / "avise_test_plugin.py").write_text(PLUGIN)
    info = tmp_path / "avise_test_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: avise-test-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[avise.connectors.v1]\ngood = avise_test_plugin:Good\nraising = avise_test_plugin:Raising\n"
        "missing = avise_no_such_module:Nothing\n"
        "[avise.connectors.v2]\nfuture = avise_test_plugin:Good\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "avise_test_plugin", raising=False)
    return tmp_path


def find(connector: str, folder: Path | None = None) -> Loaded | Refusal:
    return Registry(folder).find(InstanceSettings("i", connector))


@pytest.mark.usefixtures("plugins")
def test_an_entry_point_is_found_by_its_name() -> None:
    loaded = find("good")
    assert not isinstance(loaded, Refusal)
    assert loaded.manifest is MANIFEST
    assert loaded.http_endpoint({}) is None


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize("name", ["raising", "missing"])
def test_a_connector_that_cannot_be_imported_is_refused_by_place_not_by_text(name: str) -> None:
    refusal = find(name)
    assert isinstance(refusal, Refusal)
    assert refusal.because == "source.refused.import"
    assert "268031234567890" not in refusal.detail


@pytest.mark.usefixtures("plugins")
def test_a_connector_of_another_major_is_not_even_seen() -> None:
    assert find("future") == Refusal("source.refused.not_found", "future")


def test_broken_toml_is_refused_and_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("avise = \n[connector")
    refusal = find("broken", tmp_path)
    assert isinstance(refusal, Refusal)
    assert refusal.because == "source.refused.file"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b"])
def test_a_name_is_not_a_path(tmp_path: Path, name: str) -> None:
    assert find(name, tmp_path) == Refusal("source.refused.not_found", name)


def test_what_is_declared_must_be_done() -> None:
    assert admission(MANIFEST, Reading()) is None
    assert admission(MANIFEST, Bare()) == Refusal("source.refused.capability", "facets")
    acting = replace(MANIFEST, actions=(ActionSpec("act", "Agir", Idempotency.NONE),))
    assert admission(acting, Reading()) == Refusal("source.refused.capability", "actions")


def test_an_unknown_facet_and_another_contract_are_refused() -> None:
    stranger = Manifest("t", "T", "1", ">=1.0,<2", "SI", "python", facets=(FacetOffer("horoscope"),))
    future = Manifest("t", "T", "1", ">=2.0", "SI", "python")
    assert admission(stranger, Reading()) == Refusal("source.refused.facet", "horoscope")
    assert admission(future, Reading()) == Refusal("source.refused.contract", ">=2.0")


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        (">=1.0,<2", True),
        (">=1", True),
        ("==1.0", True),
        (">=1.1", False),
        ("<1", False),
        (">1.0", False),
        ("", False),
        ("1.0", False),
        (">=1.0,", False),
        ("~=1.0", False),
    ],
)
def test_ranges_of_the_contract(wanted: str, matches: bool) -> None:
    assert contract_matches(wanted, (1, 0)) is matches


@given(st.text(max_size=12))
def test_only_a_range_made_of_bounds_can_match(text: str) -> None:
    if contract_matches(text):
        assert text.strip()[0] in "<>="
