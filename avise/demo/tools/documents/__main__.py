"""Start the documents tool."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Iterator

from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

from avise.demo.tools.documents.index import DocumentIndex
from avise.demo.tools.documents.loader import FILE_NAME
from avise.demo.tools.documents.store import DocumentProvider
from avise.demo.tools.serving import Access, Arguments, read_arguments, run_behind_front

USER = "avise"
_THREADS = 8


class Accounts:
    """The one account, whose password can be changed while the store runs.

    Args:
        password: of the account.
    """

    def __init__(self, password: str) -> None:
        self._password = password
        self.mapping = {"*": {USER: {"password": password}}}
        """Read by wsgidav at each request."""

    async def refuse(self) -> None:
        """Change the password, as after a theft."""
        self.mapping["*"][USER]["password"] = secrets.token_hex(16)

    async def accept(self) -> None:
        """Take the first password back."""
        self.mapping["*"][USER]["password"] = self._password


@contextlib.contextmanager
def store_server(index: DocumentIndex, accounts: Accounts) -> Iterator[int]:
    """Serve the store on a free port of loopback, and give that port."""
    application = WsgiDAVApp(
        {
            "provider_mapping": {"/": DocumentProvider(index)},
            "simple_dc": {"user_mapping": accounts.mapping},
            "http_authenticator": {"accept_digest": False, "default_to_digest": False},
            "dir_browser": {"enable": False},
            "lock_storage": False,
            "property_manager": False,
            "suppress_version_info": True,
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    server = wsgi.Server(
        ("127.0.0.1", 0), application, numthreads=_THREADS, server_name="GED/7.2", shutdown_timeout=1
    )
    server.prepare()
    thread = threading.Thread(target=server.serve, name="store", daemon=True)
    thread.start()
    try:
        yield server.bind_addr[1]
    finally:
        server.stop()
        thread.join(2)


async def _serve(arguments: Arguments) -> None:
    password = secrets.token_hex(16)
    index, accounts = DocumentIndex(arguments.data / FILE_NAME), Accounts(password)
    with store_server(index, accounts) as port:
        await run_behind_front(
            arguments,
            port,
            lambda front: Access({"base_url": f"http://127.0.0.1:{front}"}, {"password": password}),
            on_expire=accounts.refuse,
            on_restore=accounts.accept,
        )
    index.close()


if __name__ == "__main__":
    asyncio.run(_serve(read_arguments("documents")))
