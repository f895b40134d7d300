"""A request that is being written, as it is kept from one pause to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid5

from avise.models.customer import PersonId

TARGET = "new"
"""Name under which the text is kept, beside those of replies."""

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What somebody typed of a new request, and what they ticked."""

    type: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """What was typed over what is known; the rest is read again."""
    words: str = ""
    documents: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    channel: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it would be missed."""
        return not (any(self.values.values()) or self.words.strip() or self.documents or self.files)


def draft_key(person: PersonId | None) -> UUID:
    """Return under which identity the draft of a new request about somebody is kept."""
    return uuid5(person or _NOBODY, "new request")


def draft_text(draft: RequestDraft) -> str:
    """Return a draft as it is kept; "" when there is nothing to keep."""
    if draft.is_empty:
        return ""
    told = {
        "type": draft.type,
        "values": dict(draft.values),
        "words": draft.words,
        "documents": list(draft.documents),
        "files": [str(path) for path in draft.files],
        "channel": draft.channel,
    }
    return json.dumps(told, ensure_ascii=False)


def read_draft(kept: str) -> RequestDraft:
    """Return what `draft_text` wrote; anything else is an empty draft."""
    try:
        told = json.loads(kept) if kept else {}
        return RequestDraft(
            str(told.get("type", "")),
            {str(name): str(value) for name, value in dict(told.get("values", {})).items()},
            str(told.get("words", "")),
            tuple(str(code) for code in told.get("documents", ())),
            tuple(Path(str(name)) for name in told.get("files", ())),
            str(told.get("channel", "")),
        )
    except (ValueError, TypeError, AttributeError):
        return RequestDraft()
