"""The customer's screen in a real X11 window, until what is pressed from outside has been done."""

from __future__ import annotations

import asyncio
import sys

import qasync

from avise.texts import set_language
from avise.ui.application import make_application
from avise.ui.theme import Scheme, theme
from tests.ui.accessibility.screens import SCREENS, full_desk
from tests.ui.outbox.acting_window import acting_window

SECONDS = 120
"""A reader that does not come is not waited for longer."""


def say(words: str) -> None:
    """Tell the test."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


async def shown() -> None:
    """Show the screen; end when the outbox was reached by its chip."""
    desk = full_desk()
    async with asyncio.timeout(SECONDS), acting_window(desk) as stage:
        await next(screen for screen in SCREENS if screen.name == "customer").reach(stage, desk)
        say("ready")
        while stage.window.page_name != "outbox":  # noqa: ASYNC110 - asked from another process
            await asyncio.sleep(0.02)
        say("outbox shown")


if __name__ == "__main__":
    set_language("fr")
    application = make_application()
    theme().set_scheme(Scheme.LIGHT)
    theme().apply_to(application)
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        runner.run(shown())
