"""`avise hub serve`: the hub that a house shares, in one process or several, all alike."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from avise.commands.hub_database import HubDatabase, chosen_database, opened, require_ready
from avise.commands.hub_parser import NAMESPACE_VARIABLE
from avise.commands.wrong_argument import WrongArgumentError
from avise.env import SystemEnv
from avise.hub.api_app import HubApplication
from avise.hub.api_contacts import Wording
from avise.hub.api_parts import Parts, gathered
from avise.hub.api_serving import Certificate, HubServer, context_of, require_protected_host
from avise.hub.core import HubCore
from avise.hub.port import HubError
from avise.models.requests import RequestStatus
from avise.oidc.line import require_protected
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import ProviderSettings
from avise.services.request_type_files import shipped_request_types
from avise.services.request_wording import say, type_label
from avise.services.requests.created_check import created_check
from avise.texts import text
from avise.transport.outward import Outward

MOST_PORT = 65_535
MOST_WORKERS = 64
_STILL_S = 15.0
"""A process that was told to stop and did not is killed."""
_RESTART_S = 1.0
"""Between two looks at the processes."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What each process is told."""

    database: HubDatabase
    certificate: Certificate | None
    provider: ProviderSettings | None
    passwords: bool
    namespace: str


def serve(chosen: argparse.Namespace) -> int:
    """Serve until told to stop; return the exit status.

    Raises:
        AviseError: it cannot begin; the sentence says what to do.
    """
    serving = _serving(chosen)
    require_protected_host(chosen.host, serving.certificate)
    if serving.certificate is not None:
        context_of(serving.certificate)
    if not 0 <= chosen.port <= MOST_PORT:
        raise WrongArgumentError("hub_command.bad_port")
    if not 1 <= chosen.workers <= MOST_WORKERS:
        raise WrongArgumentError("hub_command.bad_workers", most=str(MOST_WORKERS))
    asyncio.run(_check(serving))
    with _listening(chosen.host, chosen.port) as listening:
        scheme = "http" if serving.certificate is None else "https"
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        sys.stdout.write(text("hub_command.serving", address=f"{scheme}://{shown}:{port}") + "\n")
        sys.stdout.flush()
        if chosen.workers == 1:
            _run(serving, listening)
            return 0
        return _run_several(serving, listening, chosen.workers)


def _serving(chosen: argparse.Namespace) -> Serving:
    if bool(chosen.tls_cert) != bool(chosen.tls_key):
        raise HubError("hub.certificate")
    namespace = chosen.namespace or os.environ.get(NAMESPACE_VARIABLE, "")
    try:
        uuid.UUID(namespace or str(uuid.UUID(int=0)))
    except ValueError:
        raise WrongArgumentError("hub_command.bad_namespace") from None
    return Serving(
        chosen_database(chosen),
        Certificate(chosen.tls_cert, chosen.tls_key) if chosen.tls_cert else None,
        _provider(chosen),
        not chosen.no_passwords,
        namespace,
    )


def _provider(chosen: argparse.Namespace) -> ProviderSettings | None:
    if not chosen.oidc_issuer:
        return None
    require_protected(chosen.oidc_issuer)
    if not chosen.oidc_application:
        raise WrongArgumentError("hub_command.no_application")
    return ProviderSettings(
        chosen.oidc_issuer, chosen.oidc_application, chosen.oidc_audience, chosen.oidc_login_field
    )


async def _check(serving: Serving) -> None:
    """Look at the database once before anybody calls: its faults are sentences here."""
    async with opened(serving.database, SystemEnv(), connections=1) as transactions:
        await require_ready(transactions)


def _listening(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(found[0], found[1], socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(found[4])
        # Whoever calls from now on waits for the first process instead of being refused.
        listening.listen(2048)
    except (OSError, OverflowError):
        raise HubError("hub_command.cannot_listen", port=str(port)) from None
    return listening


def _run(serving: Serving, listening: socket.socket) -> None:
    """Serve in this process."""
    HubServer(HubApplication(lambda: _opening(serving)), serving.certificate).run(sockets=[listening])


@asynccontextmanager
async def _opening(serving: Serving) -> AsyncIterator[Parts]:
    env = SystemEnv()
    provider = None
    if serving.provider is not None:
        outward = Outward()
        tls = outward.context()
        proxy = outward.proxy_to(serving.provider.issuer, tls)
        provider = IdentityProvider(serving.provider, env, tls, proxy=proxy)
    try:
        async with opened(serving.database, env) as transactions:
            check = created_check(shipped_request_types().book, env)
            yield await gathered(
                HubCore(env, check), transactions, env, provider, passwords=serving.passwords,
                namespace=serving.namespace, wording=_wording(),
            )  # fmt: skip
    finally:
        if provider is not None:
            await provider.aclose()


def _wording() -> Wording:
    def sentence(kind: str, status: str, queue: str, due: datetime | None, now: datetime) -> str:
        return say(kind, RequestStatus(status), queue, due, now)

    return Wording(shipped_request_types().book, type_label, sentence)


# ---- several processes -----------------------------------------------------------------------------


def _run_several(serving: Serving, listening: socket.socket, count: int) -> int:
    """Serve in several processes on one address, and start again whichever dies."""
    context = multiprocessing.get_context("spawn")
    stopping = False

    def stop(number: int, frame: object) -> None:
        del number, frame
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)

    def started() -> BaseProcess:
        process = context.Process(target=_work, args=(serving, listening), name="avise-hub")
        process.start()
        return process

    running = [started() for _ in range(count)]
    while not stopping:
        wait([process.sentinel for process in running], _RESTART_S)
        for place, process in enumerate(running):
            if not process.is_alive() and not stopping:
                running[place] = started()
    _end(running)
    return 0


def _work(serving: Serving, listening: socket.socket) -> None:
    """Serve in a process that ends with the one which began it, however that one ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_outlive_nobody, args=(parent.sentinel,), daemon=True).start()
    _run(serving, listening)


def _outlive_nobody(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


def _end(running: list[BaseProcess]) -> None:
    for process in running:
        process.terminate()
    for process in running:
        process.join(_STILL_S)
        if process.is_alive():
            process.kill()
            process.join()
