"""What passes the gate while there is no network, and what the gate hears."""

from __future__ import annotations

from datetime import timedelta

import pytest

from avise.connectors.contract import ConnectorError
from avise.connectors.network_gate import PROBE_SECONDS, NetworkGate, Shut
from avise.env import FixedEnv
from avise.models.errors import ErrorKind, Failure, Origin


def passes(gate: NetworkGate, *, addressed: bool = True, remote: bool = True) -> bool:
    try:
        gate.refuse(addressed=addressed, remote=remote)
    except ConnectorError as error:
        return (error.kind, error.origin) != (ErrorKind.OFFLINE, Origin.HOST)
    return True


def test_an_open_gate_lets_everything_through() -> None:
    assert passes(NetworkGate(FixedEnv()))


def test_working_offline_refuses_every_address_and_still_reads_files() -> None:
    gate = NetworkGate(FixedEnv())
    gate.shut = Shut.ALL
    assert not passes(gate)
    assert not passes(gate, remote=False)
    assert passes(gate, addressed=False, remote=False)


def test_a_network_that_seems_gone_is_tried_by_one_call_now_and_then() -> None:
    env = FixedEnv()
    gate = NetworkGate(env)
    gate.shut = Shut.NETWORK
    assert [passes(gate) for _ in range(5)] == [True, False, False, False, False]
    assert passes(gate, remote=False)
    env.advance(timedelta(seconds=PROBE_SECONDS))
    assert [passes(gate) for _ in range(3)] == [True, False, False]
    gate.let_one_through()
    assert [passes(gate) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("failure", "heard"),
    [
        (None, [("a", True)]),
        (Failure(ErrorKind.TIMEOUT), [("a", False)]),
        (Failure(ErrorKind.UNAVAILABLE), [("a", False)]),
        (Failure(ErrorKind.FORBIDDEN), [("a", True)]),
        (Failure(ErrorKind.UNAVAILABLE, Origin.HOST), []),
        (Failure(ErrorKind.OFFLINE, Origin.HOST), []),
        (Failure(ErrorKind.CONFIG), []),
    ],
)
def test_only_what_a_tool_did_is_news_of_the_network(
    failure: Failure | None, heard: list[tuple[str, bool]]
) -> None:
    gate = NetworkGate(FixedEnv())
    told: list[tuple[str, bool]] = []
    gate.on_news = lambda instance, answered: told.append((instance, answered))
    gate.heard("a", failure)
    assert told == heard
