"""What a connector file offers, in the terms of the contract."""

from __future__ import annotations

import re

from avise.connectors.action_contract import ActionInput, ActionSpec, CopiedRecord, FieldInputs, InputChoice
from avise.connectors.contract import ConfigField, FacetOffer, Manifest
from avise.connectors.declarative.access import HttpSection, SqlSection
from avise.connectors.declarative.action_schema import PythonAction, RestAction
from avise.connectors.declarative.schema import (
    AnyFile,
    CsvFacet,
    CsvFileConnector,
    PythonFacet,
    PythonFile,
    RestFacet,
    RestFile,
    SqlFacet,
    SqlFile,
)
from avise.models.facet_specs import FACETS
from avise.models.interaction import Channel


def manifest_of(file: AnyFile) -> Manifest:
    """Return the manifest of a checked file."""
    header = file.connector
    http = file.http if isinstance(file, RestFile | PythonFile) else None
    return Manifest(
        id=header.id,
        name=header.name,
        version=header.version,
        contract=header.contract,
        owner=header.owner,
        kind=header.kind,
        needs_ids=tuple(header.needs_ids),
        config=tuple(_config_field(name, file) for name in file.config),
        facets=tuple(_offer(facet, file) for facet in file.facet),
        timeline=bool(_timelines(file)),
        timeline_channels=_channels(file),
        directory=file.directory is not None,
        call_events=isinstance(file, RestFile) and file.call_events is not None,
        live_fields=_live_fields(file),
        actions=_actions(file),
        hosts=tuple(http.hosts) if http else (),
        diagnostics=tuple(name for name, section in file.config.items() if section.diagnostic),
        concurrency=_concurrency(http or (file.sql if isinstance(file, SqlFile) else None)),
        rate_per_second=http.rate if http else None,
        support=header.support,
    )


def _config_field(name: str, file: AnyFile) -> ConfigField:
    section = file.config[name]
    return ConfigField(
        name,
        section.type,
        section.label,
        required=section.required,
        default=section.default,
        choices=tuple(section.choices),
        help=section.help,
    )


def _offer(facet: RestFacet | SqlFacet | CsvFacet | PythonFacet, file: AnyFile) -> FacetOffer:
    needed = dict.fromkeys([*file.connector.needs_ids, *facet.needs_ids])
    return FacetOffer(
        facet=facet.id,
        schema=facet.schema_version,
        sensitivity=facet.sensitivity or FACETS[facet.id].sensitivity,
        fresh_for=facet.fresh_for,
        usable_for=facet.usable_for,
        deadline=facet.deadline,
        needs_ids=tuple(needed),
    )


def _timelines(file: AnyFile) -> list[list[Channel]]:
    return [] if isinstance(file, CsvFileConnector) else [section.channels for section in file.timeline]


def _channels(file: AnyFile) -> tuple[Channel, ...]:
    return tuple(dict.fromkeys(channel for channels in _timelines(file) for channel in channels))


def _live_fields(file: AnyFile) -> tuple[str, ...]:
    if isinstance(file, PythonFile):
        return tuple(file.live)
    if isinstance(file, RestFile | SqlFile):
        return tuple(section.field for section in file.live)
    return ()


def _actions(file: AnyFile) -> tuple[ActionSpec, ...]:
    if not isinstance(file, RestFile | PythonFile):
        return ()
    return tuple(_action(action) for action in file.action)


def _action(action: RestAction | PythonAction) -> ActionSpec:
    document = action.document is not None if isinstance(action, RestAction) else action.document
    return ActionSpec(
        action=action.id,
        label=action.label,
        idempotency=action.idempotency,
        offline=action.offline,
        expires=action.expires,
        confirm=action.confirm,
        inputs=tuple(
            ActionInput(
                name,
                rule.type,
                rule.label,
                required=rule.required,
                choices=tuple(InputChoice(code, label) for code, label in rule.choices.items()),
                default=rule.default,
                max_length=rule.max_length,
                facet=rule.facet,
                help=rule.help,
            )
            for name, rule in action.input.items()
        ),
        touches=tuple(action.touches),
        needs_ids=tuple(action.needs_ids),
        deadline=action.deadline,
        document=document,
        fields=_fields(action),
        copied=_copied(action),
    )


_ONE_INPUT = re.compile(r"\{input\.(\w+)\}")


def _fields(action: RestAction | PythonAction) -> FieldInputs:
    """Return the changed fields that take the value of one input, as it is typed."""
    if isinstance(action, PythonAction):
        return tuple(action.fields.items())
    plan = action.plan
    if plan is None:
        return ()
    found = []
    for name, change in plan.changes.items():
        whole = _ONE_INPUT.fullmatch(change.to)
        if whole is not None and not change.map and change.when is None:
            found.append((f"{plan.facet}.{name}" if plan.facet else name, whole.group(1)))
    return tuple(found)


def _copied(action: RestAction | PythonAction) -> CopiedRecord | None:
    """Return where a copy shows what changes: only a plan that reads a facet has one."""
    plan = action.plan if isinstance(action, RestAction) else None
    if plan is None or plan.facet is None or not _fields(action):
        return None
    return CopiedRecord(plan.facet, plan.where or "", plan.precondition or "")


def _concurrency(section: HttpSection | SqlSection | None) -> int:
    return section.concurrency if section else 4
