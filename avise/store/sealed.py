"""Tokens and secrets of tools, sealed once more inside the encrypted store.

Each is bound to its instance and name: a row copied under another name does not open.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement

from avise.env import Env
from avise.store.errors import CorruptedFileError
from avise.store.store import Store
from avise.store.tables import sealed
from avise.store.times import to_microseconds

NONCE_BYTES = 12
_PURPOSE = b"avise sealed secrets v1"


class SealedSecrets:
    """Keeps secrets by (instance, name); implements the connectors' secret port.

    Args:
        store: where they are kept.
        key: the store's key, from which the sealing key is derived.
        env: clock and chance.
    """

    def __init__(self, store: Store, key: bytes, env: Env) -> None:
        self._store = store
        self._env = env
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
        self._cipher = AESGCM(derived)

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret, None when nobody stored it.

        Raises:
            CorruptedFileError: the row is not the one that was sealed.
        """
        statement = select(sealed.c.nonce, sealed.c.body).where(_is(instance, name))
        row = await self._store.read(lambda connection: connection.execute(statement).first())
        if row is None:
            return None
        try:
            return self._cipher.decrypt(row.nonce, row.body, _bound_to(instance, name)).decode("utf-8")
        except InvalidTag:
            raise CorruptedFileError from None

    async def put(self, instance: str, name: str, secret: str) -> None:
        """Store a secret, in place of the one before."""
        nonce = bytes.fromhex(self._env.token())[:NONCE_BYTES]
        body = self._cipher.encrypt(nonce, secret.encode("utf-8"), _bound_to(instance, name))
        sealed_at = to_microseconds(self._env.now())

        def change(connection: Connection) -> None:
            connection.execute(delete(sealed).where(_is(instance, name)))
            row = {"instance": instance, "name": name, "nonce": nonce, "body": body, "sealed_at": sealed_at}
            connection.execute(insert(sealed).values(row))

        await self._store.write(change)

    async def forget(self, instance: str, name: str) -> None:
        """Delete a secret."""
        await self._store.write(
            lambda connection: connection.execute(delete(sealed).where(_is(instance, name))).rowcount
        )


def _is(instance: str, name: str) -> ColumnElement[bool]:
    return (sealed.c.instance == instance) & (sealed.c.name == name)


def _bound_to(instance: str, name: str) -> bytes:
    return f"{instance}\x00{name}".encode()
