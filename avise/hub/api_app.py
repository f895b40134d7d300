"""The hub over HTTP: the application that each process of `avise hub serve` runs (FastAPI, stateless).

The calls of workstations are plain routes, read and answered by `avise.hub.http_values`; those of other
applications, under `/v360`, describe themselves in OpenAPI.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from avise.hub import api_check_outs, api_directory, api_sign_in, api_staff
from avise.hub.api_answers import Guard, refusal
from avise.hub.api_parts import Parts
from avise.hub.api_v360 import v360_application
from avise.hub.http_reading import MalformedError
from avise.hub.port import HubError
from avise.models.errors import AviseError

Opening = Callable[[], AbstractAsyncContextManager[Parts]]
"""Opens what a process is made of, on the loop that it will run on."""


class HubApplication(Guard):
    """The hub over HTTP, for a server to run.

    Args:
        opening: opened when the process starts, closed when it stops.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._parts: Parts | None = None
        v360 = v360_application()
        app = FastAPI(
            lifespan=self._lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
        )
        for room in (api_sign_in, api_staff, api_check_outs, api_directory):
            app.router.routes.extend(room.ROUTES)
        app.mount("/v360", v360)
        for each in (app, v360):
            each.add_exception_handler(HTTPException, _no_call)
            each.add_exception_handler(AviseError, _refused)
        self._applications = (app, v360)
        super().__init__(app)

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        del app
        async with self._opening() as parts:
            self._parts = parts
            for each in self._applications:
                each.state.parts = parts
            try:
                yield
            finally:
                await parts.pokes.aclose()

    def end_streams(self) -> None:
        """End every stream: the process is about to stop."""
        if self._parts is not None:
            self._parts.pokes.close()


async def _no_call(request: Request, error: Exception) -> Response:
    del request
    if not isinstance(error, HTTPException) or error.status_code not in (404, 405):
        return refusal(MalformedError())
    told = refusal(HubError("hub.no_call"), error.status_code)
    told.headers.update(error.headers or {})
    return told


async def _refused(request: Request, error: Exception) -> Response:
    del request
    return refusal(error if isinstance(error, AviseError) else HubError("hub.internal"))
