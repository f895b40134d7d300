"""The values of `/v360`, as its OpenAPI description shows them to other applications."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from avise.models.interaction import Channel, Direction

LONGEST_REFERENCE = 200

Reference = Annotated[
    StrictStr,
    Field(
        min_length=3,
        max_length=LONGEST_REFERENCE,
        pattern=r"^[A-Za-z0-9_.:@-]+$",
        description="Avise's identifier of the customer's dossier, or `scheme:value` of the house's own"
        " identity master. A social security number is refused.",
        examples=["member_number:0012345678"],
    ),
]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CustomerNumber(_Form):
    """A customer's number in the house's own identity master: in a body, since addresses are kept in logs."""

    scheme: StrictStr = Field(pattern="^[a-z][a-z0-9_]{1,39}$", examples=["member_number"])
    value: StrictStr = Field(
        min_length=1,
        max_length=150,
        pattern=r"^[A-Za-z0-9_.:@-]+$",
        description="A social security number is refused.",
        examples=["0012345678"],
    )


class CustomerIdentity(BaseModel):
    """Avise's identifier of a customer's dossier, the same for ever; it holds nothing of the number."""

    dossier: uuid.UUID


class Refusal(BaseModel):
    """Why a call was refused: a key of the catalogue, and values for its sentence; never personal data."""

    key: str = Field(examples=["hub.malformed"])
    params: dict[str, str] = Field(examples=[{}])


class ApplicationSecret(_Form):
    """What an application shows to get an access token."""

    application: StrictStr = Field(max_length=40, pattern="^[a-z][a-z0-9-]*$", examples=["mobile-app"])
    secret: StrictStr = Field(
        max_length=256, pattern="^[!-~]+$", description="Printed once by `avise hub token add`."
    )


class AccessAnswer(BaseModel):
    """An access token, good for a quarter of an hour."""

    access_token: str
    token_type: str = Field(default="Bearer", examples=["Bearer"])
    expires_in: int = Field(description="Seconds.", examples=[900])


class Contacts(BaseModel):
    """What is known of the exchanges with a customer."""

    count: int = Field(examples=[12])
    last_at: datetime | None
    last_channel: str = Field(examples=["phone_in"])
    repeated_reasons: list[str] = Field(
        description="Reasons for which the customer was in contact twice or more within seven days.",
        examples=[["R01"]],
    )


class OpenRequest(BaseModel):
    """A request to the middle office that is under way."""

    number: str = Field(examples=["D-2026-000187-K"])
    type: str = Field(examples=["REIMB_SEARCH"])
    status: str = Field(examples=["taken"])
    created_at: datetime
    due_at: datetime | None
    legal_due: datetime | None
    sentence: str = Field(
        description="What to tell the customer, in French.",
        examples=["Le service des remboursements s’en occupe ; réponse d’ici le vendredi 27 mars."],
    )


class Requests(BaseModel):
    """A customer's requests to the middle office."""

    open: int
    complaints: int = Field(description="Among those under way.")
    latest: list[OpenRequest] = Field(description="The newest first, twenty at most.")


class ConsentCell(BaseModel):
    """What a customer accepts to be written about, on a channel."""

    purpose: str = Field(examples=["commercial"])
    channel: str = Field(examples=["email"])
    state: Literal["yes", "no"]
    since: str | None = Field(examples=["2026-01-12"])


class Synthesis(BaseModel):
    """A customer, as the shared journal alone tells: figures and codes, no words of anybody."""

    dossier: uuid.UUID
    as_of: datetime
    contacts: Contacts
    requests: Requests
    consents: list[ConsentCell]


class AskedRequest(_Form):
    """A request to the middle office that the interaction calls for."""

    type: StrictStr = Field(max_length=60, examples=["EMAIL_CONTACT"])
    fields: dict[str, StrictStr | StrictInt | StrictBool] = Field(
        default_factory=dict,
        max_length=40,
        description="The form of the type, as its file describes it.",
        examples=[{"subject": "Ma carte", "received_on": "2026-03-24", "words": "Bonjour, …"}],
    )
    words: StrictStr = Field(default="", max_length=4_000)


class PostedInteraction(_Form):
    """One exchange with a customer, kept once for each `source_id` of an application."""

    customer: Reference
    source_id: StrictStr = Field(
        min_length=1, max_length=200, description="The application's own identifier.", examples=["msg-48121"]
    )
    channel: Channel
    direction: Direction
    at: AwareDatetime = Field(
        description="When it happened, with its zone.", examples=["2026-03-24T09:41:00Z"]
    )
    reason: StrictStr = Field(default="", max_length=20, examples=["R01"])
    title: StrictStr = Field(default="", max_length=200)
    summary: StrictStr = Field(default="", max_length=8_000)
    author: StrictStr = Field(default="", max_length=120)
    duration_s: StrictInt | None = Field(default=None, ge=0, lt=86_400 * 7)
    request: AskedRequest | None = None


class InteractionAnswer(BaseModel):
    """What became of a posted interaction."""

    event: uuid.UUID
    received_at: datetime
    known: bool = Field(description="It had been posted before: nothing was added.")
    request: uuid.UUID | None = None
    number: str = Field(default="", description="Of the request.", examples=["D-2026-000188-F"])
