"""Start the complaints tool."""

from __future__ import annotations

import asyncio
import secrets

from avise.demo.tools.complaints.loader import FILE_NAME
from avise.demo.tools.complaints.service import ComplaintsService
from avise.demo.tools.prepared_files import ChangeableAnswers
from avise.demo.tools.serving import Access, Arguments, asgi_server, read_arguments, run_behind_front


async def _serve(arguments: Arguments) -> None:
    password = secrets.token_hex(16)
    answers = ChangeableAnswers(arguments.data / FILE_NAME)
    service = ComplaintsService(answers, password)
    async with asgi_server(service.application()) as port:
        await run_behind_front(
            arguments,
            port,
            lambda front: Access({"base_url": f"http://127.0.0.1:{front}"}, {"password": password}),
            on_expire=service.end_sessions,
        )
    answers.close()


if __name__ == "__main__":
    asyncio.run(_serve(read_arguments("complaints")))
