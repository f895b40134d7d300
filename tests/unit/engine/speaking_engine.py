"""An engine whose settings are sentences: shows in which language the other process writes.

python tests/unit/engine/speaking_engine.py
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from avise.engine.serving import main
from avise.engine.starting_desk import StartingDesk
from avise.models.customer import PersonId
from avise.models.desk_memory import Draft
from avise.services.desk import Desk
from avise.texts import text


class SpeakingDesk(StartingDesk):
    """Answers the sentence of the catalogue in place of the setting."""

    async def setting(self, key: str) -> str:
        """Return a sentence."""
        return text(key)

    async def draft(self, person: PersonId) -> Draft | None:
        """Return something that does not cross."""
        return Draft(person, lambda: None, datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]


def _speaking(desk: Desk) -> Desk:
    return SpeakingDesk(desk.session, asyncio.get_running_loop())


if __name__ == "__main__":
    sys.exit(main(_speaking))
