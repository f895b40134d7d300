"""The complaints tool's service: one address, every answer with status 200, errors included."""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from avise.demo.tools.complaints.loader import CLIENT, COMPLAINTS, FILE
from avise.demo.tools.prepared_files import ChangeableAnswers

VERSION = "RECLAM 4.11"
USER = "avise"
PATH = "/rpc"
SESSION_S = 900.0
"""A session that is not used for so long is closed."""
MOST_RECORDS = 50
"""Complaints that one call returns at most."""

SESSION_EXPIRED = -32001
WRONG_PASSWORD = -32002
CLIENT_UNKNOWN = -32004
FILE_CHANGED = 9
"""The revision given is no longer that of the file."""
ADDRESS_REFUSED = 17
BAD_REQUEST = -32600
METHOD_UNKNOWN = -32601
BAD_PARAMETERS = -32602


class ServiceError(Exception):
    """An error told in the body.

    Args:
        code: of the tool, or of JSON-RPC 2.0.
        message: what the tool says.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


Parameters = Mapping[str, object]


class ComplaintsService:
    """Answers from the prepared file.

    Args:
        answers: what `Loader` wrote.
        password: of the one account.
        clock: seconds; ages sessions.
    """

    def __init__(
        self, answers: ChangeableAnswers, password: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._answers = answers
        self._password = password
        self._clock = clock
        self._sessions: dict[str, float] = {}
        self._methods: Mapping[str, Callable[[Parameters], object]] = {
            "session.ouvrir": self._open_session,
            "service.version": self._version,
            "reclamations.chercher": self._search,
            "client.lire": self._read_client,
            "client.changerAdresse": self._change_address,
        }

    def application(self) -> Starlette:
        """Return the web application."""
        return Starlette(routes=[Route(PATH, self._answer, methods=["POST"])])

    async def end_sessions(self) -> None:
        """Close every session at once, as when the service is started anew."""
        self._sessions.clear()

    async def _answer(self, request: Request) -> Response:
        try:
            asked = json.loads(await request.body())
        except ValueError:
            return _error(None, -32700, "Parse error")
        if not isinstance(asked, dict):
            return _error(None, BAD_REQUEST, "Invalid Request")
        try:
            result = self._call(asked)
        except ServiceError as error:
            return _error(asked.get("id"), error.code, error.message)
        return JSONResponse({"jsonrpc": "2.0", "id": asked.get("id"), "result": result})

    def _call(self, asked: Mapping[str, object]) -> object:
        method = self._methods.get(str(asked.get("method")))
        parameters = asked.get("params")
        if method is None:
            raise ServiceError(METHOD_UNKNOWN, "Méthode inconnue")
        if not isinstance(parameters, dict):
            raise ServiceError(BAD_PARAMETERS, "Paramètres nommés attendus")
        return method(parameters)

    def _open_session(self, parameters: Parameters) -> object:
        known = str(parameters.get("utilisateur")) == USER
        given = str(parameters.get("motDePasse")).encode()
        if not known or not hmac.compare_digest(given, self._password.encode()):
            raise ServiceError(WRONG_PASSWORD, "Utilisateur ou mot de passe inconnu")
        token = secrets.token_hex(12)
        self._sessions[token] = self._clock()
        return {"jeton": token, "dureeS": SESSION_S}

    def _check_session(self, parameters: Parameters) -> None:
        token, now = str(parameters.get("jeton")), self._clock()
        if now - self._sessions.get(token, float("-inf")) > SESSION_S:
            self._sessions.pop(token, None)
            raise ServiceError(SESSION_EXPIRED, "Session expirée, reconnectez-vous")
        self._sessions[token] = now

    def _version(self, parameters: Parameters) -> object:
        self._check_session(parameters)
        return {"version": VERSION}

    def _search(self, parameters: Parameters) -> object:
        self._check_session(parameters)
        key = parameters.get("client")
        start, count = parameters.get("debut", 0), parameters.get("nombre", MOST_RECORDS)
        if not isinstance(key, str) or not isinstance(start, int) or not isinstance(count, int):
            raise ServiceError(BAD_PARAMETERS, "Paramètres incorrects")
        client = self._answers.answer(CLIENT, key)
        if client is None:
            raise ServiceError(CLIENT_UNKNOWN, f"Client {key} inconnu")
        head = json.loads(client.body)
        page = self._answers.entries(COMPLAINTS, key, start, max(0, min(count, MOST_RECORDS)))
        return {
            "client": {name: value for name, value in head.items() if name != "nbReclamations"},
            "total": head["nbReclamations"],
            "reclamations": [entry for _, entry in page],
        }

    def _read_client(self, parameters: Parameters) -> object:
        self._check_session(parameters)
        return self._file(parameters)

    def _change_address(self, parameters: Parameters) -> object:
        self._check_session(parameters)
        file = self._file(parameters)
        if str(parameters.get("revision")) != str(file["revision"]):
            raise ServiceError(FILE_CHANGED, "La fiche a été modifiée depuis votre lecture")
        address = {
            name: str(parameters.get(name) or "").strip() for name in ("voie", "codePostal", "commune")
        }
        if not all(address.values()):
            raise ServiceError(ADDRESS_REFUSED, "Adresse incomplète")
        if len(address["codePostal"]) != 5 or not address["codePostal"].isdigit():
            raise ServiceError(ADDRESS_REFUSED, "Code postal <b>incorrect</b>")
        revision = file["revision"] + 1
        command = str(parameters.get("commande") or "")
        changed = {**file, "adresse": address, "revision": revision, "derniereCommande": command}
        self._answers.change(FILE, file["client"]["code"], changed)
        return {"accuse": f"ADR-{revision:04d}", "revision": revision}

    def _file(self, parameters: Parameters) -> dict[str, Any]:
        key = parameters.get("client")
        file = self._answers.value(FILE, key) if isinstance(key, str) else None
        if file is None:
            raise ServiceError(CLIENT_UNKNOWN, f"Client {key} inconnu")
        return file


def _error(call: object, code: int, message: str) -> Response:
    return JSONResponse({"jsonrpc": "2.0", "id": call, "error": {"code": code, "message": message}})
