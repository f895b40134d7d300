"""`avise connector try|list|enable|schema`: what an author asks beside `check` and `new`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial

from rich.console import Console

from avise.commands import connector_list, connector_try
from avise.commands.connector import refuse_no_file
from avise.commands.wrong_argument import WrongArgumentError
from avise.connectors.declarative import ConnectorFileError
from avise.connectors.starts import START_FILE, StartLog
from avise.engine.connector_trials import TrialRequest
from avise.engine.engine import Engine
from avise.engine.profile_folder import default_profile_folder
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.resources import resource_folder
from avise.services.profile import Profile, load_profile
from avise.texts import text

Telling = Callable[[], int]
"""Prints an answer and returns the exit status."""


def answer(chosen: argparse.Namespace, ask_passphrase: Callable[[], str] | None, console: Console) -> Telling:
    """Return what prints the answer to an author's command."""
    if chosen.action == "schema":
        return _schema
    folder = chosen.profile or default_profile_folder()
    if chosen.action == "list":
        return _listed(load_profile(folder, device=""), console, as_json=chosen.json)
    if chosen.action == "enable":
        return partial(_enable, load_profile(folder, device=""), chosen.instance, console)
    request = _request(chosen)
    with Engine.open(folder, ask_passphrase=ask_passphrase) as engine:
        engine.run(engine.directory_ready())
        try:
            trial = engine.run(engine.trials.run(request))
        except ConnectorFileError as error:
            return partial(connector_try.print_problems, error, console)
    if chosen.json:
        masked = not request.reveal
        return partial(_print_json, connector_try.as_json(trial, masked=masked), connector_try.status(trial))
    return partial(connector_try.print_trial, trial, console)


def _listed(profile: Profile, console: Console, *, as_json: bool) -> Telling:
    rows = connector_list.known_connectors(profile)
    if as_json:
        return partial(_print_json, connector_list.as_json(rows), connector_list.status(rows))
    return partial(connector_list.print_rows, rows, console)


def _enable(profile: Profile, instance: str, console: Console) -> int:
    """Forget the failed starts of an instance.

    Raises:
        AviseError: `secret.no_instance`.
    """
    instances = profile.settings.instances
    if instance not in instances:
        raise AviseError("secret.no_instance", instance=instance, instances=", ".join(instances))
    starts = StartLog(profile.folder / START_FILE)
    apart = starts.quarantined(instance)
    starts.forgive(instance)
    key = "connector.enabled" if apart else "connector.not_apart"
    console.print(text(key, instance=instance), highlight=False, markup=False)
    return 0


def _request(chosen: argparse.Namespace) -> TrialRequest:
    refuse_no_file(chosen.file)
    if chosen.rows < 1:
        raise WrongArgumentError("connector_try.rows")
    scheme, separator, value = chosen.customer.partition(":")
    if not separator:
        scheme, value = "member", "".join(chosen.customer.split())
    if not value.strip():
        raise WrongArgumentError("show.no_reference")
    return TrialRequest(
        chosen.file,
        scheme,
        value,
        instance=chosen.instance,
        facets=tuple(chosen.facet),
        rows=chosen.rows,
        reveal=chosen.reveal,
        reason=chosen.reason,
    )


def _print_json(content: JSON, status: int) -> int:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return status


def _schema() -> int:
    sys.stdout.write((resource_folder("connectors") / "schema.json").read_text("utf-8"))
    return 0
