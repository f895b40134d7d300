"""From the `[sftp]` of a file to the folder of one instance's server."""

from __future__ import annotations

from avise.connectors.contract import ConnectorEnv
from avise.connectors.declarative.csv_place import Naming
from avise.connectors.declarative.instance import Declared, filled
from avise.connectors.declarative.sftp_section import SftpSection
from avise.connectors.sftp.connection import SftpConnection, SftpEndpoint
from avise.connectors.sftp.drop import SftpDrop


def open_drop(
    section: SftpSection, declared: Declared, env: ConnectorEnv, folder: str, naming: Naming
) -> SftpDrop:
    """Return where files arrive on a server; nothing is contacted yet.

    Args:
        section: of a checked file.
        declared: the file's `[config]`.
        env: of the instance.
        folder: on the server.
        naming: which files are read.

    Raises:
        ConnectorError: CONFIG for a value or a secret that lacks, or a key that cannot be read.
    """

    def text(template: str | None) -> str:
        return filled(template, declared, env.config) if template else ""

    names = {
        "password": section.password_secret,
        "key": section.key_secret,
        "passphrase": section.passphrase_secret,
    }
    endpoint = SftpEndpoint(
        host=text(section.host),
        port=section.port,
        user=text(section.user),
        folder=folder,
        host_key=text(section.host_key),
        known_hosts=text(section.known_hosts),
        secrets={use: env.secret(name) for use, name in names.items() if name is not None},
    )
    connection = SftpConnection(endpoint)
    return SftpDrop(connection, naming, settled=section.settled, largest=section.largest)
