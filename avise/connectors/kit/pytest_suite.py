"""The kit in two lines of pytest: one test a check, so that the author reads their names.

    from avise.connectors.kit.pytest_suite import connector_suite
    TestMine = connector_suite(MyConnector, scenarios="scenarios.toml")

The only module of the kit that imports pytest.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import new_class
from typing import Any

import pytest

from avise.connectors.contract import Connector
from avise.connectors.kit.check import Check
from avise.connectors.kit.contact import Contact
from avise.connectors.kit.scenarios import Scenarios, read_scenarios
from avise.connectors.kit.skips import read_skips, skipped
from avise.connectors.kit.subject import Subject, subject_of, subject_of_class
from avise.connectors.kit.suite import ALL
from avise.connectors.kit.trial import Severity, Trial, recorded
from avise.connectors.kit.upstream import LiveTool, read_tape
from avise.connectors.kit.verdicts import AGAINST, Verdict
from avise.models.conformance import ConformanceLevel
from avise.models.json_types import JSON

Configuration = Callable[[], Mapping[str, JSON]]


def connector_suite(
    connector: Callable[[], Connector] | str | Path,
    scenarios: str | Path,
    *,
    level: str = "platinum",
    recorded_in: str | Path | None = None,
    config: Configuration = dict,
    severity: Severity | None = None,
) -> type:
    """Return a class of tests for pytest, one a check.

    A check that saw nothing to judge fails; one that does not concern the connector is skipped, with the
    reason.

    Args:
        connector: its class (made without argument), the path of its file, or the name of its entry point.
        scenarios: the scenarios file; a relative path is beside the test.
        level: the last level whose checks are tests.
        recorded_in: folder of recorded answers, in the place of a running tool.
        config: gives configuration values known once the tests run, as the port of a tool just started.
        severity: how much is tried.
    """
    beside = Path(inspect.stack()[1].filename).parent
    last = ConformanceLevel(level).rank

    def trial() -> Trial:
        subject = _subject(connector, beside)
        content = read_scenarios(beside / scenarios, subject.manifest).with_tool(config(), {})
        return _trial(subject, content, beside / recorded_in if recorded_in else None, severity)

    contact = Contact()
    tests = {
        f"test_{check.name}": _test_of(check, trial, beside, contact)
        for check in ALL
        if check.level.rank <= last
    }
    return new_class("ConnectorSuite", exec_body=lambda namespace: namespace.update(tests))


def _subject(connector: Callable[[], Connector] | str | Path, beside: Path) -> Subject:
    if isinstance(connector, str | Path):
        path = beside / connector
        return subject_of(str(path) if path.is_file() else str(connector))
    return subject_of_class(connector)


def _trial(subject: Subject, content: Scenarios, tape: Path | None, severity: Severity | None) -> Trial:
    if tape is not None:
        upstream = recorded(read_tape(tape))
        return Trial(subject, content, upstream, acts=False, severity=severity or Severity())
    return Trial(subject, content, LiveTool, severity=severity or Severity())


def _test_of(
    check: Check, trial: Callable[[], Trial], beside: Path, contact: Contact
) -> Callable[[Any], None]:
    def test(_: object) -> None:
        tried = trial()
        skips = read_skips(beside, tried.subject.name, [one.name for one in ALL])
        skip = next((one for one in skips if one.check == check.name), None)
        left_out = skipped(check, skip, tried.env) if skip is not None else None
        result = left_out or contact.run(check, tried)
        if result.verdict in AGAINST:
            pytest.fail(f"{result.title}: {result.sentence()}", pytrace=False)
        if result.verdict is not Verdict.OK:
            pytest.skip(result.sentence())

    test.__doc__ = (check.run.__doc__ or "") if inspect.isfunction(check.run) else check.name
    return test
