"""The same words for what the HTTP library raises."""

from __future__ import annotations

import httpx2

from avise.transport.faults import PROXY_SILENT, proxy_refusal, word_of


def word_of_web(error: BaseException, *, through_proxy: bool) -> str:
    """Return the word for a request that failed, "" when neither certificate nor proxy is why.

    Args:
        error: what the library raised.
        through_proxy: whether the request went through one: the connection is then the proxy's.
    """
    if isinstance(error, httpx2.ProxyError):
        status = str(error).partition(" ")[0]
        return proxy_refusal(int(status) if status.isascii() and status.isdigit() else 0)
    word = word_of(error)
    if not word and through_proxy and isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return PROXY_SILENT
    return word
