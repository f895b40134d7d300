"""`Idempotency-Key`: a request sent twice is done once, and answered twice (IETF draft, 07)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

KEY_HEADER = "idempotency-key"
REPLAYED = {"Idempotency-Replayed": "true"}
_LONGEST_KEY = 64


class KeyedRequests:
    """Remembers what was answered to each key, for the time of the run.

    Args:
        refuse: makes the tool's own error out of a status and a code.
    """

    def __init__(self, refuse: Callable[[HTTPStatus, str], Response]) -> None:
        self._refuse = refuse
        self._answered: dict[str, tuple[str, Response]] = {}

    async def once(self, request: Request, act: Callable[[bytes], Awaitable[Response]]) -> Response:
        """Act, unless the key was seen: then answer as the first time.

        A refusal is not remembered: the same request may succeed once its cause is gone.
        """
        key = request.headers.get(KEY_HEADER, "")
        if not key or len(key) > _LONGEST_KEY:
            return self._refuse(HTTPStatus.BAD_REQUEST, "CLE-001")
        body = await request.body()
        mark = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body).hexdigest()
        if key in self._answered:
            before, answer = self._answered[key]
            if before != mark:
                return self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "CLE-002")
            headers = {**answer.headers, **REPLAYED}
            return Response(answer.body, answer.status_code, headers)
        answer = await act(body)
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            self._answered[key] = (mark, answer)
        return answer
