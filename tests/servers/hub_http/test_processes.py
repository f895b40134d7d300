"""`avise hub` as an administrator runs it: commands, TLS, several processes that behave as one."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection

from avise.cli import main
from avise.env import SystemEnv
from avise.hub import staff
from avise.hub.api_serving import Certificate, context_of
from avise.hub.core import HubCore
from avise.hub.passwords import hash_password
from avise.hub.port import Actor, HubUnreachableError, Presence
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.hub.remote_sign_in import PasswordTokens
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from tests.hub_house import AGENT, MANAGER, SOINS, TEAM, Desk, hire, postgres_house
from tests.postgres_server import PostgresServer
from tests.servers.hub_http.processes import Served, certificate, serving, trusting
from tests.servers.hub_http.serving import TLS, HouseEnv

TYPE = "OTHER"
FIELDS: dict[str, JSON] = {
    "subject": "Décompte",
    "topic": "benefits",
    "question": "Merci de revoir ce décompte.",
}
"""A hub that is served looks at types and forms."""
SENTENCE = "une phrase que personne ne dit"
QUEUE = f"queue/{SOINS}"


@dataclass
class Town:
    """Three processes of one hub on a PostgreSQL."""

    served: list[Served]
    opened: AsyncExitStack

    async def desk(self, actor: Actor, process: int) -> Desk:
        """Sign somebody in at one of the processes."""
        hub = await signed_in(self.served[process].address, TLS, actor)
        self.opened.push_async_callback(hub.aclose)
        return Desk(hub, actor, SystemEnv())


async def signed_in(address: str, tls: ssl.SSLContext, actor: Actor) -> RemoteHub:
    line, env = HubLine(address, tls), SystemEnv()
    tokens = PasswordTokens(line, actor.device, env)
    try:
        await tokens.sign_in(actor.login, SENTENCE)
        hub = RemoteHub(line, tokens, env)
        await hub.enrol()
    except BaseException:
        await line.aclose()
        raise
    return hub


@pytest.fixture
async def town(server: PostgresServer, tmp_path: Path) -> AsyncIterator[Town]:
    """Serve one hub from three processes that know nothing of each other."""
    env = HouseEnv(SystemEnv().now())
    owned = postgres_house(server, HubCore(env), env)
    kept = await asyncio.to_thread(hash_password, SENTENCE, SystemEnv())
    await owned.set_up(hire)

    def keep(connection: Connection) -> None:
        for actor in (AGENT, MANAGER):
            staff.keep_password(connection, actor.login, kept)

    await owned.set_up(keep)
    async with AsyncExitStack() as stack:
        # One after the other: starting all at once takes as long.
        served = [await stack.enter_async_context(serving(tmp_path, database=owned.url)) for _ in range(3)]
        async with AsyncExitStack() as opened:
            yield Town(served, opened)
    await owned.aclose()


async def test_three_processes_on_one_postgresql_behave_as_one(town: Town) -> None:
    lea, marc = await town.desk(AGENT, 0), await town.desk(MANAGER, 1)
    request, ack = await lea.create(type=TYPE, fields=FIELDS)
    assert ack.number
    assert [event.stream for event in (await marc.hub.pull({QUEUE: 0})).events] == [request_stream(request)]
    # The same workstation goes on at another process, with its numbers.
    elsewhere = await town.desk(AGENT, 2)
    assert (await elsewhere.hub.head()).last_seq == 1
    await marc.hub.head([Presence(MANAGER.login, request, True, SystemEnv().now())])
    assert [seen.login for seen in (await elsewhere.hub.head()).presences] == [MANAGER.login]


async def test_a_process_tells_its_streams_what_another_one_received(town: Town) -> None:
    lea, marc = await town.desk(AGENT, 0), await town.desk(MANAGER, 1)
    seen = (await marc.hub.head()).positions
    waiting = asyncio.create_task(marc.hub.wait_for_change(seen, 30))
    await asyncio.sleep(1)
    await lea.create(type=TYPE, fields=FIELDS)
    assert await waiting


async def test_a_process_that_is_told_to_stop_ends_what_it_answers_and_its_streams(town: Town) -> None:
    lea, marc = await town.desk(AGENT, 0), await town.desk(MANAGER, 0)
    await marc.hub.wait_for_change({QUEUE: 10}, 1)
    pushes = [asyncio.create_task(lea.create(type=TYPE, fields=FIELDS)) for _ in range(1)]
    await asyncio.sleep(0.01)
    assert await town.served[0].stop() == 0
    for done in await asyncio.gather(*pushes, return_exceptions=True):
        assert isinstance(done, (tuple, HubUnreachableError))
    again = await town.desk(MANAGER, 1)
    assert (await again.hub.head()).positions[QUEUE] in (0, 1)


async def test_what_was_sent_to_a_process_that_was_killed_is_sent_again_to_another(town: Town) -> None:
    lea = await town.desk(AGENT, 0)
    request, _ = await lea.create(type=TYPE, fields=FIELDS)
    events = [
        lea.written(request_stream(request), EventKind.REQUEST_REPLIED, {"words": str(number)})
        for number in range(100)
    ]
    sending = asyncio.create_task(lea.hub.push(events))
    await asyncio.sleep(0.02)
    await town.served[0].kill()
    await asyncio.gather(sending, return_exceptions=True)
    elsewhere = await town.desk(AGENT, 1)
    acks = await elsewhere.hub.push(events)
    assert [ack.device_seq for ack in acks] == list(range(2, 102))
    assert [ack.ver for ack in acks] == list(range(2, 102))
    assert (await elsewhere.hub.head()).positions[TEAM] == 101


# ---- a hub in a file -------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a hub in a file, with Léa."""
    monkeypatch.setenv("AVISE_HUB_DATABASE", str(tmp_path / "hub.db"))
    key = ("--key-file", str(tmp_path / "key"))
    assert main(["hub", "init", *key]) == 0
    assert main(["hub", "staff", "add", AGENT.login, "--name", "Léa Girard", *key]) == 0
    with (tmp_path / "typed").open("w+", encoding="utf-8") as typed:
        typed.write(SENTENCE + "\n")
        typed.seek(0)
        monkeypatch.setattr("sys.stdin", typed)
        assert main(["hub", "staff", "password", AGENT.login, *key]) == 0
    assert main(["hub", "perimeter", "grant", AGENT.login, TEAM, *key]) == 0
    return tmp_path


async def test_a_hub_made_by_commands_serves_by_tls_to_whoever_trusts_it(made: Path) -> None:
    chain, key = certificate(made)
    options = ("--tls-cert", str(chain), "--tls-key", str(key), "--workers", "2")
    async with serving(made, *options, "--key-file", str(made / "key"), database=str(made / "hub.db")) as at:
        hub = await signed_in(at.address, trusting(chain), AGENT)
        assert at.address.startswith("https://")
        assert [perimeter.id for perimeter in (await hub.head()).perimeters] == ["house", TEAM]
        await hub.aclose()
        stranger = HubLine(at.address, TLS)
        with pytest.raises(HubUnreachableError):
            await stranger.ways()
        await stranger.aclose()
        assert await at.stop() == 0
        assert AGENT.login not in at.said.read_text("utf-8")


async def test_processes_end_with_the_one_that_began_them_even_when_it_is_killed(made: Path) -> None:
    options = ("--workers", "2", "--key-file", str(made / "key"))
    async with serving(made, *options, database=str(made / "hub.db")) as at:
        line = HubLine(at.address, TLS)
        while True:
            with contextlib.suppress(HubUnreachableError):
                assert (await line.ways()).passwords
                break
        await at.kill()
        async with asyncio.timeout(30):
            with contextlib.suppress(HubUnreachableError):
                while True:
                    await line.ways()
                    await asyncio.sleep(0.1)
        await line.aclose()


def test_a_server_speaks_no_tls_before_1_2(tmp_path: Path) -> None:
    context = context_of(Certificate(*certificate(tmp_path)))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert {cipher["protocol"] for cipher in context.get_ciphers()} == {"TLSv1.2", "TLSv1.3"}
    assert all("ECDHE" in cipher["name"] or "TLS_" in cipher["name"] for cipher in context.get_ciphers())


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("serve", "--host", "0.0.0.0"), 1),  # noqa: S104 - refused
        (("serve", "--tls-cert", "absent.pem"), 1), (("serve", "--workers", "0"), 2),
        (("serve", "--tls-cert", "absent.pem", "--tls-key", "absent.pem"), 1),
        (("serve", "--oidc-issuer", "http://idp.example"), 1), (("serve", "--namespace", "x"), 2),
        (("staff", "add", "a b"), 2), (("staff", "lock", "personne"), 1), (("staff", "revoke", "x"), 1),
        (("perimeter", "grant", "lea.girard", "queue/NULLE"), 2), (("token", "add", "mobile"), 2),
        (("perimeter", "grant", "lea.girard", "team/A", "--until", "demain"), 2),
        (("token", "revoke", "x"), 1), (("token", "add", "mobile", "--scope", "v360:write"), 1),
        (("token", "add", "A B", "--scope", "v360:read"), 1),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence_and_a_status(
    made: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], status: int
) -> None:
    capsys.readouterr()
    assert main(["hub", *arguments, "--key-file", str(made / "key")]) == status
    told = capsys.readouterr()
    assert told.err.startswith("Avise")
    assert "Traceback" not in told.err


def test_commands_tell_what_there_is(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = ("--key-file", str(made / "key"))
    capsys.readouterr()
    assert main(["hub", "staff", "list", *key]) == 0
    assert capsys.readouterr().out == f"lea.girard\tagent\tLéa Girard\t{TEAM}\n"
    assert main(["hub", "token", "add", "mobile", "--scope", "v360:read", *key]) == 0
    assert len(capsys.readouterr().out.strip()) == 64
    assert main(["hub", "token", "list", *key]) == 0
    assert capsys.readouterr().out == "mobile\tv360:read\n"
    assert main(["hub", "doctor", *key]) == 0
    assert main(["hub", "audit", *key]) == 0


def test_a_database_without_a_hub_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AVISE_HUB_DATABASE", raising=False)
    assert main(["hub", "doctor"]) == 2
    assert main(["hub", "doctor", "--database", "mysql://x"]) == 2
    assert main(["hub", "doctor", "--database", str(tmp_path / "absent.db")]) == 1
    assert "init" in capsys.readouterr().err


def test_a_backup_makes_the_hub_again_in_a_new_epoch(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = ("--key-file", str(made / "key"))
    kept, lost = made / "sauvegarde", made / "lost.db"
    assert main(["hub", "backup", str(kept), *key]) == 0
    assert main(["hub", "restore", str(kept), *key]) == 1
    (made / "hub.db").rename(lost)
    capsys.readouterr()
    assert main(["hub", "restore", str(kept), *key]) == 0
    assert "2" in capsys.readouterr().out
    assert main(["hub", "staff", "list", *key]) == 0
    assert AGENT.login in capsys.readouterr().out
    assert main(["hub", "audit", *key]) == 0


@pytest.mark.parametrize("content", [b"", b"x" * 8192])
def test_what_is_no_backup_makes_no_hub(made: Path, content: bytes) -> None:
    (made / "hub.db").rename(made / "lost.db")
    (made / "sauvegarde").write_bytes(content)
    for file in ("sauvegarde", "absente"):
        assert main(["hub", "restore", str(made / file), "--key-file", str(made / "key")]) == 1
    assert not (made / "hub.db").exists()
