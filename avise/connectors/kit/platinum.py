"""Platinum: what it is asked to do is done once, and is known to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult, Idempotency, Outcome
from avise.connectors.contract import ConnectorError
from avise.connectors.kit.bench import CALLER, Bench, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.faults import WORKING, Fault, Way, instead
from avise.connectors.kit.messages import Answer
from avise.connectors.kit.scenarios import ActionScenario
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.readings import TIMELINE
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

LONGEST_SENTENCE = 300
_HAPPENED = frozenset({Outcome.DONE, Outcome.ALREADY_DONE, Outcome.ACCEPTED})
_TELLS = frozenset({ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT})


def _scenarios(trial: Trial) -> Sequence[ActionScenario]:
    """Return the actions to try: every one that the connector declares.

    Raises:
        NotApplicable: it does not act.
        NotExercised: it acts, and nobody may be changed, or nothing says on whom.
    """
    if not trial.manifest.actions:
        raise NotApplicable("no_action")
    if not trial.acts:
        raise NotExercised("recorded_action")
    told = {scenario.id for scenario in trial.scenarios.action}
    silent = [spec.action for spec in trial.manifest.actions if spec.action not in told]
    if silent:
        raise NotExercised("action_without_scenario", action=silent[0])
    return trial.scenarios.action


class Deed:
    """One action of one scenario on an open bench.

    Args:
        bench: open.
        scenario: which action, on whom.
    """

    def __init__(self, bench: Bench, scenario: ActionScenario) -> None:
        self.bench, self.scenario = bench, scenario
        self._env = bench.trial.env
        self._record = ""

    async def prepare(self) -> Deed:
        """Choose the record on which an action that uses it up is tried."""
        fresh = self.scenario.record
        if fresh is not None:
            answer = await self.bench.raw(fresh.reading, self.scenario.ids)
            used = self.bench.trial.used
            ids = [str(item.id) for item in answer.items if str(item.id) not in used]
            if not ids:
                raise NotExercised("no_record", reading=fresh.reading)
            self._record = ids[0]
            used.add(self._record)
        return self

    def command(
        self,
        values: Mapping[str, JSON] | None = None,
        *,
        action: str = "",
        ids: Mapping[str, str] | None = None,
    ) -> ActionCommand:
        """Return a new command, before its plan."""
        given: dict[str, JSON] = dict(self.scenario.input if values is None else values)
        if self.scenario.record is not None:
            given.setdefault(self.scenario.record.input, self._record)
        return ActionCommand(
            action or self.scenario.id,
            str(self._env.uuid7()),
            self.bench.customer(ids or self.scenario.ids),
            given,
            {},
            self._env.now(),
            "kit.agent",
        )

    async def plan(self, command: ActionCommand) -> ActionPlan:
        """Plan."""
        return await self.bench.acting.plan(self.bench.instance, command, CALLER, self._reference())

    async def execute(self, command: ActionCommand) -> ActionResult:
        """Send."""
        return await self.bench.acting.execute(self.bench.instance, command, CALLER, self._reference())

    async def verify(self, command: ActionCommand) -> ActionResult:
        """Look."""
        return await self.bench.acting.verify(self.bench.instance, command, CALLER, self._reference())

    async def confirmed(self, values: Mapping[str, JSON] | None = None, *, action: str = "") -> ActionCommand:
        """Return a command whose plan was confirmed, as the outbox makes it."""
        command = self.command(values, action=action)
        return replace(command, precondition=(await self.plan(command)).precondition)

    async def make_way(self) -> None:
        """Change the customer to something else, so that what comes next is a change again."""
        if self.scenario.other_input:
            await self.other_change()

    async def other_change(self) -> None:
        """Make the scenario's second change."""
        await self.execute(await self.confirmed(self.scenario.other_input, action=self.scenario.other_action))

    async def traces(self) -> object:
        """Return what shows of the action in the tool: what it touches, and what a plan would say now."""
        spec = self.bench.trial.spec(self.scenario)
        shown: list[object] = []
        for reading in self.bench.trial.readings():
            if reading in spec.touches or reading == TIMELINE:
                answer = await self.bench.raw(reading, self.scenario.ids)
                shown.append(tuple(repr(item) for item in answer.items))
        try:
            plan = await self.plan(self.command())
        except ConnectorError as error:
            shown.append(str(error.kind))
        else:
            shown.append((plan.changes, tuple(sorted(plan.precondition.items()))))
        return shown

    def _reference(self) -> str:
        return self._env.token()[:8]


async def plan_changes_nothing(trial: Trial) -> None:
    """Planning an action shows what it would change, and writes nothing."""
    for scenario in _scenarios(trial):
        async with open_bench(trial) as bench:
            deed = await Deed(bench, scenario).prepare()
            before = await deed.traces()
            await bench.fail(WORKING)
            await deed.plan(deed.command())
            writing = [
                one.request.method for one in bench.seen if one.request.method in {"PUT", "PATCH", "DELETE"}
            ]
            if writing or await deed.traces() != before:
                raise FailedCheck("plan_writes", action=scenario.id)


async def twice_is_once(trial: Trial) -> None:
    """The same command sent twice has one effect."""
    for scenario in _scenarios(trial):
        async with open_bench(trial) as bench:
            deed = await Deed(bench, scenario).prepare()
            if trial.spec(scenario).idempotency is Idempotency.NONE:
                continue
            await deed.make_way()
            before = await deed.traces()
            command = await deed.confirmed()
            first = await deed.execute(command)
            once = await deed.traces()
            again = await _again(deed, command)
            if await deed.traces() != once or (again and first.reference != again):
                raise FailedCheck("two_effects", action=scenario.id)
            if once == before and not again:
                raise NotExercised("no_trace", action=scenario.id)


async def _again(deed: Deed, command: ActionCommand) -> str:
    """Send a command once more, as the outbox may; return the tool's number for it, "" when it gives none.

    Where the tool remembers nothing, the outbox looks first.
    """
    spec = deed.bench.trial.spec(deed.scenario)
    if spec.idempotency is Idempotency.VERIFY:
        found = await deed.verify(command)
        if found.outcome in _HAPPENED:
            return found.reference
    try:
        return (await deed.execute(command)).reference
    except ConnectorError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
    return ""


async def a_lost_answer_is_verified(trial: Trial) -> None:
    """The tool acted and its answer was lost: the outcome is unknown, then found to be done."""
    await _lost(trial, Way.LOSE_ANSWER, _HAPPENED)


async def a_lost_request_is_verified(trial: Trial) -> None:
    """The request was lost before the tool: the outcome is unknown, then found not to be done."""
    await _lost(trial, Way.LOSE_REQUEST, frozenset({Outcome.NOT_DONE}))


async def _lost(trial: Trial, way: Way, expected: frozenset[Outcome]) -> None:
    for scenario in _scenarios(trial):
        if trial.spec(scenario).idempotency is Idempotency.NONE:
            continue
        async with open_bench(trial) as bench:
            deed = await Deed(bench, scenario).prepare()
            await deed.make_way()
            command = await deed.confirmed()
            await bench.fail(Fault(way, writes_only=True))
            try:
                await deed.execute(command)
            except ConnectorError as error:
                if not error.outcome_unknown:
                    raise FailedCheck("outcome_known", action=scenario.id, kind=str(error.kind)) from None
            else:
                raise FailedCheck("outcome_known", action=scenario.id, kind="ok")
            await bench.fail(WORKING)
            found = await deed.verify(command)
            if found.outcome not in expected:
                raise FailedCheck("verified_as", action=scenario.id, outcome=str(found.outcome))


async def a_stale_plan_is_refused(trial: Trial) -> None:
    """What was planned before somebody else's change is refused as a conflict."""
    met = False
    for scenario in _scenarios(trial):
        async with open_bench(trial) as bench:
            deed = await Deed(bench, scenario).prepare()
            if not (await deed.confirmed()).precondition:
                continue
            if not scenario.other_input:
                raise NotExercised("no_other_input", action=scenario.id)
            met = True
            if not scenario.other_action:
                await deed.execute(await deed.confirmed())
            first = await deed.confirmed()
            await deed.other_change()
            try:
                await deed.execute(first)
            except ConnectorError as error:
                if error.kind is not ErrorKind.CONFLICT:
                    raise FailedCheck("stale_is", action=scenario.id, kind=str(error.kind)) from None
            else:
                raise FailedCheck("stale_is", action=scenario.id, kind="ok")
    if not met:
        raise NotApplicable("no_precondition")


async def a_refusal_is_readable(trial: Trial) -> None:
    """What the tool refuses is told in its own words: at most 300 characters, without markup."""
    refusing = [
        one for one in _scenarios(trial) if one.refused_input or one.refused_ids or one.refused_answer
    ]
    if not refusing:
        raise NotExercised("no_refusal")
    for scenario in refusing:
        async with open_bench(trial) as bench:
            deed = await Deed(bench, scenario).prepare()
            command = deed.command(scenario.refused_input or None, ids=scenario.refused_ids or None)
            error = await _refused(deed, command)
            if error.kind not in _TELLS:
                raise FailedCheck("refusal_is", action=scenario.id, kind=str(error.kind))
            sentence = error.user_message
            if not sentence.strip():
                raise FailedCheck("refusal_mute", action=scenario.id)
            if len(sentence) > LONGEST_SENTENCE or "<" in sentence:
                raise FailedCheck("refusal_unreadable", action=scenario.id)


async def _refused(deed: Deed, command: ActionCommand) -> ConnectorError:
    told = deed.scenario.refused_answer
    try:
        plan = await deed.plan(command)
        if told is not None:
            answer = Answer(told.status, {"content-type": told.type}, told.body.encode())
            await deed.bench.fail(replace(instead(answer), writes_only=True))
        await deed.execute(replace(command, precondition=plan.precondition))
    except ConnectorError as error:
        return error
    raise FailedCheck("refusal_is", action=deed.scenario.id, kind="ok")


CHECKS = tuple(
    Check(run.__name__, ConformanceLevel.PLATINUM, run)
    for run in (
        plan_changes_nothing,
        twice_is_once,
        a_lost_answer_is_verified,
        a_lost_request_is_verified,
        a_stale_plan_is_refused,
        a_refusal_is_readable,
    )
)
