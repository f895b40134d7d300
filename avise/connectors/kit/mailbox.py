"""Gold for a mailbox: a server that refuses, breaks off, talks without end or numbers its letters anew."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from avise.connectors.contract import ConnectorError, FetchesContent
from avise.connectors.kit.bench import open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.gold import GRACE_S
from avise.connectors.kit.interpreter import IMAP, Change, Command, Flood, HangUp, Reply, as_it_is, let_pass
from avise.connectors.kit.lines import greeted, interpreted, outcome_of
from avise.connectors.kit.opened_content import opened_ref
from avise.connectors.kit.pieces import content_of
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, require_kind
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

_BROKEN = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.BAD_DATA})
_SIGNS_IN = (b"LOGIN", b"AUTHENTICATE")
_OPENS = (b"SELECT", b"EXAMINE", b"STATUS")
_LOOKS = (b"UID FETCH", b"FETCH")
_SEARCHES = (b"UID SEARCH", b"SEARCH")
_VALIDITY = re.compile(rb"UIDVALIDITY (\d+)")
_LITERAL = re.compile(rb"\{(\d+)\}\r\n")
FLOOD = b"* 12 EXISTS\r\n" * 1_000


# ---- the server of mail ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MailCase:
    """What the server does, and what must come of a reading."""

    kinds: frozenset[ErrorKind]
    reply: Reply = let_pass
    change: Change = as_it_is


def _saying(to: Sequence[bytes], answer: bytes) -> Reply:
    """Return the reply to some commands; %t is the tag."""

    def reply(command: Command) -> bytes | None:
        return answer.replace(b"%t", command.tag) if command.words.startswith(tuple(to)) else None

    return reply


def _going(to: Sequence[bytes], last: bytes) -> Reply:
    def reply(command: Command) -> None:
        if command.words.startswith(tuple(to)):
            raise HangUp(last)

    return reply


def _flooding(command: Command) -> None:
    if command.words.startswith(_SEARCHES):
        raise Flood(FLOOD)


def _cut_literal(piece: bytes) -> bytes:
    """Go in the middle of the first literal of some length."""
    literal = _LITERAL.search(piece)
    if literal is None or int(literal[1]) < 2:
        return piece
    raise HangUp(piece[: literal.end() + int(literal[1]) // 2])


REFUSALS: Mapping[str, MailCase] = {
    "sign-in": MailCase(frozenset({ErrorKind.AUTH}), _saying(_SIGNS_IN, b"%t NO sign-in refused\r\n")),
    "sign-in, by its code": MailCase(
        frozenset({ErrorKind.AUTH}), _saying(_SIGNS_IN, b"%t NO [AUTHENTICATIONFAILED] no\r\n")
    ),
    "folder": MailCase(frozenset({ErrorKind.FORBIDDEN}), _saying(_OPENS, b"%t NO [NOPERM] not for you\r\n")),
    "folder gone": MailCase(
        frozenset({ErrorKind.CONFIG}), _saying(_OPENS, b"%t NO [NONEXISTENT] no such folder\r\n")
    ),
    "search": MailCase(frozenset(ErrorKind) - {ErrorKind.BUG}, _saying(_SEARCHES, b"%t NO not now\r\n")),
}
BREAKS: Mapping[str, MailCase] = {
    "good-bye": MailCase(_BROKEN, _going((*_LOOKS, *_SEARCHES), b"* BYE going down\r\n")),
    "nothing": MailCase(_BROKEN, _going((*_LOOKS, *_SEARCHES), b"")),
    "half a literal": MailCase(_BROKEN, change=_cut_literal),
}


async def _each(trial: Trial, cases: Mapping[str, MailCase]) -> None:
    await greeted(trial, IMAP)
    clock = trial.env.monotonic
    for name, case in cases.items():
        async with interpreted(trial, case.reply, case.change), open_bench(trial) as bench:
            bench.hurry()
            started = clock()
            kind = await outcome_of(trial, bench)
            took, limit = clock() - started, bench.seconds((*trial.readings(), "")[0]) + GRACE_S
        if took > limit:
            raise FailedCheck("too_late", reading=name, seconds=f"{took:.1f}")
        require_kind(name, kind, case.kinds)


async def a_mailbox_that_refuses_is_told(trial: Trial) -> None:
    """A NO to the sign-in, to a folder or to a search is told in the right word, never as no letter."""
    await _each(trial, REFUSALS)


async def a_mailbox_that_breaks_off_is_told(trial: Trial) -> None:
    """A server that says good-bye, goes, or ends in the middle of a letter is told as such."""
    await _each(trial, BREAKS)


async def a_flood_of_untagged_answers_is_bounded(trial: Trial) -> None:
    """A server that goes on saying what nobody asked is given up in time."""
    ends = frozenset({ErrorKind.TIMEOUT, *_BROKEN})
    await _each(trial, {"flood": MailCase(ends, _flooding)})


async def letters_numbered_anew_are_others(trial: Trial) -> None:
    """Once a folder has numbered its letters anew, a reference of before opens none of them."""
    await greeted(trial, IMAP)
    async with open_bench(trial) as bench:
        if not isinstance(bench.instance.connector, FetchesContent):
            raise NotApplicable("no_content")
        ref = await opened_ref(trial, bench)
    async with interpreted(trial, change=_numbered_anew), open_bench(trial) as bench:
        try:
            await content_of(bench, ref)
        except ConnectorError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise FailedCheck(
                    "kind_is", reading="content", kind=str(error.kind), expected="not_found"
                ) from None
            return
    raise FailedCheck("numbered_anew_believed")


def _numbered_anew(piece: bytes) -> bytes:
    return _VALIDITY.sub(lambda told: b"UIDVALIDITY %d" % (int(told[1]) + 1), piece)


async def an_unknown_certificate_is_refused(trial: Trial) -> None:
    """A certificate that nobody vouches for is refused, before anything is said."""
    between = await greeted(trial, b"")
    if not between.secured:
        raise NotApplicable("speaks_otherwise")
    async with interpreted(trial, trusted=False), open_bench(trial) as bench:
        bench.hurry()
        kind = await outcome_of(trial, bench)
    require_kind("certificate", kind, {ErrorKind.CONFIG})


CHECKS = tuple(
    Check(run.__name__, ConformanceLevel.GOLD, run)
    for run in (
        a_mailbox_that_refuses_is_told,
        a_mailbox_that_breaks_off_is_told,
        a_flood_of_untagged_answers_is_bounded,
        letters_numbered_anew_are_others,
        an_unknown_certificate_is_refused,
    )
)
