"""What a connector file says of an IMAP mailbox, in `[options]`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.placeholders import parse_template
from avise.connectors.declarative.values import Name, Section, Text

_CUSTOMER = "customer."


def _one_identifier(text: str) -> str:
    template = parse_template(text)
    alone = len(template.names) == 1 and not any(template.literals)
    if not alone or not template.names[0].startswith(_CUSTOMER):
        raise PydanticCustomError("invalid_value", "not one identifier of the customer", {"value": text})
    return text


AddressesText = Annotated[Text, AfterValidator(_one_identifier)]
"""The customer's identifier that holds their e-mail addresses: "{customer.mail.addresses}"."""


class ServerSection(Section):
    """Where the mailbox is, and as whom it is read."""

    host: Text
    port: Text = "993"
    security: Text = "tls"
    """"tls" from the first byte (993), or "starttls" (143); nothing else is spoken."""
    user: Text
    secret: Name
    """The secret of `[config]` that is the account's password."""
    ca_file: Text | None = None
    """Certificates (PEM) that are trusted besides the system's; a value that is not filled adds none."""


class ImapOptions(Section):
    """The whole of `[options]`."""

    server: ServerSection
    addresses: AddressesText
    """Several are separated by spaces, commas or semicolons."""
    folders: list[Annotated[str, Field(min_length=1)]] = Field(default=["INBOX"], min_length=1)
    most: Annotated[int, Field(ge=1, le=10_000)] = 500
    """Letters of one reading, the newest; more make it truncated."""
    past_days: Annotated[int, Field(ge=1, le=36_600)] | None = None
    """Letters that arrived earlier are not looked for, and the reading says that it is truncated."""

    @property
    def scheme(self) -> str:
        """The scheme of the identifier that holds the addresses."""
        return parse_template(self.addresses).names[0].removeprefix(_CUSTOMER)
