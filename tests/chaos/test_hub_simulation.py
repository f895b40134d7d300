"""Histories from a seed: nothing lost, nothing twice, one holder, same feeds; and every defect is found."""

from __future__ import annotations

import os

import pytest

from tests.chaos.hub_mutants import HUBS, RESTORES, STATIONS, caught, same_epoch
from tests.chaos.hub_simulation import Faults, simulate

FIRST = int(os.environ.get("AVISE_HUB_SEED", "0"))
"""Another beginning plays other histories: `AVISE_HUB_SEED=4711 AVISE_HUB_HISTORIES=10000`."""
HISTORIES = int(os.environ.get("AVISE_HUB_HISTORIES", "30"))


def test_whatever_goes_wrong_everything_holds_in_the_end() -> None:
    labels: dict[str, int] = {}
    restores = 0
    for seed in range(FIRST, FIRST + HISTORIES):
        world = simulate(seed, faults=RESTORES if seed % 3 == 0 else Faults())
        restores += world.restores
        for label, times in world.labels.items():
            labels[label] = labels.get(label, 0) + times
    assert restores > 0
    assert set(labels) == {
        "before the answer", "after the answer", "acknowledgements are kept", "before the page is kept",
    }  # fmt: skip


def test_one_seed_plays_one_history() -> None:
    first, again = simulate(11), simulate(11)
    assert [at.promised for at in first.stations] == [at.promised for at in again.stations]
    assert first.labels == again.labels


@pytest.mark.parametrize("name", STATIONS)
def test_a_defect_of_a_station_is_found(name: str) -> None:
    assert caught(STATIONS[name], RESTORES)


@pytest.mark.parametrize("name", HUBS)
def test_a_defect_of_the_hub_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    HUBS[name](monkeypatch)
    assert caught()


def test_a_restore_without_a_new_epoch_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    same_epoch(monkeypatch)
    assert caught(faults=RESTORES, seeds=30)
