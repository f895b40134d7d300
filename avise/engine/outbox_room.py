"""Builds the outbox of a desk, and what tells staff of the commands that did not leave."""

from __future__ import annotations

from avise.engine.local_desk import LocalDesk
from avise.engine.lost_rights import LostRights
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.services.outbox import Outbox
from avise.store.directory import Directory
from avise.store.feed import Feed
from avise.store.journal import Journal
from avise.store.outbox import Commands
from avise.store.store import Store


class OutboxRoom:
    """The outbox of one profile, from `open` to `aclose`.

    Args:
        desk: that shows it.
        sources: the tools.
        directory: who exists.
        store: where everything is kept.
        journal: our own events.
        env: clock and identifiers.
    """

    def __init__(
        self,
        desk: LocalDesk,
        sources: CrossingSources,
        directory: Directory,
        store: Store,
        journal: Journal,
        env: Env,
    ) -> None:
        session = desk.session
        self._desk = desk
        commands = Commands(store, env, journal, session.user)
        self.outbox = Outbox(session, sources, directory, commands, env)
        self._lost_rights = LostRights(self.outbox.visible, desk.add_task, Feed(store, env), env)
        self.outbox.tell_lost_rights(self._lost_rights.look_soon)

    async def open(self, *, at_desk: bool) -> Outbox:
        """Read what is kept and let the desk show it; return the outbox.

        Args:
            at_desk: send too: commands leave from the process of a window, which alone holds the profile.
        """
        await (self.outbox.start() if at_desk else self.outbox.open())
        self._desk.use_outbox(self.outbox)
        if at_desk:
            # One that was refused just before this program last ended is told of now.
            self._lost_rights.look_soon()
        return self.outbox

    async def aclose(self) -> None:
        """Send nothing more and tell no more."""
        await self.outbox.aclose()
        await self._lost_rights.aclose()
