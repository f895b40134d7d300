"""How this workstation stands with its hub, as screens show it: reached or not, refused, what waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from avise.engine.sync_listener import SyncListener
from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.services.request_values import HubState, HubStatus
from avise.services.sync import SyncCore
from avise.store.feed import CONTACT, Feed
from avise.store.journal import Journal
from avise.texts import text

CLOCK = "hub_clock_ms"
"""Name under which it is noted how far this workstation's clock is from the hub's."""

CLOCK_OFF = timedelta(minutes=5)
"""From there on it is said that this workstation's clock is wrong (`hub.md` 6)."""

CLOCK_WAY_OFF = timedelta(hours=24)
"""From there on it is asked that it be put right before somebody leaves without a network."""

CONTACT_EVERY = timedelta(minutes=1)
"""Between two writings of the last contact."""

SIGN_IN = frozenset(
    {
        "hub.sign_in_needed",
        "hub.sign_in_again",
        "hub.token_expired",
        "hub.token_refused",
        "oidc.sign_in_again",
    }
)
"""Refusals that a sign-in ends."""


class HubStanding:
    """Tells a listener how this workstation stands with its hub.

    Args:
        login: who works here.
        feed: where the last contact is noted, and what waits is counted.
        journal: knows how far this workstation's clock is from the hub's.
        listener: told.
        env: the clock.
        sign_in: how people sign in, "" where the system vouches for them.
    """

    def __init__(
        self, login: str, feed: Feed, journal: Journal, listener: SyncListener, env: Env, sign_in: str
    ) -> None:
        self._login, self._feed, self._journal = login, feed, journal
        self._listener, self._env, self._sign_in = listener, env, sign_in
        self.embedded = False
        """Whether the hub is a file of this machine."""
        self.revoked: AviseError | None = None
        """Why this device is told of nobody any more, None while it is."""
        self._barred: AviseError | None = None
        """The certificate or the proxy that keeps the hub from being reached."""
        self._as_of: datetime | None = None
        self._contact_kept: datetime | None = None
        self._unsent: Mapping[PersonId | None, int] = {}

    async def open(self, *, embedded: bool) -> None:
        """Read when the hub was last reached."""
        self.embedded = embedded
        contact = await self._feed.noted(CONTACT)
        self._as_of = datetime.fromisoformat(contact) if contact else None

    def note_failure(self, error: AviseError) -> None:
        """Keep what is to be said of a call that failed."""
        self._barred = error if error.message_key.startswith("transport.") else None

    async def count_unsent(self, core: SyncCore) -> None:
        """Note what waits of each customer; a store that cannot be read leaves what was last known."""
        with contextlib.suppress(AviseError):
            self._unsent = await self._feed.unsent_by_person(self._login) if core.pending else {}

    def tell(self, core: SyncCore, *, away: bool) -> None:
        """Tell how it stands now.

        Args:
            core: what is known of the hub.
            away: whether the hub may not be asked.
        """
        if core.up_to_date:
            # By the minute, as it is shown: screens are not told again for less.
            self._as_of = self._env.now().replace(second=0, microsecond=0)
            self._keep_contact(self._as_of)
        self._listener.on_status(self._status(core, away=away))

    def _status(self, core: SyncCore, *, away: bool) -> HubStatus:
        trouble = core.trouble
        state = HubState.EMBEDDED if self.embedded else HubState.ONLINE
        if trouble is not None and not away:
            state = HubState.SIGN_IN_NEEDED if trouble.message_key in SIGN_IN else HubState.REFUSED
        elif core.failures or away:
            state = HubState.OFFLINE
        elif core.head is None:
            state = HubState.STARTING
        sentence = self._clock_sentence() if state is HubState.ONLINE else ""
        if trouble is not None and not away:
            sentence = text(trouble.message_key, **trouble.params)
        elif state is HubState.OFFLINE and not away and self._barred is not None:
            sentence = text(self._barred.message_key, **self._barred.params)
        return HubStatus(state, self._as_of, core.pending, sentence, self._sign_in, self._unsent)

    def _clock_sentence(self) -> str:
        off = abs(timedelta(milliseconds=self._journal.clock_offset_ms))
        if off > CLOCK_WAY_OFF:
            return text("hub.clock_way_off", days=str(max(1, round(off / timedelta(days=1)))))
        return text("hub.clock_off") if off > CLOCK_OFF else ""

    def _keep_contact(self, now: datetime) -> None:
        if self._contact_kept is None or now - self._contact_kept >= CONTACT_EVERY:
            self._contact_kept = now
            for name, value in ((CONTACT, now.isoformat()), (CLOCK, str(self._journal.clock_offset_ms))):
                noting = asyncio.ensure_future(self._feed.note(name, value))
                noting.add_done_callback(_forget)


def _forget(noting: asyncio.Future[None]) -> None:
    """Take an error of a note that the next one makes good."""
    if not noting.cancelled():
        noting.exception()
