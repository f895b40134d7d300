"""Gold for a server of SFTP: another machine in its place, which shows another key, is told nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from avise.connectors.kit.bench import open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.lines import greeted, outcome_of
from avise.connectors.kit.local_source import Nature, source_of
from avise.connectors.kit.relay import addresses_of, led_through
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, require_kind
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

SSH = b"SSH-"
"""How such a server greets (RFC 4253, section 4.2)."""


@dataclass(slots=True)
class Impostor:
    """A server of SFTP with a key of its own (`relay.LedTo`)."""

    host: str
    port: int = 0
    listens_at: int = 0
    asked: bool = False
    """Somebody went on after the key, and said who they are."""


@asynccontextmanager
async def _serving(impostor: Impostor) -> AsyncIterator[None]:
    import asyncssh  # noqa: PLC0415 - half a second, for connectors of SFTP alone

    class Account(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            del username
            impostor.asked = True
            return True

    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], server_factory=Account)
    impostor.listens_at = server.get_port()
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


async def another_host_key_is_refused(trial: Trial) -> None:
    """A server that shows another key than before is not signed in to, and that is told."""
    source = source_of(trial)
    if source is None or source.nature is not Nature.LINE:
        raise NotApplicable("no_line")
    await greeted(trial, SSH)
    impostor = Impostor(source.value)
    async with _serving(impostor):
        with led_through(impostor, addresses_of(source.value)):
            async with open_bench(trial) as bench:
                bench.hurry()
                kind = await outcome_of(trial, bench)
    if impostor.asked:
        raise FailedCheck("impostor_believed")
    require_kind("host_key", kind, {ErrorKind.CONFIG})


CHECKS = (Check("another_host_key_is_refused", ConformanceLevel.GOLD, another_host_key_is_refused),)
