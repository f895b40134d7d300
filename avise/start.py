"""The start of the window: who may open the profile, then a frame on screen, then everything else.

Only what those two steps need is imported here; `avise.app` brings the rest behind the frame.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from avise.engine.engine_child import start_engine_child
from avise.env import SystemEnv
from avise.models.errors import AlreadyToldError, AviseError
from avise.services.profile import Profile, load_profile
from avise.store.profile_lock import ProfileInUseError, ProfileLock, send_to_running
from avise.texts import text


def run_window(
    folder: Path | None, *, call_url: str | None, check_start: bool, share: tuple[int, int] = (1, 1)
) -> int:
    """Show the window of a profile; return the exit status.

    A second start on the same profile hands its call over to the first and ends.

    Args:
        folder: of the profile; the user's own when None.
        call_url: a call announced by a softphone.
        check_start: quit as soon as everything has started.
        share: which of how many windows that a demonstration opens together.

    Raises:
        AviseError: the profile cannot be used; the sentence says what to do.
    """
    env = SystemEnv()
    try:
        profile, lock = _admitted(folder, call_url or "", env)
    except AviseError as error:
        if not check_start and _only_a_box_is_seen():
            from avise.app import tell_without_window  # noqa: PLC0415 - only for this failure

            _tell_on_stderr(error)
            tell_without_window(error)
            raise AlreadyToldError(error.message_key, **error.params) from None
        raise
    if lock is None:
        return 0
    # Imports what it needs while this process imports Qt.
    child = start_engine_child()
    from avise.ui.application import make_application  # noqa: PLC0415 - Qt, once the profile is ours
    from avise.ui.first_frame import show_first_frame  # noqa: PLC0415

    application = make_application()
    frame = show_first_frame(application, share)
    from avise.app import Opening, open_window  # noqa: PLC0415 - imported behind the frame
    from avise.engine.engine_process import EngineProcess  # noqa: PLC0415 - likewise

    opening = Opening(
        profile, env, lock, EngineProcess(child), call_url or "", check_start=check_start, share=share
    )
    return open_window(application, frame, opening)


def _tell_on_stderr(error: AviseError) -> None:
    """Write the sentence before the box that waits: a softphone's log, or a script, keeps it."""
    if sys.stderr is None:
        return
    sentence = text(error.message_key, **error.params)
    sys.stderr.write(text("cli.error", sentence=sentence) + "\n")
    sys.stderr.flush()


def _only_a_box_is_seen() -> bool:
    """Say whether a sentence on the error output would be read by nobody, and a box can be shown."""
    if sys.stderr is not None and sys.stderr.isatty():
        return False
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _admitted(folder: Path | None, call_url: str, env: SystemEnv) -> tuple[Profile, ProfileLock | None]:
    """Return the profile and its lock; no lock when another window has taken the call over."""
    if folder is None:
        from avise.engine.profile_folder import default_profile_folder  # noqa: PLC0415 - rarely needed

        folder = default_profile_folder()
    profile = load_profile(folder, device="")
    if call_url:
        from avise.services.call_links import read_call_link  # noqa: PLC0415 - rarely needed

        read_call_link(call_url)
    lock = ProfileLock(profile.folder, env)
    return profile, lock if _taken(lock, profile.folder, [call_url] if call_url else []) else None


def _taken(lock: ProfileLock, folder: Path, arguments: Sequence[str]) -> bool:
    """Take the profile; False when another window holds it and has taken the arguments."""
    try:
        lock.take()
    except ProfileInUseError:
        if send_to_running(folder, arguments):
            return False
        raise
    return True
