"""Signing in at a hub that is a file of this machine: a password, where the hub keeps one for the user.

The system's account opens the file; the password tells who of those who share it sits here. It is asked
once a working day, and again when it was changed.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from avise.env import Env
from avise.hub import staff
from avise.hub.local import LocalHub
from avise.hub.password_tries import begin_try, end_try, kept_password
from avise.hub.passwords import hash_password, verify_password
from avise.hub.port import HubError

SECRETS, PROOF = "hub", "embedded_proof"

REMEMBERED_FOR = timedelta(hours=12)
"""A password is typed once a working day."""


class Secrets(Protocol):
    """Where the proof of a sign-in is sealed."""

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret."""

    async def put(self, instance: str, name: str, secret: str) -> None:
        """Seal a secret."""

    async def forget(self, instance: str, name: str) -> None:
        """Forget a secret."""


class EmbeddedSignIn:
    """Signs one user in at the hub of this machine.

    Args:
        login: of the user.
        secrets: where the proof is sealed.
        env: the clock.
    """

    def __init__(self, login: str, secrets: Secrets, env: Env) -> None:
        self._login, self._secrets, self._env = login, secrets, env

    async def admitted(self, hub: LocalHub, password: str | None = None) -> None:
        """Let the user in whom the hub knows, with the role that it gives them.

        Args:
            hub: open.
            password: of a demonstration's user, whom nobody asks.

        Raises:
            HubError: `hub.sign_in_needed`, or what `sign_in` raises.
        """
        member = await hub.setting_up(lambda connection: staff.member(connection, self._login))
        if member is None:
            return
        if member.password_hash and not await self._remembers(member.password_hash):
            if not password:
                raise HubError("hub.sign_in_needed")
            await self.sign_in(hub, password)
        hub.actor = replace(hub.actor, role=member.role)

    async def sign_in(self, hub: LocalHub, password: str) -> None:
        """Check a password, and remember for a working day that it was the right one.

        Raises:
            HubError: `hub.wrong_password`, or `hub.locked_out` after too many.
        """
        now, login = self._env.now(), self._login
        member = await hub.setting_up(lambda connection: begin_try(connection, login, now))
        kept = kept_password(member)
        verdict = await asyncio.to_thread(verify_password, kept, password)
        if kept is None or not verdict.accepted:
            raise HubError("hub.wrong_password")
        renewed = await asyncio.to_thread(hash_password, password, self._env) if verdict.needs_rehash else ""
        await hub.setting_up(lambda connection: end_try(connection, login, renewed))
        until = self._env.now() + REMEMBERED_FOR
        proof = f"{_digest(renewed or kept)} {until.isoformat()}"
        await self._secrets.put(SECRETS, PROOF, proof)

    async def forget(self) -> None:
        """Ask for the password next time."""
        await self._secrets.forget(SECRETS, PROOF)

    async def _remembers(self, kept: str) -> bool:
        proof = await self._secrets.get(SECRETS, PROOF) or ""
        digest, _, until = proof.partition(" ")
        try:
            return digest == _digest(kept) and self._env.now() < datetime.fromisoformat(until)
        except ValueError:
            return False


def _digest(kept: str) -> str:
    """Return what tells one kept password from the next, and nothing of it."""
    return hashlib.sha256(kept.encode()).hexdigest()
