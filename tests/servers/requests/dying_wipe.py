"""A laptop that dies while it erases itself.

python tests/servers/requests/dying_wipe.py PROFILE STEP
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from avise.engine import wiping
from avise.engine.at_contact import AtContact
from avise.engine.engine import Engine
from avise.engine.wiping import Wiping
from avise.env import SystemEnv
from avise.services.profile import load_profile

STEPS = ("marked", "begun", "pushed", "keys gone", "some files gone", "files gone", "told")


def die(*_: object, **__: object) -> Any:  # noqa: ANN401 - stands for anything
    """Die as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def dies_after(owner: Any, name: str) -> None:  # noqa: ANN401 - a class or a module
    """Have a step be the last thing that happens."""
    step: Callable[..., Any] = getattr(owner, name)

    async def last(*arguments: Any, **keywords: Any) -> None:  # noqa: ANN401 - as the step
        await step(*arguments, **keywords)
        die()

    def last_now(*arguments: Any, **keywords: Any) -> None:  # noqa: ANN401 - as the step
        step(*arguments, **keywords)
        die()

    setattr(owner, name, last if step.__code__.co_flags & 0x80 else last_now)


def arm(step: str) -> None:
    """Prepare the death."""
    match step:
        case "marked":
            dies_after(Wiping, "_write")
        case "begun":
            dies_after(Wiping, "begin")
        case "pushed":
            dies_after(AtContact, "_wipe")
        case "keys gone":
            dies_after(Wiping, "_forget_keys")
        case "some files gone":
            deleting = wiping._delete_all

            def some(paths: Any) -> bool:  # noqa: ANN401 - as the step
                found = list(paths)
                if len(found) < 3:
                    return deleting(found)
                deleting(found[:2])
                die()
                return False

            wiping._delete_all = some
        case "files gone":
            Wiping._tell = die  # type: ignore[method-assign]
        case "told":
            dies_after(Wiping, "_tell")


def main(folder: Path, step: str) -> None:
    """Serve a profile until the hub has it erased."""
    arm(step)
    over = threading.Event()
    engine = Engine(load_profile(folder, device=""), SystemEnv(), at_desk=True)
    engine.on_over = over.set
    engine.start()
    sync = engine.requests.sync if engine.requests is not None else None
    assert sync is not None
    until = time.monotonic() + 60
    while not over.wait(0.1) and time.monotonic() < until:
        engine.thread.loop.call_soon_threadsafe(sync.poke)
    engine.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
