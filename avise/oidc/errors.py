"""What may go wrong between Avise and the house's identity provider."""

from __future__ import annotations

from avise.models.errors import AviseError


class ProviderError(AviseError):
    """The identity provider could not be asked, or answered what cannot be used.

    Args:
        message_key: `hub.provider_unreachable`, `hub.provider_answer` or `hub.provider_insecure`.
        detail: a word for support, written by our code.
    """

    def __init__(self, message_key: str, detail: str = "") -> None:
        super().__init__(message_key)
        self.detail = detail


class SignInError(AviseError):
    """A sign-in that did not end with somebody signed in: refused, abandoned, or not possible here."""

    def __init__(self, message_key: str, detail: str = "") -> None:
        super().__init__(message_key)
        self.detail = detail
