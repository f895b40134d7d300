"""Start the NOÉMIE flows: a folder and its control port, no server."""

from __future__ import annotations

import asyncio

from avise.demo.tools.noemie.share import TransferFolder
from avise.demo.tools.serving import Access, Arguments, read_arguments, run_until_stopped


async def _serve(arguments: Arguments) -> None:
    share = TransferFolder(arguments.data, arguments.run)
    await run_until_stopped(arguments, share, 0, Access({"folder": str(share.path)}))


if __name__ == "__main__":
    asyncio.run(_serve(read_arguments("noemie")))
