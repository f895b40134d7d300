"""Start the contributions tool."""

from __future__ import annotations

import asyncio

from avise.demo.tools.contributions.sqlite_base import SqliteBase
from avise.demo.tools.contributions.tables import FILE_NAME
from avise.demo.tools.serving import (
    Access,
    Arguments,
    read_arguments,
    run_behind_front,
    run_until_stopped,
)


async def _serve_file(arguments: Arguments) -> None:
    base = SqliteBase(arguments.data / FILE_NAME, arguments.run)
    url = f"sqlite:///{base.path}?mode=ro"
    try:
        await run_until_stopped(arguments, base, 0, Access({"url": url}))
    finally:
        await base.aclose()


async def _serve_postgres(arguments: Arguments) -> None:
    from avise.demo.tools.contributions.postgres_base import (  # noqa: PLC0415 - psycopg is slow to import
        DATABASE,
        READER,
        postgres_base,
    )

    async with postgres_base((arguments.data / FILE_NAME).resolve()) as base:
        await run_behind_front(
            arguments,
            base.port,
            lambda port: Access(
                {"url": f"postgresql+psycopg://{READER}@127.0.0.1:{port}/{DATABASE}"},
                {"password": base.password},
            ),
            on_expire=base.refuse_password,
            on_restore=base.accept_password,
        )


def main() -> None:
    """Run until the parent ends."""
    arguments = read_arguments("contributions")
    asyncio.run(_serve_postgres(arguments) if arguments.postgres else _serve_file(arguments))


if __name__ == "__main__":
    main()
