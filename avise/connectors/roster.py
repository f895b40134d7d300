"""Which instances of a profile run, which do not and why; loads them apart from each other."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

from avise.connectors.contract import Manifest
from avise.connectors.instance import Instance, Loaded
from avise.connectors.ports import InstanceSettings, SecretPort
from avise.connectors.readings import SourceOffer
from avise.connectors.refusals import IMPORT_FAILED, QUARANTINED, Refusal
from avise.connectors.safe_log import SafeLogger
from avise.connectors.shared import Shared
from avise.connectors.source_rows import refused_offer, refused_status
from avise.connectors.starts import StartLog
from avise.connectors.unwaited import on_thread
from avise.env import Env
from avise.models.errors import ErrorKind
from avise.models.source_status import SourceStatus

LOAD_S = 10.0
"""A connector that takes longer to read and import is left behind (`connectors.md` C5)."""

RETIRING_LOOK_S = 0.1
"""Between two looks at whether an instance that was replaced is still at work."""

_STRIKES = frozenset({ErrorKind.BUG, ErrorKind.TIMEOUT})
"""Openings that failed by the connector's own doing, or took more than ten seconds."""


class FindsConnectors(Protocol):
    """Loads the connector of an instance (`registry.Registry`)."""

    def find(self, settings: InstanceSettings) -> Loaded | Refusal:
        """Return an instance's own connector, or why it has none."""


@runtime_checkable
class KnowsFiles(Protocol):
    """Says what connectors are made of without importing them (`registry.Registry`)."""

    def announced(self, settings: InstanceSettings, refusal: Refusal) -> Refusal:
        """Return a refusal with what the connector says of itself."""

    def content_of(self, settings: InstanceSettings) -> str:
        """Return what changes as soon as an instance's connector does."""

    def file_of(self, settings: InstanceSettings) -> Path | None:
        """Return the profile's own file of an instance's connector, None when it has none."""

    def look_again(self) -> None:
        """Look at what is installed anew: somebody may have mended it."""


@dataclass(slots=True)
class Outside:
    """An instance that does not run: refused, or disabled by the profile."""

    settings: InstanceSettings
    refusal: Refusal | None
    """None when the profile disables it."""
    manifest: Manifest | None = None
    offer: SourceOffer = field(init=False)

    def __post_init__(self) -> None:
        self.offer = refused_offer(self.settings, self.refusal, self.manifest)

    def status(self) -> SourceStatus:
        """Return its row on the Sources page."""
        return refused_status(self.offer, self.refusal, self.settings.connector)


class Roster:
    """The instances of a profile.

    Args:
        env: clock and chance.
        instances: the profile's.
        secrets: where their secrets are.
        connectors: finds their connectors.
        user_agent: how Avise names itself to the tools.
        starts: remembers the starts that failed.
        shared: by all of them.
    """

    def __init__(
        self,
        env: Env,
        instances: Sequence[InstanceSettings],
        secrets: SecretPort,
        *,
        connectors: FindsConnectors,
        user_agent: str,
        starts: StartLog,
        shared: Shared,
    ) -> None:
        self.running: dict[str, Instance] = {}
        self.outside: dict[str, Outside] = {}
        self.load_ms: dict[str, int] = {}
        """How long each connector took to be read and imported."""
        self._env = env
        self.settings = tuple(instances)
        self._secrets = secrets
        self._connectors = connectors
        self._user_agent = user_agent
        self._starts = starts
        self._shared = shared
        self._tls: ssl.SSLContext | None = None
        self._watching: set[asyncio.Task[None]] = set()
        self._retiring: set[asyncio.Task[None]] = set()

    def all(self) -> Iterator[Instance | Outside]:
        """Yield what was loaded or refused, in the profile's order."""
        for settings in self.settings:
            if (instance := self.running.get(settings.id)) is not None:
                yield instance
            elif (outside := self.outside.get(settings.id)) is not None:
                yield outside

    def manifest(self, instance: str) -> Manifest | None:
        """Return what an instance's connector declares, None while nobody could read it."""
        if (running := self.running.get(instance)) is not None:
            return running.manifest
        outside = self.outside.get(instance)
        return outside.manifest if outside is not None else None

    async def load(self) -> None:
        """Load every connector on a thread, then open all of them at once, in the background."""
        await self._load(self.settings)

    async def load_again(self, instance: str) -> None:
        """Load a refused or quarantined instance once more; does nothing for any other."""
        outside = self.outside.get(instance)
        if outside is None or outside.refusal is None:
            return
        self._starts.forgive(instance)
        if isinstance(self._connectors, KnowsFiles):
            self._connectors.look_again()
        await self._load([outside.settings])

    # ---- a file that changed -----------------------------------------------------------------
    async def find_again(self, settings: InstanceSettings) -> Loaded | Refusal:
        """Return an instance's connector as its file is now, or why it has none."""
        return await self._find(settings)

    async def replace(self, settings: InstanceSettings, loaded: Loaded) -> None:
        """Put another connector in the place of an instance's own; what the old one is asked ends well.

        How it opens is held against nobody: an author tries things.
        """
        old = self.running.get(settings.id)
        self.outside.pop(settings.id, None)
        self.running[settings.id] = new = self._instance(settings, loaded, await self._certificates())
        new.start()
        if old is not None:
            retiring = asyncio.create_task(_retire(old, self._env), name=f"retire {old.id}")
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)

    def refuse_again(self, instance: str, refusal: Refusal) -> None:
        """Tell another reason of an instance that does not run; one that runs goes on."""
        outside = self.outside.get(instance)
        if outside is not None and outside.refusal is not None:
            self.outside[instance] = Outside(outside.settings, refusal)

    def set_apart(self, instance: str) -> bool:
        """Tell whether an instance waits for a person, whatever becomes of its file."""
        outside = self.outside.get(instance)
        refusal = outside.refusal if outside is not None else None
        return refusal is not None and refusal.because == QUARANTINED

    # ---- end ---------------------------------------------------------------------------------
    async def aclose(self) -> None:
        """Close every instance; may be called twice."""
        self._starts.closing()
        beside = (*self._watching, *self._retiring)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await asyncio.gather(*(instance.aclose() for instance in self.running.values()))

    async def _load(self, wanted: Sequence[InstanceSettings]) -> None:
        tls = await self._certificates()
        await self._compare(wanted)
        sound = [settings for settings in wanted if not self._starts.quarantined(settings.id)]
        for settings in wanted:
            found = await (self._first_find(settings) if settings in sound else self._set_apart(settings))
            self._admit(settings, found, tls)
        self._starts.begin(settings.id for settings in wanted if settings.id in self.running)
        for settings in wanted:
            if (instance := self.running.get(settings.id)) is not None:
                self._open(instance)

    async def _compare(self, wanted: Sequence[InstanceSettings]) -> None:
        """Forget the failures of what is not the same any more."""
        connectors = self._connectors
        if not isinstance(connectors, KnowsFiles):
            return
        for settings in wanted:
            try:
                async with asyncio.timeout(LOAD_S):
                    content = await on_thread(partial(connectors.content_of, settings))
            except TimeoutError:
                continue
            self._starts.compare(settings.id, content)

    async def _set_apart(self, settings: InstanceSettings) -> Refusal:
        """Return the refusal of a quarantined instance, its reason and what it would feed."""
        refusal = Refusal(QUARANTINED, self._starts.reason(settings.id))
        connectors = self._connectors
        if not isinstance(connectors, KnowsFiles):
            return refusal
        return await on_thread(lambda: connectors.announced(settings, refusal))

    async def _first_find(self, settings: InstanceSettings) -> Loaded | Refusal:
        """Find an instance's connector; one that takes the program with it is the only one under way."""
        self._starts.begin([settings.id])
        found = await self._find(settings)
        self._starts.loaded(settings.id)
        return found

    async def _find(self, settings: InstanceSettings) -> Loaded | Refusal:
        began = self._env.monotonic()
        try:
            async with asyncio.timeout(LOAD_S):
                found = await on_thread(lambda: self._connectors.find(settings))
        except TimeoutError:
            return Refusal(IMPORT_FAILED, f"over {LOAD_S:.0f} s")
        self.load_ms[settings.id] = round((self._env.monotonic() - began) * 1000)
        return found

    def _admit(self, settings: InstanceSettings, found: Loaded | Refusal, tls: ssl.SSLContext) -> None:
        self.outside.pop(settings.id, None)
        refusal = found if isinstance(found, Refusal) else None
        opens = refusal is None and settings.enabled
        if not opens and (refusal is None or refusal.because != QUARANTINED):
            well = refusal is None or refusal.because != IMPORT_FAILED
            reason = refusal.detail if refusal is not None else ""
            self._starts.ended(settings.id, well=well, reason=reason, opened=False)
        if not settings.enabled:
            self.outside[settings.id] = Outside(settings, None, _manifest_of(found))
        elif isinstance(found, Refusal):
            SafeLogger(instance=settings.id).warning("connector refused", reason=found.because)
            self.outside[settings.id] = Outside(settings, found)
        else:
            self.running[settings.id] = self._instance(settings, found, tls)

    def _instance(self, settings: InstanceSettings, loaded: Loaded, tls: ssl.SSLContext) -> Instance:
        return Instance(
            settings,
            loaded,
            self._env,
            self._secrets,
            tls,
            self._user_agent,
            self._shared,
        )

    async def _certificates(self) -> ssl.SSLContext:
        if self._tls is None:
            # Certificates are read once, 32 to 68 ms, for all clients (decision 44).
            self._tls = await on_thread(self._shared.outward.context)
        return self._tls

    def _open(self, instance: Instance) -> None:
        instance.start()
        watching = asyncio.create_task(self._watch_start(instance), name=f"start of {instance.id}")
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)

    async def _watch_start(self, instance: Instance) -> None:
        await instance.first_opening()
        error = instance.opening_error
        well = error is None or error.kind not in _STRIKES
        self._starts.ended(instance.id, well=well, reason=str(error) if error is not None else "")


async def _retire(old: Instance, env: Env) -> None:
    """Close an instance once nobody asks it anything any more, or when Avise ends."""
    try:
        while old.busy:
            await env.sleep(RETIRING_LOOK_S)
    finally:
        await old.aclose()


def _manifest_of(found: Loaded | Refusal) -> Manifest | None:
    return None if isinstance(found, Refusal) else found.manifest
