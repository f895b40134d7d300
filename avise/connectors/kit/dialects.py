"""Gold for tools with a protocol of their own over HTTP: SOAP, JSON-RPC, Tryton's calls, and any XML."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from avise.connectors.contract import ConnectorError
from avise.connectors.kit.bench import Bench, need_http, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.faults import WORKING, Change, Fault, changing
from avise.connectors.kit.gold import FaultCase, failing, judge
from avise.connectors.kit.known_records import found
from avise.connectors.kit.messages import Answer, Request, json_answer
from avise.connectors.kit.pages import place_of
from avise.connectors.kit.proxy import Seen, nobody
from avise.connectors.kit.scenarios import Known
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

TOLD = frozenset(ErrorKind) - {ErrorKind.BUG, ErrorKind.OFFLINE}
"""An error of the tool, whatever word the connector found for it; never our own defect."""
_BAD = frozenset({ErrorKind.BAD_DATA})
LOGIN = "common.db.login"
"""The method by which one signs in at a Tryton server."""

Speaks = Callable[[Seen], bool]


def speaks_soap(seen: Seen) -> bool:
    """Tell whether an answer is a SOAP envelope."""
    return seen.answer is not None and seen.answer.is_xml and b"Envelope" in seen.answer.body[:500]


def speaks_xml(seen: Seen) -> bool:
    """Tell whether an answer is XML."""
    return seen.answer is not None and seen.answer.is_xml


def speaks_calls(seen: Seen) -> bool:
    """Tell whether a request is a JSON-RPC call, of whatever version."""
    return not place_of(seen.request).endswith("#")


def speaks_tryton(seen: Seen) -> bool:
    """Tell whether a request is a call in a session of a Tryton server (trytond/protocols)."""
    return speaks_calls(seen) and seen.request.headers.get("authorization", "").startswith("Session ")


async def _warmed(trial: Trial, bench: Bench, speaks: Speaks) -> tuple[str, Known]:
    """Return a reading whose tool speaks so, and a customer who has records in it.

    Raises:
        NotApplicable: none does.
        NotExercised: one does, or may do, and no record of it can be shown.
    """
    need_http(bench)
    if not trial.readings():
        raise NotExercised("no_reading")
    untold: NotExercised | None = None
    for reading in trial.readings():
        await bench.fail(WORKING)
        try:
            known, _ = await found(bench, reading)
        except NotExercised as nothing:
            if not bench.seen or any(speaks(one) for one in bench.seen):
                untold = untold or nothing
            continue
        if any(speaks(one) for one in bench.seen):
            bench.hurry()
            return reading, known
    raise untold or NotApplicable("speaks_otherwise")


async def _each(trial: Trial, speaks: Speaks, cases: Sequence[tuple[Change, frozenset[ErrorKind]]]) -> None:
    for change, kinds in cases:
        async with open_bench(trial) as bench:
            reading, known = await _warmed(trial, bench, speaks)
            case = _case(changing(change), kinds)
            judge(reading, await failing(bench, reading, known, case.fault(trial.env)), case)


def _case(fault: Fault, kinds: frozenset[ErrorKind]) -> FaultCase:
    return FaultCase(lambda _: fault, kinds, times=2)


# ---- SOAP ------------------------------------------------------------------------------------------


def _fault(status: int) -> Change:
    def change(_: Request, answer: Answer) -> Answer:
        one_two = b"http://www.w3.org/2003/05/soap-envelope" in answer.body
        return Answer(status, dict(answer.headers), (_FAULT_12 if one_two else _FAULT_11).encode())

    return change


_FAULT_11 = (
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault>"
    "<faultcode>s:Server</faultcode><faultstring>panne</faultstring></s:Fault></s:Body></s:Envelope>"
)
_FAULT_12 = (
    "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><s:Fault>"
    "<s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang='fr'>panne</s:Text></s:Reason>"
    "</s:Fault></s:Body></s:Envelope>"
)
"""SOAP 1.1, 4.4, and SOAP 1.2 part 1, 5.4."""


def _in_another_type(_: Request, answer: Answer) -> Answer:
    return Answer(answer.status, {**answer.headers, "content-type": "text/plain"}, answer.body)


def _without_body(_: Request, answer: Answer) -> Answer:
    body = re.sub(rb"<((?:\w+:)?Body)\b[^>]*>.*</\1>", rb"<\1></\1>", answer.body, flags=re.DOTALL)
    return answer.with_body(body)


async def soap_faults_are_told(trial: Trial) -> None:
    """A fault is an error whatever its status; what is no envelope, or an empty one, is no empty answer."""
    cases = ((_fault(200), TOLD), (_fault(500), TOLD), (_in_another_type, _BAD), (_without_body, _BAD))
    await _each(trial, speaks_soap, cases)


# ---- calls -----------------------------------------------------------------------------------------


def _replying(**reply: JSON) -> Change:
    """Return the change that answers every call so, under its own number unless told otherwise."""

    def change(request: Request, _: Answer) -> Answer:
        call = json.loads(request.body)
        version = {"jsonrpc": "2.0"} if "jsonrpc" in call else {}
        return json_answer({**version, "id": call.get("id"), **reply})

    return change


def _of_another_call(request: Request, answer: Answer) -> Answer:
    del request
    value = answer.json()
    return json_answer({**value, "id": "another"}) if isinstance(value, dict) else answer


async def call_errors_are_told(trial: Trial) -> None:
    """An error in 200, no result, or the answer to another call: each is told, never taken for nothing."""
    failed: JSON = {"code": -32603, "message": "panne"}
    cases = (
        (_replying(error=failed), TOLD),
        (_replying(), _BAD),
        (_replying(result=None), TOLD),
        (_of_another_call, _BAD),
    )
    await _each(trial, speaks_calls, cases)


def _refusing(*error: JSON) -> Change:
    return _replying(error=list(error))


def _session_lost(request: Request, answer: Answer) -> Answer:
    """Refuse the session, and then the password too, with the status 200."""
    if place_of(request).endswith(f"#{LOGIN}"):
        return _refusing("LoginException", ["password", "Mot de passe", "password"])(request, answer)
    return Answer(401, {"content-type": "application/json"}, b"{}")


_PARTY: JSON = ["Vous n'avez pas accès à « KERCANARI ».", "", None]
TRYTON: Mapping[str, tuple[Change, frozenset[ErrorKind]]] = {
    "LoginException": (_refusing("LoginException", ["sms", "Code", "char"]), frozenset({ErrorKind.AUTH})),
    "RateLimitException": (_refusing("RateLimitException", []), frozenset({ErrorKind.RATE_LIMITED})),
    "UserError": (_refusing("UserError", _PARTY), frozenset({ErrorKind.FORBIDDEN, ErrorKind.REJECTED})),
    "UserWarning": (_refusing("UserWarning", ["party", "KERCANARI", ""]), TOLD - {ErrorKind.UNAVAILABLE}),
    "ConcurrencyException": (
        _refusing("ConcurrencyException", "party.party,7"),
        frozenset({ErrorKind.CONFLICT}),
    ),
    "a name of tomorrow": (_refusing("KeyError", "'KERCANARI'"), TOLD),
    "a lost session": (_session_lost, frozenset({ErrorKind.AUTH})),
}
"""What a Tryton server tells in 200 (trytond/exceptions.py, trytond/protocols/jsonrpc.py), by its name."""


async def tryton_refusals_are_told(trial: Trial) -> None:
    """Each of Tryton's own exceptions becomes the right word, a lost session included."""
    await _each(trial, speaks_tryton, tuple(TRYTON.values()))


# ---- entities of XML -------------------------------------------------------------------------------

CANARY = "canari-entite-3d51"
_ROUNDS = 4
_TEXT = re.compile(rb">[^<>&\s][^<>&]*</")


def _with_entity(definition: str) -> Change:
    """Return the change that has an entity, "e", in the place of every text of an XML answer."""

    def change(_: Request, answer: Answer) -> Answer:
        if not answer.is_xml:
            return answer
        body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", answer.body)
        return answer.with_body(f"<!DOCTYPE avise [{definition}]>".encode() + _TEXT.sub(b">&e;</", body))

    return change


def _bomb() -> str:
    """Return entities that become ten times as long in each round."""
    rounds = [f'<!ENTITY e{one} "{f"&e{one - 1};" * 10}">' for one in range(1, _ROUNDS)]
    return f'<!ENTITY e0 "{CANARY * 10}">' + "".join(rounds) + f'<!ENTITY e "&e{_ROUNDS - 1};">'


async def xml_entities_stay_outside(trial: Trial) -> None:
    """Entities in an answer grow into nothing, and no file and no address that they name is read."""
    async with nobody() as other:
        with tempfile.TemporaryDirectory(prefix="avise-kit-") as folder:
            file = Path(folder) / "entity.txt"
            file.write_text(CANARY, "utf-8")
            definitions = (
                _bomb(),
                f'<!ENTITY e SYSTEM "{file.as_uri()}">',
                f'<!ENTITY e SYSTEM "{other.origin}/entity.txt">',
                f'<!ENTITY % p SYSTEM "{other.origin}/entity.dtd"> %p;<!ENTITY e "x">',
            )
            for definition in definitions:
                async with open_bench(trial) as bench:
                    reading, known = await _warmed(trial, bench, speaks_xml)
                    await bench.fail(changing(_with_entity(definition)))
                    if CANARY in await _said(bench, reading, known):
                        raise FailedCheck("entity_expanded", reading=reading)
                if other.seen:
                    raise FailedCheck("entity_fetched", reading=reading)


async def _said(bench: Bench, reading: str, known: Known) -> str:
    """Return all that came of a reading, as text."""
    try:
        answer = await bench.raw(reading, known.ids)
    except ConnectorError as error:
        if error.kind is ErrorKind.BUG:
            raise FailedCheck("kind_is", reading=reading, kind="bug", expected="bad_data") from None
        return ""
    return " ".join(repr(item) for item in answer.items)


CHECKS = tuple(
    Check(run.__name__, ConformanceLevel.GOLD, run)
    for run in (
        soap_faults_are_told,
        call_errors_are_told,
        tryton_refusals_are_told,
        xml_entities_stay_outside,
    )
)
