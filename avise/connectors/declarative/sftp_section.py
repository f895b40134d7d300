"""The `[sftp]` of a connector file of kind `files`: the server on which its folder is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.values import Duration, Name, Section, Text

_HOST_KEY = re.compile(r"(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/]+={0,3}( .*)?")
_MEGABYTE = 1_000_000


class SftpSection(Section):
    """An account of a server, which is recognised by its key: never trusted because it answers."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65_535)] = 22
    user: Text
    password_secret: Name | None = None
    key_secret: Name | None = None
    """The account's private key, as OpenSSH or PEM writes it; instead of a password."""
    passphrase_secret: Name | None = None
    """Of that key, when it is encrypted."""
    host_key: Text | None = None
    """The server's public key: `ssh-ed25519 AAAA…`, as `ssh-keyscan` gives it after the name."""
    known_hosts: Text | None = None
    """A file of such keys, in OpenSSH's format; instead of `host_key`."""
    settled: Duration = timedelta(seconds=60)
    """Without `[csv] end`, a file is whole once it has not changed for that long."""
    largest_mb: Annotated[int, Field(ge=1, le=20_000)] = 512
    """Megabytes; a larger file is refused."""

    @property
    def largest(self) -> int:
        """The same in bytes."""
        return self.largest_mb * _MEGABYTE

    @model_validator(mode="after")
    def _coherent(self) -> SftpSection:
        if bool(self.host_key) == bool(self.known_hosts):
            raise PydanticCustomError("sftp_host_key", "host_key or known_hosts")
        written = self.host_key or ""
        if written and not written.startswith("{config.") and not _HOST_KEY.fullmatch(written):
            raise PydanticCustomError("sftp_host_key_form", "not a public key")
        if (self.password_secret is None) == (self.key_secret is None):
            raise PydanticCustomError("sftp_secret", "password or key")
        if self.passphrase_secret is not None and self.key_secret is None:
            raise PydanticCustomError("sftp_passphrase", "passphrase without key")
        return self
