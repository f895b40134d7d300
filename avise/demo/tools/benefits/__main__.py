"""Start the benefits tool."""

from __future__ import annotations

import asyncio
import secrets

from avise.demo.tools.benefits.app import SLOWNESS_S, BenefitsService
from avise.demo.tools.benefits.loader import FILE_NAME
from avise.demo.tools.prepared_files import AnswerFile
from avise.demo.tools.serving import Access, Arguments, asgi_server, read_arguments, run_behind_front


async def _serve(arguments: Arguments) -> None:
    key = secrets.token_hex(16)
    answers = AnswerFile(arguments.data / FILE_NAME)
    service = BenefitsService(answers, key, (0.0, 0.0) if arguments.quick else SLOWNESS_S)
    async with asgi_server(service.application()) as port:
        await run_behind_front(
            arguments,
            port,
            lambda front: Access({"base_url": f"http://127.0.0.1:{front}"}, {"api_key": key}),
            on_expire=service.refuse_key,
            on_restore=service.accept_key,
        )
    answers.close()


if __name__ == "__main__":
    asyncio.run(_serve(read_arguments("benefits")))
