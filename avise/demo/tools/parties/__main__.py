"""Start the parties tool."""

from __future__ import annotations

import asyncio
import logging
import secrets

from avise.demo.tools.parties.app import PartiesService
from avise.demo.tools.parties.loader import FILE_NAME
from avise.demo.tools.parties.tokens import TokenDesk
from avise.demo.tools.prepared_files import ChangeableAnswers
from avise.demo.tools.serving import Access, Arguments, asgi_server, read_arguments, run_behind_front

_CLIENT_ID = "avise"


async def _serve(arguments: Arguments) -> None:
    secret = secrets.token_urlsafe(24)
    tokens = TokenDesk(_CLIENT_ID, secret)
    answers = ChangeableAnswers(arguments.data / FILE_NAME)
    async with asgi_server(PartiesService(answers, tokens).application()) as port:
        await run_behind_front(
            arguments,
            port,
            lambda front: Access(
                {"base_url": f"http://127.0.0.1:{front}", "client_id": _CLIENT_ID}, {"client_secret": secret}
            ),
            on_expire=tokens.expire_all,
        )
    answers.close()


def main() -> None:
    """Run until the parent ends."""
    arguments = read_arguments("parties")
    access = logging.getLogger("parties.access")
    access.setLevel(logging.INFO)
    access.addHandler(logging.FileHandler(arguments.run / "parties-access.log", encoding="utf-8"))
    asyncio.run(_serve(arguments))


if __name__ == "__main__":
    main()
