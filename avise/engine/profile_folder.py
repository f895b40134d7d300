"""Where a user's own profile is on this machine."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def default_profile_folder() -> Path:
    """Return the profile of this user on this machine."""
    return platformdirs.user_data_path("avise", appauthor=False) / "profile"
