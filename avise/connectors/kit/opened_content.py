"""Silver and gold of what is opened on a click: a document or the text of a letter, whole or told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from avise.connectors.contract import ConnectorError, FetchesContent
from avise.connectors.direct_calls import LARGEST_CONTENT
from avise.connectors.kit import faults
from avise.connectors.kit.bench import Bench, need_http, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.faults import WORKING, Fault, Way, changing, instead
from avise.connectors.kit.gold import GRACE_S
from avise.connectors.kit.local_source import Nature, Spoiled, source_of, spoiled
from avise.connectors.kit.messages import Answer, Request
from avise.connectors.kit.pieces import content_of, kind_raised, seconds_of
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.readings import TIMELINE
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind
from avise.models.interaction import Interaction

DOCUMENTS = "documents"
NOT_OURS = "kit/no-such-content/0"
"""A reference that no tool ever gave."""
HUGE = LARGEST_CONTENT + 1024 * 1024
_ABSENT = frozenset({ErrorKind.NOT_FOUND, ErrorKind.INVALID, ErrorKind.UNSUPPORTED})


async def opened_ref(trial: Trial, bench: Bench) -> str:
    """Return a reference that can be opened: of an exchange with a text, or of a document.

    Raises:
        NotApplicable: the connector opens nothing.
        NotExercised: the known customers have nothing to open.
    """
    if not isinstance(bench.instance.connector, FetchesContent):
        raise NotApplicable("no_content")
    readings = [one for one in trial.readings() if one in {TIMELINE, DOCUMENTS}]
    if not readings:
        raise NotApplicable("no_content")
    refused = 0
    for ref in [ref for reading in readings for ref in await _refs(trial, bench, reading)]:
        try:
            await content_of(bench, ref)
        except ConnectorError as error:
            if error.kind is not ErrorKind.UNSUPPORTED:
                raise
            refused += 1
            continue
        return ref
    if trial.subject.declarative and not refused:
        kind = await kind_raised(content_of(bench, NOT_OURS))
        if kind is ErrorKind.UNSUPPORTED:
            # Avise's own code executes the file, which names no content.
            raise NotApplicable("no_content")
    raise NotExercised("no_content_met")


async def _refs(trial: Trial, bench: Bench, reading: str) -> Sequence[str]:
    for known in trial.known_for(reading):
        answer = await bench.raw(reading, known.ids)
        if reading == DOCUMENTS:
            found = [str(item.id) for item in answer.items]
        else:
            found = [
                item.body_ref for item in answer.items if isinstance(item, Interaction) and item.body_ref
            ]
        if found:
            return found[:1]
    return ()


async def a_content_is_opened(trial: Trial) -> None:
    """What is behind a reference comes, the same each time; what nobody ever referred to is no empty one."""
    async with open_bench(trial) as bench:
        ref = await opened_ref(trial, bench)
        first = await content_of(bench, ref)
        if not first:
            raise FailedCheck("content_empty")
        if await content_of(bench, ref) != first:
            raise FailedCheck("other_content")
        kind = await kind_raised(content_of(bench, NOT_OURS))
    if kind not in _ABSENT:
        raise FailedCheck("absent_content_is", kind=str(kind or "ok"))


CASES: Mapping[str, tuple[Fault, frozenset[ErrorKind]]] = {
    "content_reset": (Fault(Way.RESET), frozenset({ErrorKind.UNAVAILABLE})),
    "content_silent": (Fault(Way.HOLD), frozenset({ErrorKind.TIMEOUT})),
    "content_is_a_sign_in_page": (
        instead(faults.SIGN_IN_PAGE),
        frozenset({ErrorKind.AUTH, ErrorKind.BAD_DATA}),
    ),
    "content_refused": (instead(faults.FORBIDDEN), frozenset({ErrorKind.FORBIDDEN})),
}


LINES: Mapping[str, tuple[Spoiled, frozenset[ErrorKind]]] = {
    "content_reset": (Spoiled.CUT, frozenset({ErrorKind.UNAVAILABLE, ErrorKind.BAD_DATA})),
    "content_silent": (Spoiled.HANGS, frozenset({ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE})),
}
"""The same from a server to which the connector speaks by itself."""


async def under_fault(name: str, trial: Trial) -> None:
    """The tool fails while a content is opened: it is told in time, and nothing passes for the content."""
    async with open_bench(trial) as bench:
        ref = await opened_ref(trial, bench)
        if bench.proxy is not None:
            fault, kinds = CASES[name]
            bench.hurry()
            await bench.fail(fault)
            await _judged(bench, ref, kinds)
            return
    source = source_of(trial)
    if name not in LINES or source is None or source.nature is not Nature.LINE:
        raise NotApplicable("no_http")
    way, kinds = LINES[name]
    led = spoiled(trial, source, way, asked=lambda one: content_of(one, ref))
    async with led, open_bench(trial) as bench:
        bench.hurry()
        await _judged(bench, ref, kinds)


async def _judged(bench: Bench, ref: str, kinds: frozenset[ErrorKind]) -> None:
    clock = bench.trial.env.monotonic
    started = clock()
    kind = await kind_raised(content_of(bench, ref))
    took = clock() - started
    if took > seconds_of(bench) + GRACE_S:
        raise FailedCheck("too_late", reading="content", seconds=f"{took:.1f}")
    if kind not in kinds:
        expected = " ".join(sorted(kinds))
        raise FailedCheck("kind_is", reading="content", kind=str(kind or "ok"), expected=expected)


async def a_huge_content_is_bounded(trial: Trial) -> None:
    """A content larger than the program takes is refused, and never handed over cut."""
    async with open_bench(trial) as bench:
        ref = await opened_ref(trial, bench)
        need_http(bench)
        await bench.fail(WORKING)
        await content_of(bench, ref)
        bench.be_patient()
        await bench.fail(changing(Huge()))
        try:
            size = len(await content_of(bench, ref))
        except ConnectorError as error:
            if error.kind is not ErrorKind.BAD_DATA:
                expected = str(ErrorKind.BAD_DATA)
                raise FailedCheck(
                    "kind_is", reading="content", kind=str(error.kind), expected=expected
                ) from None
            return
    if size <= LARGEST_CONTENT:
        raise FailedCheck("content_cut_untold", count=size)


@dataclass(slots=True)
class Huge:
    """Makes a body longer than a content may be; of a range, the part that was asked."""

    _headers: Mapping[str, str] = field(default_factory=dict)
    """Of the first part: the following ones lie beyond the tool's own content."""

    def __call__(self, request: Request, answer: Answer) -> Answer:
        """Return the tool's answer with another body."""
        first, _, last = request.headers.get("range", "").removeprefix("bytes=").partition("-")
        if answer.status == HTTPStatus.OK:
            return answer.with_body(bytes(HUGE))
        if answer.status == HTTPStatus.PARTIAL_CONTENT:
            self._headers = self._headers or answer.headers
        elif answer.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not self._headers:
            return answer
        start, end = int(first), min(int(last), HUGE - 1)
        headers = {**self._headers, "content-range": f"bytes {start}-{end}/{HUGE}"}
        return Answer(HTTPStatus.PARTIAL_CONTENT, headers, bytes(end + 1 - start))


CHECKS = (
    Check("a_content_is_opened", ConformanceLevel.SILVER, a_content_is_opened),
    *(Check(name, ConformanceLevel.GOLD, partial(under_fault, name)) for name in CASES),
    Check("a_huge_content_is_bounded", ConformanceLevel.GOLD, a_huge_content_is_bounded),
)
