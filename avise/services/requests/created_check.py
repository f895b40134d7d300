"""What the hub looks at in a request that is created: its type is known, and nothing in its form malformed.

What is missing is the desk's to ask: a request from a social network, or from a version of Avise with
another form of the type, is taken as it is rather than lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from avise.env import Env
from avise.models.json_types import JSON
from avise.models.request_checks import is_empty, problem_in
from avise.models.request_rules import Refusal
from avise.models.request_types import RequestBook
from avise.texts.formats import local


def created_check(book: RequestBook, env: Env) -> Callable[[Mapping[str, JSON]], str]:
    """Return what says why the body of a created request is refused, "" when it is not.

    Args:
        book: the types of requests of this house.
        env: the clock: some fields may not lie in the future.
    """

    def refusal(body: Mapping[str, JSON]) -> str:
        name, fields = body.get("type"), body.get("fields", {})
        kind = book.get(name) if isinstance(name, str) else None
        if kind is None:
            return Refusal.UNKNOWN_TYPE.value
        if not isinstance(fields, Mapping):
            return Refusal.MALFORMED.value
        today = local(env.now()).date()
        filled = ((each, fields.get(each.id)) for each in kind.fields)
        wrong = any(not is_empty(value) and problem_in(each, value, today) for each, value in filled)
        return Refusal.MALFORMED.value if wrong else ""

    return refusal
