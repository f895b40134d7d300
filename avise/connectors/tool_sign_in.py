"""One sign-in of a person at a tool, as a stream: the page or the code to show, then the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from avise.connectors.contract import ConnectorError
from avise.connectors.instance import Instance
from avise.models.errors import AviseError, ErrorKind
from avise.models.tool_sign_in import SignInStep, SignInWay, ToolSignedIn
from avise.oidc.errors import ProviderError, SignInError
from avise.oidc.provider import NO_DEVICE
from avise.oidc.signed_tokens import TokenFault, TokenRefusedError

_SENTENCES = {
    "oidc.sign_in_refused": "tool_sign_in.refused",
    "oidc.sign_in_late": "tool_sign_in.late",
    "oidc.sign_in_port": "tool_sign_in.port",
    "oidc.provider_unreachable": "tool_sign_in.unreachable",
    "oidc.provider_insecure": "tool_sign_in.insecure",
    "oidc.provider_answer": "tool_sign_in.answer",
}
_CLOCK = frozenset({TokenFault.EXPIRED, TokenFault.NOT_YET_VALID})


async def sign_in_steps(tool: Instance, way: SignInWay) -> AsyncGenerator[SignInStep, None]:
    """Yield what the person has to do, then that it is done; closing it abandons the sign-in.

    Args:
        tool: where.
        way: in the browser, or with a code.

    Raises:
        AviseError: `tool_sign_in.…`, with the tool's name.
    """
    tokens = tool.user_tokens
    if tokens is None:
        raise AviseError("tool_sign_in.none", source=tool.name)
    steps: asyncio.Queue[SignInStep | None] = asyncio.Queue()
    signing = asyncio.create_task(tokens.sign_in(steps.put_nowait, way), name=f"sign in at {tool.id}")
    signing.add_done_callback(lambda _task: steps.put_nowait(None))
    try:
        while (step := await steps.get()) is not None:
            yield step
        if signing.cancelled():
            raise AviseError("tool_sign_in.elsewhere", source=tool.name)
        _raise_readable(signing.exception(), tool)
    finally:
        signing.cancel()
        await asyncio.gather(signing, return_exceptions=True)
    await tool.signed_in()
    yield ToolSignedIn()


def _raise_readable(error: BaseException | None, tool: Instance) -> None:
    if error is None:
        return
    key, detail = _meaning(error)
    # The detail is a word of ours: neither a text of the provider, nor an address, nor a token.
    tool.log.warning("sign-in not done", reason=key, detail=detail)
    named = error.params.get("source", tool.name) if isinstance(error, AviseError) else tool.name
    raise AviseError(key, source=named, detail=detail)


def _meaning(error: BaseException) -> tuple[str, str]:
    if isinstance(error, TokenRefusedError):
        return "tool_sign_in.clock" if error.fault in _CLOCK else "tool_sign_in.answer", error.fault
    if isinstance(error, ProviderError) and error.detail == NO_DEVICE:
        return "tool_sign_in.no_code", error.detail
    if isinstance(error, ProviderError) and error.by_the_way:
        return error.message_key, error.detail
    if isinstance(error, SignInError | ProviderError):
        return _SENTENCES.get(error.message_key, "tool_sign_in.answer"), error.detail
    if isinstance(error, ConnectorError):
        key = "misconfigured" if error.kind is ErrorKind.CONFIG else "answer"
        return f"tool_sign_in.{key}", error.detail
    raise error
