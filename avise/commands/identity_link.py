"""`avise identity link [TOOL]`: look for records of one person, over the tools of a profile.

Without a tool, within the identity master; with one, between the master and what that tool publishes.
What is certain is linked, what is likely waits for somebody; a second run writes only what is new.
"""

from __future__ import annotations

from contextlib import aclosing

from rich.console import Console

from avise.commands.wrong_argument import WrongArgumentError
from avise.connectors.contract import ConnectorError
from avise.engine.engine import Engine
from avise.models.customer import Party, person_id
from avise.models.errors import AviseError
from avise.models.identity.links import Side
from avise.models.identity.matching import Thresholds
from avise.services.identity.run import RunResult, ToolRecord, persons, run_over
from avise.texts import plural
from avise.texts.formats import format_number


async def link(engine: Engine, instance: str, console: Console, *, propose_only: bool) -> int:
    """Run and print what came of it; return the exit status.

    Args:
        engine: started.
        instance: a tool; "" for the identity master alone.
        console: where it is told.
        propose_only: link nothing without a person.

    Raises:
        AviseError: there is no such tool, or it publishes nobody.
    """
    master = engine.profile.settings.identity_master
    if instance and instance not in engine.profile.settings.instances:
        raise WrongArgumentError("identity_link.no_tool", instance=instance)
    await engine.directory_ready()
    namespace = engine.profile.settings.site_namespace
    published = await _parties(engine, master)
    ours = persons([ToolRecord(Side(person_id(namespace, master, p.native_id)), p) for p in published])
    theirs = ours
    if instance and instance != master:
        theirs = persons(
            [
                ToolRecord(Side(person_id(namespace, instance, p.native_id), p, instance), p)
                for p in await _parties(engine, instance)
            ]
        )
    found = await run_over(engine.desk.same_person, ours, theirs, Thresholds(), propose_only=propose_only)
    _tell(found, console)
    return 0


async def _parties(engine: Engine, instance: str) -> list[Party]:
    found: dict[str, Party] = {}
    try:
        async with aclosing(engine.sources.changes(instance, "")) as batches:
            async for batch in batches:
                found |= {party.native_id: party for party in batch.items}
    except ConnectorError as error:
        # What was read of half a tool would make half of its links: nothing is written.
        raise AviseError("identity_link.not_read", instance=instance, kind=error.kind.value) from None
    if not found:
        raise AviseError("identity_link.nobody", instance=instance)
    return list(found.values())


def _tell(found: RunResult, console: Console) -> None:
    sizes = {"ours": format_number(found.ours), "theirs": format_number(found.theirs)}
    pairs = format_number(found.compared)
    console.print(plural("identity.read", found.compared, **sizes, pairs=pairs), highlight=False)
    console.print(plural("identity_link.linked", found.linked), highlight=False)
    console.print(plural("identity_link.proposed", found.proposed), highlight=False)
    if found.left:
        console.print(plural("identity_link.left", found.left), highlight=False)
