"""What the parties tool can be asked to do: a card again, a certificate, another address or e-mail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from avise.demo.tools.keyed_requests import KeyedRequests
from avise.demo.tools.parties.certificates import EDITED, KINDS, Certificate, certificate_pdf
from avise.demo.tools.prepared_files import ChangeableAnswers

REASONS = frozenset({"PERTE", "VOL", "NONRECUE", "ILLISIBLE", "REFUS"})
LONGEST_LINE = 38
"""Characters in a line of an address (AFNOR NF Z10-011)."""
SENTENCES: Mapping[str, str] = {
    "CARTE-001": "Motif ou support inconnu.",
    "CARTE-002": "Aucune carte active : les droits de l’adhérent ne sont pas ouverts.",
    "CARTE-003": "Aucune adresse e-mail valable : la carte dématérialisée ne peut pas être envoyée.",
    "ATT-001": "Type d’attestation inconnu.",
    "ATT-002": "Les droits de l’adhérent ne sont pas ouverts : aucune attestation de droits.",
    "ATT-003": "Aucun contrat résilié : aucun certificat de radiation.",
    "ATT-004": "Aucun contrat en cours.",
    "ADR-001": "Code postal inconnu.",
    "ADR-002": f"La voie dépasse {LONGEST_LINE} caractères.",
    "ADR-003": "Adresse incomplète.",
    "MEL-001": "Adresse e-mail mal formée.",
}
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_POSTCODE = re.compile(r"(?!00)\d{5}", re.ASCII)
_IN_FORCE = frozenset({"ACT", "SUS", "RIC"})

Lines = list[dict[str, Any]]


class PartyRequests:
    """Changes the answers of the tool as its clients ask.

    Args:
        answers: what the tool serves.
        today: gives the day.
    """

    def __init__(self, answers: ChangeableAnswers, today: Callable[[], date]) -> None:
        self._answers = answers
        self._today = today
        self._keyed = KeyedRequests(refused)
        self._orders = 0
        self._certificates: dict[str, list[Certificate]] = {}
        self._certificate_count = 0

    # ---- cards -------------------------------------------------------------------------------
    async def order_card(self, request: Request) -> Response:
        """Answer `POST /parties/{party}/card-orders`."""

        async def act(body: bytes) -> Response:
            return self._order_card(request.path_params["party"], _read(body))

        return await self._keyed.once(request, act)

    def _order_card(self, party: str, asked: Mapping[str, Any]) -> Response:
        cards = self._answers.value("cards", party)
        if cards is None:
            return refused(HTTPStatus.NOT_FOUND, "PERS-404")
        if asked.get("motif") not in REASONS or asked.get("support") not in {"D", "P"}:
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "CARTE-001")
        active = [line for line in cards["lignes"] if line["etat"] == "A"]
        if not active:
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "CARTE-002")
        digital = asked["support"] == "D"
        if digital and not self._has_email(party):
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "CARTE-003")
        for line in active:
            sent_on = self._today().isoformat() if digital else None
            line |= {"edition": asked["support"], "dtEnvoi": sent_on, "commande": asked.get("commande")}
        self._answers.change("cards", party, cards)
        self._orders += 1
        number = f"CC-{self._orders:06d}"
        # An e-card leaves at once; a card of paper goes to the workshop.
        state = "ENVOYEE" if digital else "EN_FABRICATION"
        return JSONResponse({"numCommande": number, "etat": state, "nbCartes": len(active)}, 201)

    def _has_email(self, party: str) -> bool:
        return any(
            line["typeCoord"] == "MEL" and line["etat"] != "ERR"
            for line in self._lines("contact-points", party)
        )

    # ---- certificates ------------------------------------------------------------------------
    async def issue_certificate(self, request: Request) -> Response:
        """Answer `POST /parties/{party}/attestations`."""

        async def act(body: bytes) -> Response:
            return self._issue(request.path_params["party"], _read(body))

        return await self._keyed.once(request, act)

    def _issue(self, party: str, asked: Mapping[str, Any]) -> Response:
        identity = self._answers.value("identity", party)
        if identity is None:
            return refused(HTTPStatus.NOT_FOUND, "PERS-404")
        kind = asked.get("type")
        if not isinstance(kind, str) or kind not in KINDS:
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "ATT-001")
        contracts = self._lines("contracts", party)
        ended = kind == "RADIATION"
        told = [each for each in contracts if (each["etat"] == "RES" if ended else each["etat"] in _IN_FORCE)]
        cards = [line for line in self._lines("cards", party) if line["etat"] == "A"]
        if kind == "DROITS" and (identity.get("etatDroits") != "OUV" or not cards):
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "ATT-002")
        if not told:
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, "ATT-003" if ended else "ATT-004")
        day = self._today()
        self._certificate_count += 1
        number = f"ATT-{day.year}-{self._certificate_count:06d}"
        pdf = certificate_pdf(kind, number, identity, told, cards, day)
        made = Certificate(number, kind, day, str(asked.get("commande") or ""), pdf)
        self._certificates.setdefault(party, []).append(made)
        return JSONResponse({"numero": number, "etat": EDITED}, 201)

    async def certificates(self, request: Request) -> Response:
        """Answer `GET /parties/{party}/attestations`, those of one command when asked for."""
        party = request.path_params["party"]
        identity = self._answers.value("identity", party)
        if identity is None:
            return refused(HTTPStatus.NOT_FOUND, "PERS-404")
        command = request.query_params.get("commande")
        lines = [made.line() for made in self._certificates.get(party, []) if command in {None, made.command}]
        return JSONResponse({"titulaire": {"numPers": party}, "nb": len(lines), "lignes": lines})

    async def certificate(self, request: Request) -> Response:
        """Answer `GET /parties/{party}/attestations/{number}` with the PDF."""
        made = self._certificates.get(request.path_params["party"], [])
        found = next((each for each in made if each.number == request.path_params["number"]), None)
        if found is None:
            return refused(HTTPStatus.NOT_FOUND, "ATT-404")
        headers = {"Cache-Control": "no-store"}
        return Response(found.pdf, media_type="application/pdf", headers=headers)

    # ---- address -----------------------------------------------------------------------------
    async def change_address(self, request: Request) -> Response:
        """Answer `PUT /parties/{party}/contact-points/address`, if the list is still the one read."""
        return await self._change_points(request, _wrong_address, self._with_address)

    async def change_email(self, request: Request) -> Response:
        """Answer `PUT /parties/{party}/contact-points/email`, if the list is still the one read."""
        return await self._change_points(request, _wrong_email, self._with_email)

    async def _change_points(
        self,
        request: Request,
        wrong_in: Callable[[Mapping[str, Any]], str],
        changed_by: Callable[[Lines, Mapping[str, Any]], Lines],
    ) -> Response:
        party = request.path_params["party"]
        points, known = (
            self._answers.value("contact-points", party),
            self._answers.answer("contact-points", party),
        )
        if points is None or known is None:
            return refused(HTTPStatus.NOT_FOUND, "PERS-404")
        if "if-match" not in request.headers:
            return refused(HTTPStatus.PRECONDITION_REQUIRED, "ADR-428")
        if request.headers["if-match"] != f'"{known.etag}"':
            return refused(HTTPStatus.PRECONDITION_FAILED, "ADR-412")
        asked = _read(await request.body())
        wrong = wrong_in(asked)
        if wrong:
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, wrong)
        changed = changed_by(points["lignes"], asked)
        answer = self._answers.change(
            "contact-points", party, {**points, "nb": len(changed), "lignes": changed}
        )
        return JSONResponse({"etat": "ENREGISTREE"}, headers={"ETag": f'"{answer.etag}"'})

    def _with_address(self, lines: Lines, asked: Mapping[str, Any]) -> Lines:
        words = {"valeur": asked["voie"].strip(), "ville": asked["ville"].strip()}
        return self._with(lines, "ADR", {**words, "codePostal": asked["codePostal"]})

    def _with_email(self, lines: Lines, asked: Mapping[str, Any]) -> Lines:
        return self._with(lines, "MEL", {"valeur": asked["email"].strip(), "ville": None, "codePostal": None})

    def _with(self, lines: Lines, kind: str, words: Mapping[str, Any]) -> Lines:
        """Return a member's points with another value of one kind."""
        place = {"typeCoord": kind, **words, "etat": "OK", "dtEffet": self._today().isoformat()}
        if any(line["typeCoord"] == kind for line in lines):
            return [{**line, **place} if line["typeCoord"] == kind else line for line in lines]
        rank = max((line["idCoord"] for line in lines), default=0) + 1
        return [*lines, {"idCoord": rank, "prefere": "N", **place}]

    def _lines(self, kind: str, party: str) -> Lines:
        found = self._answers.value(kind, party)
        return [] if found is None else found["lignes"]


def refused(status: HTTPStatus, code: str) -> Response:
    """Return an error as the tool tells it: its code, and a sentence."""
    return JSONResponse({"codeErreur": code, "libelle": SENTENCES.get(code, status.phrase)}, status)


def _read(body: bytes) -> Mapping[str, Any]:
    """Read a body; one that is no object is as good as empty."""
    try:
        asked = json.loads(body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _wrong_email(asked: Mapping[str, Any]) -> str:
    """Return the code of what is wrong with an e-mail, "" when nothing is."""
    email = asked.get("email")
    return "" if isinstance(email, str) and _EMAIL.fullmatch(email.strip()) else "MEL-001"


def _wrong_address(asked: Mapping[str, Any]) -> str:
    """Return the code of what is wrong with an address, "" when nothing is."""
    texts = [asked.get(name) for name in ("voie", "codePostal", "ville")]
    if not all(isinstance(value, str) and value.strip() for value in texts):
        return "ADR-003"
    if _POSTCODE.fullmatch(asked["codePostal"]) is None:
        return "ADR-001"
    return "ADR-002" if len(asked["voie"].strip()) > LONGEST_LINE else ""
