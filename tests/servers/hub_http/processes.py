"""`avise hub serve` in processes of its own, as an administrator starts it."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import secrets
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

START_SECONDS = 90
"""On a machine that does many other things."""


@dataclass
class Served:
    """One server, in processes of its own."""

    address: str
    process: asyncio.subprocess.Process
    said: Path

    async def stop(self) -> int:
        """Tell it to stop; return its exit status."""
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 90)

    async def kill(self) -> None:
        """End it as when a machine is switched off."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def serving(folder: Path, *arguments: str, database: str) -> AsyncIterator[Served]:
    """Serve for the time of the block."""
    said = folder / f"serve-{secrets.token_hex(4)}.log"
    with said.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "avise", "--language", "en", "hub", "serve", "--port", "0", *arguments,
            env=os.environ | {"AVISE_HUB_DATABASE": database}, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield Served(await _address(process, said), process, said)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process, said: Path) -> str:
    async with asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            found = re.search(r"ready: (\S+)", told(said))
            if found:
                return found[1]
            await asyncio.sleep(0.05)
    raise AssertionError(told(said))


def told(said: Path) -> str:
    """Return what a server printed so far."""
    return said.read_text("utf-8")


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate of this machine and its key; return both files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "hub.pem", folder / "hub.key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret


def trusting(chain: Path) -> ssl.SSLContext:
    """Return a context that believes this certificate, as one does the house's own authority."""
    context = ssl.create_default_context()
    context.load_verify_locations(chain)
    return context
