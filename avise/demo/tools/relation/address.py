"""Another address in the relation tool; it leaves a line in the thread, and moves the contact's city."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from avise.demo.tools.keyed_requests import KEY_HEADER, KeyedRequests
from avise.demo.tools.prepared_files import ChangeableAnswers
from avise.demo.tools.relation.loader import ADDRESS, CONTACT, EXCHANGES, MEMBER_SPACE


class ContactAddress:
    """Reads and replaces the address of a contact.

    Args:
        answers: what the tool serves.
        now: gives the time, aware.
    """

    def __init__(self, answers: ChangeableAnswers, now: Callable[[], datetime]) -> None:
        self._answers = answers
        self._now = now
        self._keyed = KeyedRequests(refused)
        self._operations = 0

    async def read(self, request: Request) -> Response:
        """Answer `GET /contacts/{contact}/address`."""
        found = self._answers.answer(ADDRESS, request.path_params["contact"])
        if found is None:
            return refused(HTTPStatus.NOT_FOUND, "contact")
        return Response(found.body, media_type="application/json")

    async def replace(self, request: Request) -> Response:
        """Answer `PUT /contacts/{contact}/address`."""
        contact, key = request.path_params["contact"], request.headers.get(KEY_HEADER, "")

        async def act(body: bytes) -> Response:
            return self._replace(contact, key, body)

        return await self._keyed.once(request, act)

    def _replace(self, contact: str, key: str, body: bytes) -> Response:
        known = self._answers.value(ADDRESS, contact)
        if known is None:
            return refused(HTTPStatus.NOT_FOUND, "contact")
        address = _address_in(body)
        if address is None:
            message = "Adresse refusée : ligne, cp et ville sont attendus, le code postal sur cinq chiffres."
            return refused(HTTPStatus.BAD_REQUEST, "adresse", message)
        self._answers.change(ADDRESS, contact, {**known, **address, "operation": key})
        self._move(contact, str(address["ville"]))
        self._operations += 1
        number = f"op-{self._operations:05d}"
        self._answers.add(EXCHANGES, contact, self._exchange(number, str(address["ville"])))
        return JSONResponse({"operation": number, "statut": "PRISE_EN_COMPTE"})

    def _move(self, contact: str, city: str) -> None:
        """Show the new city wherever the tool tells who the contact is."""
        person = self._answers.value(CONTACT, contact)
        if person is not None:
            self._answers.change(CONTACT, contact, {**person, "ville": city})
        space = self._answers.value(MEMBER_SPACE, contact)
        if space is not None:
            self._answers.change(
                MEMBER_SPACE, contact, {**space, "contact": {**space["contact"], "ville": city}}
            )

    def _exchange(self, number: str, city: str) -> Mapping[str, object]:
        return {
            "id": number,
            "date": self._now().isoformat(timespec="seconds"),
            "canal": "ESPACE",
            "sens": "I",
            "titre": "Adresse postale modifiée",
            "resume": f"Nouvelle adresse à {city}",
            "statut": None,
            "auteur": "Avise",
            "motif": None,
            "dureeS": None,
            "attenteS": None,
            "corps": None,
        }


def refused(status: HTTPStatus, what: str, message: str = "") -> Response:
    """Return an error as the tool tells it."""
    told = {"error": status.phrase, "what": what}
    return JSONResponse({**told, "message": message} if message else told, status)


def _address_in(body: bytes) -> Mapping[str, Any] | None:
    """Read an address, None when it is not one."""
    try:
        asked = json.loads(body)
        address = {name: asked[name].strip() for name in ("ligne", "cp", "ville")}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    whole = all(address.values()) and len(address["cp"]) == 5 and address["cp"].isdigit()
    return address if whole else None
