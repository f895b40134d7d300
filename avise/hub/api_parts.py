"""What one process of the hub's server is made of, and where its endpoints find it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from avise.env import Env
from avise.hub.acting import Transactions
from avise.hub.api_callers import Callers
from avise.hub.api_contacts import Wording
from avise.hub.api_grants import signing
from avise.hub.api_pokes import PokeBoard
from avise.hub.core import HubCore
from avise.oidc.provider import IdentityProvider


@dataclass(frozen=True, slots=True)
class Parts:
    """One process of the server: nothing in it outlives a restart, and another process may answer next."""

    core: HubCore
    transactions: Transactions
    env: Env
    callers: Callers
    pokes: PokeBoard
    provider: IdentityProvider | None = None
    passwords: bool = True
    """Whether staff may sign in with a password of the hub's own."""
    namespace: str = ""
    """The site's, for customers that are named by `scheme:value`; "" lets them be named by identity only."""
    wording: Wording | None = None
    """What the types of requests say; None lets nobody post a request."""
    calls_a_minute: int = 600
    """Of one application, to this process."""
    state: dict[str, object] = field(default_factory=dict)
    """What endpoints keep between calls: counts only."""


async def gathered(
    core: HubCore, transactions: Transactions, env: Env, provider: IdentityProvider | None = None, *,
    passwords: bool = True, namespace: str = "", wording: Wording | None = None, calls_a_minute: int = 600,
) -> Parts:  # fmt: skip
    """Return the parts of a process, once its database told who signs.

    Raises:
        HubError: the database cannot be reached, or holds no hub (`hub.not_made`).
    """
    found = await transactions.write(lambda connection: signing(connection, env.now()))
    board = PokeBoard(core, transactions, env)
    return Parts(
        core, transactions, env, Callers(found, provider, env), board, provider, passwords, namespace,
        wording, calls_a_minute,
    )  # fmt: skip


def parts_of(request: Request) -> Parts:
    """Return the parts of the process that answers."""
    return cast("Parts", request.app.state.parts)
