"""The tools of one profile, spoken to on a loop of their own, and how they are reached from here."""

from __future__ import annotations

from avise.connectors.host import ConnectorHost
from avise.connectors.network_gate import NetworkGate
from avise.connectors.ports import InstanceSettings, SecretPort, SnapshotPort
from avise.connectors.registry import Registry
from avise.connectors.shared import Shared
from avise.connectors.starts import START_FILE
from avise.engine.loops import LoopThread
from avise.engine.message_room import SECRETS
from avise.engine.network_room import NetworkRoom
from avise.engine.outward import NETWORK_SECRETS, outward_of
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.models.errors import AviseError
from avise.services.profile import Profile
from avise.store.feed import Feed
from avise.store.sealed import SealedSecrets
from avise.store.store import Store
from avise.transport.outward import Outward


class ToolRoom:
    """What reaches the tools, from `start` to `stop`.

    Args:
        env: the clock.
        at_desk: whether somebody works here: files that change are followed, and the network is watched.
    """

    def __init__(self, env: Env, *, at_desk: bool) -> None:
        self._env, self._at_desk = env, at_desk
        self._host: ConnectorHost | None = None
        self.thread = LoopThread("avise connectors")
        self.outward = Outward()
        """How servers are reached from here."""
        self.network: NetworkRoom | None = None
        """How much network there is, where somebody works."""
        self.notices: tuple[AviseError, ...] = ()
        """What staff must be told about the way out."""

    def start(self) -> None:
        """Start the loop."""
        self.thread.start()

    async def open(
        self, profile: Profile, store: Store, copies: SnapshotPort, secrets: SecretPort, sealed: SealedSecrets
    ) -> CrossingSources:
        """Open the connectors and return what asks them, on the engine's loop."""
        gate = NetworkGate(self._env)
        self.outward, notice = await outward_of(profile.settings.network, profile.folder, secrets)
        self.notices = () if notice is None else (notice,)
        self._host = host = ConnectorHost(
            self._env,
            copies,
            _instances(profile),
            secrets,
            connectors=Registry(profile.connectors_folder, profile.wheels_folder),
            start_file=profile.folder / START_FILE,
            shared=Shared(gate=gate, tokens=sealed, outward=self.outward),
        )
        if self._at_desk:
            self.network = NetworkRoom(gate, Feed(store, self._env), self._env)
            await self.network.open()
        await self.thread.call(host.start(follow_files=self._at_desk))
        return CrossingSources(self.thread, host)

    def require_secret(self, profile: Profile, instance: str, name: str) -> None:
        """Refuse a secret that nothing in the profile would use.

        Raises:
            AviseError: `secret.no_instance`, `secret.not_declared` or `secret.none_declared`, with those that
                there are.
        """
        _require_instance(profile, instance)
        declared = self._host.secret_names(instance) if self._host is not None else None
        if declared is not None and name not in declared:
            key = "secret.not_declared" if declared else "secret.none_declared"
            raise AviseError(key, instance=instance, name=name, names=", ".join(declared))

    async def aclose(self) -> None:
        """Close the connectors; what watches the network is closed by whoever listens to it."""
        if self._host is not None:
            await self.thread.call(self._host.aclose())

    def stop(self) -> None:
        """End the loop."""
        self.thread.stop()


def _require_instance(profile: Profile, instance: str) -> None:
    settings = profile.settings
    if instance == SECRETS and settings.messages.smtp_user:
        return
    if instance == NETWORK_SECRETS and settings.network.proxy_user:
        return
    if instance not in settings.instances:
        known = ", ".join(settings.instances)
        raise AviseError("secret.no_instance", instance=instance, instances=known)


def _instances(profile: Profile) -> tuple[InstanceSettings, ...]:
    return tuple(
        InstanceSettings(
            name, section.connector, dict(section.config), enabled=section.enabled, proxy=section.proxy
        )
        for name, section in profile.settings.instances.items()
    )
