"""What the window imports for the day loads none of the engine's libraries."""

from __future__ import annotations

import subprocess
import sys


def test_the_window_reads_them_without_the_libraries_of_the_engine() -> None:
    heavy = "phonenumbers stdnum pydantic sqlalchemy avise.connectors avise.store"
    code = (
        "import sys, avise.services.day_values, avise.ui.day_bridge, avise.services.day_desk\n"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
