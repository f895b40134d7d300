"""Start the appointments tool."""

from __future__ import annotations

import asyncio

from avise.demo.tools.appointments.radicale_server import USER, Radicale
from avise.demo.tools.serving import Access, Arguments, read_arguments, run_behind_front


async def _serve(arguments: Arguments) -> None:
    radicale = Radicale(arguments.data, arguments.run)
    async with radicale.running() as port:
        await run_behind_front(
            arguments,
            port,
            lambda front: Access(
                {"base_url": f"http://127.0.0.1:{front}", "user": USER}, {"password": radicale.password}
            ),
            on_expire=radicale.refuse_password,
            on_restore=radicale.accept_password,
        )


if __name__ == "__main__":
    asyncio.run(_serve(read_arguments("appointments")))
