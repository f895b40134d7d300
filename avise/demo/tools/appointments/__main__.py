"""Start the appointments tool."""

from __future__ import annotations

import asyncio
import secrets

from avise.demo.tools.appointments.calendar_server import USER, CalendarAccounts, calendar_server
from avise.demo.tools.serving import Access, Arguments, read_arguments, run_behind_front


async def _serve(arguments: Arguments) -> None:
    password = secrets.token_hex(16)
    folder = arguments.run / "appointments"
    folder.mkdir(mode=0o700)
    accounts = CalendarAccounts(folder, password)
    async with calendar_server(arguments.data, folder, accounts) as port:
        await run_behind_front(
            arguments,
            port,
            lambda front: Access(
                {"base_url": f"http://127.0.0.1:{front}", "user": USER}, {"password": password}
            ),
            on_expire=accounts.refuse,
            on_restore=accounts.accept,
        )


if __name__ == "__main__":
    asyncio.run(_serve(read_arguments("appointments")))
