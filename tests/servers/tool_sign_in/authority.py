"""An authority of a test: certificates for a server and for those who show one, and a server that checks."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
FAR = "outil.maison.invalid"
"""A server that only a proxy finds."""


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, in PEM."""

    certificate: bytes
    key: bytes

    def files(self, folder: Path, name: str) -> tuple[str, str]:
        """Write both; return where."""
        paths = folder / f"{name}.crt", folder / f"{name}.key"
        paths[0].write_bytes(self.certificate)
        paths[1].write_bytes(self.key)
        return str(paths[0]), str(paths[1])


@dataclass
class Authority:
    """Issues certificates."""

    name: str = "Autorité de la maison"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate."""
        named = _named(self.name)
        built = _begun(named, named, self.key, DAY)
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return built.sign(self.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """Its own certificate in PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(self, name: str, *, ends_in: timedelta = DAY, password: str = "") -> Issued:
        """Return a certificate for 127.0.0.1, and for whoever shows it."""
        key = ec.generate_private_key(ec.SECP256R1())
        built = _begun(_named(name), _named(self.name), key, ends_in)
        names = [x509.IPAddress(IPv4Address("127.0.0.1")), x509.DNSName(FAR)]
        address = x509.SubjectAlternativeName(names)
        signed = built.add_extension(address, critical=False).sign(self.key, hashes.SHA256())
        closing = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return Issued(
            signed.public_bytes(Encoding.PEM),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closing),
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, ends_in: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * DAY)
        .not_valid_after(now + ends_in)
    )


@dataclass
class Fronted:
    """A server that speaks TLS before another one."""

    address: str
    shown: list[str] = field(default_factory=list)
    """Common names of the certificates that were shown."""


@contextmanager
def fronted(
    folder: Path, authority: Authority, port: int, *, asks: Authority | None = None, ends_in: timedelta = DAY
) -> Iterator[Fronted]:
    """Speak TLS on a port of loopback, before the server of another port.

    With threads and plain sockets: asyncio closes a refused handshake before its alert has left.

    Args:
        folder: for files.
        authority: of the server's certificate.
        port: of the server behind.
        asks: who must have signed the certificate that has to be shown; None asks for none.
        ends_in: how long the server's certificate is still good.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("127.0.0.1", ends_in=ends_in).files(folder, "server"))
    if asks is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=asks.pem.decode())
    front = Fronted("")

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            spoken = context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
            try:
                spoken.do_handshake()
            except OSError:
                # The alert has left; what the other side said meanwhile is read, or a reset would eat it.
                with spoken, contextlib.suppress(OSError):
                    spoken.shutdown(socket.SHUT_WR)
                    while spoken.recv(65_536):
                        pass
                return
            with spoken, contextlib.suppress(OSError):
                if told := spoken.getpeercert(binary_form=True):
                    named = x509.load_der_x509_certificate(told).subject
                    front.shown.append(str(named.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value))
                _relay(spoken, port)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    front.address = f"https://127.0.0.1:{server.server_address[1]}"
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def _relay(spoken: ssl.SSLSocket, port: int) -> None:
    """Carry what each side says to the other, until one of them ends."""
    with socket.create_connection(("127.0.0.1", port)) as behind:
        while True:
            ready = [spoken] if spoken.pending() else select.select([spoken, behind], [], [])[0]
            for heard, told in ((spoken, behind), (behind, spoken)):
                if heard in ready:
                    piece = heard.recv(65_536)
                    if not piece:
                        return
                    told.sendall(piece)
