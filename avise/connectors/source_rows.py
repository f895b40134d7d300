"""What the Sources page and a diagnostic may know of an instance: by allow-list, no personal data."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from avise.connectors.breaker import BreakerState
from avise.connectors.contract import CONTRACT, FacetOffer, Manifest
from avise.connectors.instance import Instance, InstanceState
from avise.connectors.ports import InstanceSettings
from avise.connectors.readings import TIMELINE, SourceOffer
from avise.connectors.refusals import Refusal
from avise.connectors.registry import fetches_content
from avise.connectors.statistics import Statistics
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.facet_specs import FACETS
from avise.models.json_types import JSON
from avise.models.source_status import SourceState, SourceStatus
from avise.models.tool_sign_in import SignInWay

SLOW_MS = 2000
"""A tool whose last readings took half of the default deadline is slow."""
LAST_READINGS = 5
PACKAGES = ("avise", "httpx2", "sqlalchemy", "pydantic")

_STATES = {
    InstanceState.NEEDS_AUTH: SourceState.NEEDS_AUTH,
    InstanceState.MISCONFIGURED: SourceState.MISCONFIGURED,
    InstanceState.DOWN: SourceState.FAILING,
}
_FAILING = {
    ErrorKind.AUTH: SourceState.NEEDS_AUTH,
    ErrorKind.CONFIG: SourceState.MISCONFIGURED,
    ErrorKind.FORBIDDEN: SourceState.RESERVED,
}


def offer_of(instance: Instance) -> SourceOffer:
    """Return what an admitted instance feeds."""
    manifest = instance.manifest
    return SourceOffer(
        instance=instance.id,
        name=instance.name,
        owner=manifest.owner,
        support=manifest.support,
        facets=manifest.facets,
        timeline=manifest.timeline,
        directory=manifest.directory,
        call_events=manifest.call_events,
        content=fetches_content(instance.connector),
        live_fields=manifest.live_fields,
        needs_ids=manifest.needs_ids,
    )


def refused_offer(
    settings: InstanceSettings, refusal: Refusal | None, manifest: Manifest | None = None
) -> SourceOffer:
    """Return what a refused or a disabled instance would have fed, as far as its manifest was read."""
    if refusal is not None:
        return _unloaded_offer(settings, refusal)
    return SourceOffer(
        instance=settings.id,
        name=settings.name or (manifest.name if manifest is not None else settings.id),
        owner=manifest.owner if manifest is not None else "",
        support=manifest.support if manifest is not None else "",
        facets=manifest.facets if manifest is not None else (),
        timeline=manifest.timeline if manifest is not None else False,
        needs_ids=manifest.needs_ids if manifest is not None else (),
        enabled=settings.enabled,
    )


def _unloaded_offer(settings: InstanceSettings, refusal: Refusal) -> SourceOffer:
    """Return what a refused instance announces: its blocks then say that nobody could look."""
    known = [facet for facet in refusal.feeds if facet in FACETS]
    return SourceOffer(
        instance=settings.id,
        name=settings.name or refusal.name or settings.id,
        facets=tuple(FacetOffer(facet, schema=1, sensitivity=FACETS[facet].sensitivity) for facet in known),
        timeline=TIMELINE in refusal.feeds,
        enabled=settings.enabled,
        failure=refusal_failure(refusal),
    )


def refusal_failure(refusal: Refusal) -> Failure:
    """Return what a reading of a refused instance fails with."""
    return Failure(ErrorKind.CONFIG, Origin.HOST, detail=refusal.because)


def status_of(instance: Instance) -> SourceStatus:
    """Return the row of an admitted instance."""
    numbers, manifest = instance.statistics, instance.manifest
    retry_in = instance.breaker.retry_in
    opening_failure = instance.failure(instance.opening_error, "") if instance.opening_error else None
    return SourceStatus(
        instance=instance.id,
        name=instance.name,
        connector=f"{manifest.id} {manifest.version}",
        conformance=getattr(instance.loaded, "conformance", None),
        owner=manifest.owner,
        support=manifest.support,
        state=source_state(instance),
        since=numbers.failing_since or instance.since,
        median_ms=numbers.percentile_ms(0.5),
        p95_ms=numbers.percentile_ms(0.95),
        samples_ms=numbers.samples,
        calls_1h=numbers.calls_1h,
        failures_1h=numbers.failures_1h,
        last_success=numbers.last_success,
        last_failure=opening_failure or numbers.last_failure,
        last_failure_at=instance.since if opening_failure else numbers.last_failure_at,
        retry_at=instance.env.now() + retry_in if retry_in is not None else instance.reopens_at,
        facets=_fed(manifest),
        attempts=tuple(numbers.attempts),
        certificate_ends=instance.certificate_ends,
        sign_in=instance.user_tokens.way if instance.user_tokens is not None else SignInWay.NONE,
    )


def refused_status(offer: SourceOffer, refusal: Refusal | None, connector: str) -> SourceStatus:
    """Return the row of an instance whose connector was not loaded, or that the profile disables."""
    return SourceStatus(
        instance=offer.instance,
        name=offer.name,
        connector=connector,
        owner=offer.owner,
        support=offer.support,
        state=SourceState.REFUSED if refusal is not None else SourceState.SUSPENDED,
        since=None,
        median_ms=None,
        p95_ms=None,
        facets=tuple(facet.facet for facet in offer.facets),
        last_failure=offer.failure,
        refused_because=refusal.because if refusal is not None else "source.disabled",
        refused_detail=refusal.detail if refusal is not None else "",
    )


def source_state(instance: Instance) -> SourceState:
    """Return the chip of an instance (`ui.md` 5.16)."""
    if instance.state in _STATES:
        return _STATES[instance.state]
    if instance.user_tokens is not None and instance.user_tokens.asks:
        return SourceState.NEEDS_AUTH
    numbers = instance.statistics
    if instance.breaker.state is not BreakerState.CLOSED:
        return SourceState.SUSPENDED
    if numbers.failing_since is not None and numbers.last_failure is not None:
        return _FAILING.get(numbers.last_failure.kind, SourceState.FAILING)
    if numbers.last_success is None:
        return SourceState.NEVER_READ
    return SourceState.SLOW if _is_slow(numbers) else SourceState.UP_TO_DATE


def _is_slow(numbers: Statistics) -> bool:
    last = sorted(numbers.samples[-LAST_READINGS:])
    return bool(last) and last[len(last) // 2] >= SLOW_MS


def _fed(manifest: Manifest) -> tuple[str, ...]:
    facets = tuple(offer.facet for offer in manifest.facets)
    return (*facets, TIMELINE) if manifest.timeline else facets


def diagnostic_of(instance: Instance) -> Mapping[str, JSON]:
    """Return an instance's diagnostic (`connectors.md` C15): no address, query, body or identifier.

    A config value appears when the manifest declares it safe; of the others, only whether it is set.
    """
    manifest, numbers = instance.manifest, instance.statistics
    return {
        "instance": instance.id,
        "connector": manifest.id,
        "version": manifest.version,
        "kind": manifest.kind,
        "contract": f"{CONTRACT[0]}.{CONTRACT[1]}",
        "state": instance.state.value,
        "since": instance.since.isoformat(),
        "breaker": instance.breaker.state.value,
        "queued": instance.bulkhead.queued,
        "config": _config_of(instance),
        "opening_error": _error_of(instance),
        "calls_1h": numbers.calls_1h,
        "failures_1h": numbers.failures_1h,
        "median_ms": numbers.percentile_ms(0.5),
        "p95_ms": numbers.percentile_ms(0.95),
        "retries": numbers.retries,
        "truncated": numbers.truncated,
        "drifts": numbers.drifts,
        "withheld": numbers.withheld,
        "last_calls": [
            {
                "at": attempt.at.isoformat(),
                "template": attempt.template,
                "outcome": attempt.outcome,
                "milliseconds": attempt.milliseconds,
            }
            for attempt in numbers.attempts
        ],
        "versions": package_versions(),
    }


def refused_diagnostic(offer: SourceOffer, refusal: Refusal | None) -> Mapping[str, JSON]:
    """Return the diagnostic of an instance that was not loaded."""
    return {
        "instance": offer.instance,
        "state": "refused" if refusal is not None else "disabled",
        "because": refusal.because if refusal is not None else "",
        "detail": refusal.detail if refusal is not None else "",
        "versions": package_versions(),
    }


def _config_of(instance: Instance) -> Mapping[str, JSON]:
    shown: dict[str, JSON] = {}
    for declared in instance.manifest.config:
        value = instance.settings.config.get(declared.name, declared.default)
        if declared.type != "secret" and declared.name in instance.manifest.diagnostics:
            shown[declared.name] = value
        elif declared.type == "secret":
            shown[declared.name] = "secret"
        else:
            shown[declared.name] = "unset" if value is None else "set"
    return shown


def _error_of(instance: Instance) -> JSON:
    error = instance.opening_error
    return None if error is None else {"kind": error.kind.value, "detail": error.detail}


def package_versions() -> Mapping[str, JSON]:
    """Return the versions that support asks for first."""
    found: dict[str, JSON] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found
