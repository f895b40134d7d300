"""The colours of the design language, by role, as `resources/themes/tokens.json` lists them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from avise.resources import resource_folder


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme."""

    name: str
    """"light", "dark" or "contrast"."""
    colours: Mapping[str, str]
    """`#RRGGBB` by role ("text-2", "warn-bg"…)."""
    series: tuple[str, ...]
    """Charts, in their fixed order."""

    def __getitem__(self, role: str) -> str:
        return self.colours[role]


def load_tokens(name: str) -> Tokens:
    """Return the colours of "light" or "dark".

    Raises:
        KeyError: the file describes no such scheme.
    """
    path = resource_folder("themes") / "tokens.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    return Tokens(name, content[name], tuple(content["series"][name]))


_SURFACES = (
    "bg-app", "bg-surface", "bg-subtle", "bg-sunken", "bg-hover", "bg-chrome", "bg-overlay",
    "ok-bg", "warn-bg", "danger-bg", "info-bg", "note-bg", "neutral-bg",
)  # fmt: skip
_INKS = (
    "border-subtle", "border", "border-control", "text", "text-2", "text-3", "accent-text", "focus",
    "ok", "warn", "danger", "info", "note", "neutral",
    "ok-solid", "warn-solid", "danger-solid", "info-solid", "note-solid", "neutral-solid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SystemColours:
    """What a contrast theme of the system imposes."""

    background: str
    text: str
    disabled: str
    highlight: str
    on_highlight: str
    link: str


def contrast_tokens(system: SystemColours) -> Tokens:
    """Return the roles of a contrast theme: no tint, the system's colours, states told by icon and word."""
    colours = dict.fromkeys(_SURFACES, system.background) | dict.fromkeys(_INKS, system.text)
    colours |= dict.fromkeys(("accent", "accent-hover", "accent-press"), system.highlight)
    colours |= {
        "bg-selected": system.background,
        "accent-bg": system.background,
        "on-accent": system.on_highlight,
        "accent-text": system.link,
        "focus": system.highlight,
        "text-disabled": system.disabled,
    }
    return Tokens("contrast", colours, (system.text,) * 6)
