"""Tries a connector file with a profile's own settings, secrets and directory: `avise connector try`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avise.connectors.file_doubts import DECISION_FILE, FileDoubts
from avise.connectors.ports import InstanceSettings, SecretPort
from avise.connectors.shared import Shared
from avise.connectors.trial import Trial, TrialDesk, try_connector
from avise.connectors.wheels import WheelShelf
from avise.engine.loops import LoopThread
from avise.env import Env
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence, customer_stream
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.services.customer_rights import refuse_opening, refuse_without_right
from avise.services.outbox_planning import evidence, identifiers
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.profile import Profile
from avise.services.trial_masking import masked_trial

PURPOSE = "connector_try"

_NOBODY = uuid.UUID(int=0)
"""Stands for whoever the directory does not know."""


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """What an author asks to see."""

    file: Path
    scheme: str
    value: str
    """Whose file: the identifier that the customer bears in that scheme."""
    instance: str = ""
    """Whose settings and secrets; "" for the instance that uses a file of that name."""
    facets: Sequence[str] = ()
    rows: int = 5
    reveal: bool = False
    reason: str = ""
    """Why, for a protected file."""


class ConnectorTrials:
    """Tries files on a profile.

    Args:
        profile: its settings name instances and their values.
        directory: who exists.
        journal: every look at a customer is written in it.
        secrets: of the instances.
        shared: what the house lends to every instance.
        connectors: the connectors' loop.
        env: the clock.
    """

    def __init__(
        self,
        profile: Profile,
        directory: DirectoryPort,
        journal: JournalPort,
        secrets: SecretPort,
        shared: Shared,
        connectors: LoopThread,
        env: Env,
    ) -> None:
        self._profile = profile
        self._directory = directory
        self._journal = journal
        self._secrets = secrets
        self._shared = shared
        self._connectors = connectors
        self._env = env

    async def run(self, request: TrialRequest) -> Trial:
        """Return what a file makes of a customer, masked for the profile's user.

        Raises:
            AviseError: `connector_try.…`, `connector_check.refused`, or that this user may not look.
        """
        session = self._profile.session()
        if request.reveal and not self._profile.settings.synthetic:
            raise AviseError("connector_try.reveal_refused")
        refuse_without_right(session.role)
        settings = self._settings(request)
        desk = await self._desk(request)
        wheels = WheelShelf(self._profile.wheels_folder).points()
        trial = await self._connectors.call(
            try_connector(
                request.file,
                settings,
                desk,
                self._env,
                self._secrets,
                wanted=tuple(request.facets),
                shared=self._shared,
                wheels=wheels,
            )
        )
        if trial.asked_nothing and desk.customer.avise_id == _NOBODY:
            needed = dict.fromkeys(scheme for reading in trial.readings for scheme in reading.missing_ids)
            raise AviseError(
                "connector_try.nobody",
                reference=f"{request.scheme}:{request.value}",
                schemes=", ".join(dict.fromkeys(("member", *needed))),
            )
        return trial if request.reveal else masked_trial(trial, session.role)

    def _settings(self, request: TrialRequest) -> InstanceSettings:
        instances = self._profile.settings.instances
        named = request.instance or next(
            (name for name, section in instances.items() if section.connector == request.file.stem), ""
        )
        if named not in instances:
            known = ", ".join(instances)
            key = "connector_try.no_instance" if named else "connector_try.which_instance"
            raise AviseError(key, instance=named, file=request.file.name, instances=known)
        section = instances[named]
        return InstanceSettings(
            named, section.connector, dict(section.config), connector_file=request.file, proxy=section.proxy
        )

    async def _desk(self, request: TrialRequest) -> TrialDesk:
        session = self._profile.session()
        doubts = FileDoubts(self._profile.folder / DECISION_FILE)
        entry = await self._directory.by_identifier(request.scheme, request.value)
        if entry is None:
            if request.scheme == "member":
                raise AviseError("show.nobody", reference=request.value)
            # Nobody of the directory bears it: the tool may still know it, by this identifier alone.
            key = CustomerKey(_NOBODY, {request.scheme: request.value})
            return TrialDesk(key, IdentityEvidence(), session.user, request.rows, doubts)
        member = await self._member(entry)
        refuse_opening(session.role, (entry, member), request.reason)
        body: dict[str, JSON] = {"person": str(entry.person), "purpose": PURPOSE, "reason": request.reason}
        await self._journal.append(session, EventKind.CONSULTED, customer_stream(member.dossier), body)
        key = CustomerKey(member.dossier, identifiers(member))
        return TrialDesk(key, evidence(member), session.user, request.rows, doubts)

    async def _member(self, entry: DirectoryEntry) -> DirectoryEntry:
        if entry.dossier == entry.person:
            return entry
        return await self._directory.by_person(entry.dossier) or entry
