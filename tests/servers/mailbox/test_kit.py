"""The kit over a real server of mail that refuses, breaks off, floods and numbers anew: who is caught."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    Connector,
    ConnectorEnv,
    ConnectorError,
    TimelineQuery,
)
from avise.connectors.imap.connector import ImapConnector
from avise.connectors.kit import mailbox as mailbox_checks
from avise.connectors.kit.check import run_check
from avise.connectors.kit.opened_content import CHECKS as CONTENT_CHECKS
from avise.connectors.kit.scenarios import read_scenarios
from avise.connectors.kit.subject import subject_of_class
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.upstream import LiveTool
from avise.connectors.kit.verdicts import Verdict
from avise.models.errors import ErrorKind
from avise.models.interaction import Interaction
from tests.servers.mailbox.conftest import Mailbox

SCENARIOS = read_scenarios(Path(__file__).with_name("scenarios.toml"))
CHECKS = {check.name: check for check in (*mailbox_checks.CHECKS, *CONTENT_CHECKS)}


class _TakesForNoLetter(ImapConnector):
    """Takes some errors for an empty mailbox."""

    taken: frozenset[ErrorKind]

    async def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        try:
            async for batch in super().interactions(query, ctx):
                yield batch
        except ConnectorError as error:
            if error.kind not in self.taken:
                raise
            yield Batch((), Completeness.COMPLETE)


class TakesRefusalForNoLetter(_TakesForNoLetter):
    taken = frozenset({ErrorKind.AUTH, ErrorKind.FORBIDDEN})


class TakesGoodByeForTheEnd(_TakesForNoLetter):
    taken = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.BAD_DATA})


class ListensToAFlood(ImapConnector):
    async def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        try:
            async for batch in super().interactions(query, ctx):
                yield batch
        except (asyncio.CancelledError, ConnectorError):
            yield Batch((), Completeness.COMPLETE)


class OpensWhateverBearsTheNumber(ImapConnector):
    async def content(self, ref: str, ctx: CallContext) -> AsyncIterator[bytes]:
        try:
            async for piece in super().content(ref, ctx):
                yield piece
        except ConnectorError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            yield b"another letter"


class TrustsAnybody(ImapConnector):
    async def open(self, env: ConnectorEnv) -> None:
        await super().open(env)
        tls = ssl.create_default_context()
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
        self._tls = tls


BROKEN: list[tuple[Callable[[], Connector], str]] = [
    (TakesRefusalForNoLetter, "a_mailbox_that_refuses_is_told"),
    (TakesGoodByeForTheEnd, "a_mailbox_that_breaks_off_is_told"),
    (ListensToAFlood, "a_flood_of_untagged_answers_is_bounded"),
    (OpensWhateverBearsTheNumber, "letters_numbered_anew_are_others"),
    (TrustsAnybody, "an_unknown_certificate_is_refused"),
]


def trial_of(made: Callable[[], Connector], mailbox: Mailbox) -> Trial:
    return Trial(subject_of_class(made), SCENARIOS.with_tool(mailbox.config(), {}), LiveTool)


@pytest.mark.parametrize(
    "name", ["a_mailbox_that_refuses_is_told", "letters_numbered_anew_are_others", "content_reset"]
)
def test_the_connector_that_ships_passes(name: str, mailbox: Mailbox) -> None:
    """The others run with all the checks (`test_conformance.py`)."""
    result = run_check(CHECKS[name], trial_of(ImapConnector, mailbox))
    assert (result.verdict, result.sentence()) == (Verdict.OK, "")


@pytest.mark.parametrize(("broken", "check"), BROKEN)
def test_a_broken_one_is_caught(broken: Callable[[], Connector], check: str, mailbox: Mailbox) -> None:
    result = run_check(CHECKS[check], trial_of(broken, mailbox))
    assert result.verdict is Verdict.FAILED
    assert result.why not in {"", "broke", "hangs", "unexpected"}


def test_every_check_of_a_mailbox_catches_somebody() -> None:
    assert {check for _, check in BROKEN} == {check.name for check in mailbox_checks.CHECKS}
