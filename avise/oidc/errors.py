"""What may go wrong between Avise and the house's identity provider."""

from __future__ import annotations

from avise.models.errors import AviseError
from avise.transport.faults import key_of

UNREACHABLE = "oidc.provider_unreachable"


class ProviderError(AviseError):
    """The identity provider could not be asked, or answered what cannot be used.

    Args:
        message_key: `oidc.provider_unreachable`, `oidc.provider_answer`, `oidc.provider_insecure`, or
            `transport.…` when a certificate or a proxy is why.
        detail: a word for support, written by our code.
        params: of the sentence.
    """

    def __init__(self, message_key: str, detail: str = "", **params: str) -> None:
        super().__init__(message_key, **params)
        self.detail = detail

    @property
    def by_the_way(self) -> bool:
        """Whether a certificate or a proxy stands between us and the provider: IT has something to mend."""
        return self.message_key == key_of(self.detail)

    @property
    def unanswered(self) -> bool:
        """Whether the provider said nothing: another try may get an answer."""
        return self.message_key == UNREACHABLE or self.by_the_way


def unreachable(detail: str) -> ProviderError:
    """Return the error of a provider that does not answer."""
    return ProviderError(UNREACHABLE, detail)


def barred(word: str, host: str) -> ProviderError:
    """Return the error of a provider to which a certificate or a proxy bars the way.

    Args:
        word: of `transport.faults`.
        host: of the provider.
    """
    return ProviderError(key_of(word), word, source=host)


class SignInError(AviseError):
    """A sign-in that did not end with somebody signed in: refused, abandoned, or not possible here."""

    def __init__(self, message_key: str, detail: str = "") -> None:
        super().__init__(message_key)
        self.detail = detail
