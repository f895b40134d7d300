"""Start the relation tool."""

from __future__ import annotations

import asyncio
import json
import secrets

from avise.demo.calls import CHANGE_PATH, RING_PATH
from avise.demo.tools.prepared_files import ChangeableAnswers
from avise.demo.tools.relation.app import RelationService
from avise.demo.tools.relation.calls import Telephony
from avise.demo.tools.relation.loader import FILE_NAME
from avise.demo.tools.serving import Access, Arguments, asgi_server, read_arguments, run_behind_front


async def _serve(arguments: Arguments) -> None:
    token = secrets.token_urlsafe(24)
    answers = ChangeableAnswers(arguments.data / FILE_NAME)
    telephony = Telephony()

    async def ring(body: bytes) -> str:
        asked = json.loads(body)
        number, queue, agent = str(asked["number"]), str(asked["queue"]), str(asked.get("agent", ""))
        call = telephony.ring(number, queue, int(asked["waited_s"]), agent)
        return json.dumps({"call": call})

    async def change(body: bytes) -> str:
        asked = json.loads(body)
        call = str(asked["call"]) or telephony.latest
        if call:
            telephony.change(call, str(asked["state"]))
        return json.dumps({"call": call})

    service = RelationService(answers, telephony, token)
    async with asgi_server(service.application()) as port:
        await run_behind_front(
            arguments,
            port,
            lambda front: Access({"base_url": f"http://127.0.0.1:{front}"}, {"token": token}),
            on_expire=service.refuse_token,
            on_restore=service.accept_token,
            handlers={RING_PATH: ring, CHANGE_PATH: change},
        )
    answers.close()


if __name__ == "__main__":
    asyncio.run(_serve(read_arguments("relation")))
