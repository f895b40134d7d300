"""Every shortcut, declared once: the palette, the tooltips, the buttons and the list of keys read it here.

The rules of `ui.md` 7: no single letter, no Ctrl+Alt, nothing that AZERTY types with Shift or AltGr;
digits by the physical key, with Alt; keys that a text field needs do not fire inside one. A user may
give a command other keys (`avise.ui.key_rules` says which): one map a process, like the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from avise.texts import language, text


class Scope(StrEnum):
    """Where a shortcut works. Title: catalogue key `shortcut_scope.<scope>`."""

    EVERYWHERE = "everywhere"
    SESSIONS = "sessions"
    CUSTOMER = "customer"
    DAY = "day"
    CALL = "call"
    PALETTE = "palette"
    OUTBOX = "outbox"
    REQUESTS = "requests"
    VISITS = "visits"
    LISTS = "lists"


class InPalette(StrEnum):
    """Whether the palette offers the command, and in which group."""

    NO = "no"
    COMMANDS = "commands"
    CUSTOMER = "customer"
    """Only while a customer's page is shown."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One command and its keys. Label: catalogue key `shortcut.<id>`."""

    id: str
    keys: tuple[str, ...]
    """As Qt writes them ("Ctrl+Shift+T"); the first is the one shown. Empty for a command without keys."""
    scope: Scope
    icon: str = ""
    palette: InPalette = InPalette.NO
    handled_by_view: bool = False
    """The widget with focus handles these keys; they are declared here to be listed."""


_E, _S, _C = Scope.EVERYWHERE, Scope.SESSIONS, Scope.CUSTOMER
_COMMAND, _OF_CUSTOMER = InPalette.COMMANDS, InPalette.CUSTOMER

SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut("palette", ("Ctrl+K",), _E, "search"),
    Shortcut("help", ("F1",), _E, "circle-help", _COMMAND),
    Shortcut("keys", ("Ctrl+F1",), _E, "keyboard", _COMMAND),
    Shortcut("next_zone", ("F6",), _E),
    Shortcut("previous_zone", ("Shift+F6",), _E),
    Shortcut("escape", ("Esc",), _E, handled_by_view=True),
    Shortcut("message", ("F8",), _E),
    Shortcut("undo", ("Ctrl+Z",), _E, "arrow-left", _COMMAND, handled_by_view=True),
    Shortcut("notifications", ("Ctrl+Shift+N",), _E, "bell", _COMMAND),
    Shortcut("discreet", ("Ctrl+Shift+L",), _E, "eye", _COMMAND),
    Shortcut("lock", (), _E, "lock", _COMMAND),
    Shortcut("reconnect_tool", (), _E, "lock", _COMMAND),
    Shortcut("sign_out", (), _E, "log-out", _COMMAND),
    Shortcut("work_offline", (), _E, "cloud-off", _COMMAND),
    Shortcut("work_online", (), _E, "cloud", _COMMAND),
    Shortcut("network", ("Ctrl+Shift+H",), _E, "cloud-off", _COMMAND),
    Shortcut("on_board", (), _E, "hard-drive", _COMMAND),
    Shortcut("packs_prepare", (), _E, "hard-drive", _COMMAND),
    Shortcut("packs_pause", (), _E, "circle-pause", _COMMAND),
    Shortcut("packs_erase", (), _E, "x", _COMMAND),
    Shortcut("packs_code", (), _E, "lock", _COMMAND),
    Shortcut("go_home", ("Ctrl+G, H",), _E, "house", _COMMAND),
    Shortcut("go_customers", ("Ctrl+G, A",), _E, "users", _COMMAND),
    Shortcut("go_requests", ("Ctrl+G, D",), _E, "inbox", _COMMAND),
    Shortcut("go_team", ("Ctrl+G, E",), _E, "clipboard-list", _COMMAND),
    Shortcut("go_visits", ("Ctrl+G, T",), _E, "route", _COMMAND),
    Shortcut("new_request", ("Ctrl+N",), _E, "send", _COMMAND),
    Shortcut("complaint", (), _E, "flag", _COMMAND),
    Shortcut("go_sources", ("Ctrl+G, S",), _E, "database", _COMMAND),
    Shortcut("bulk_decide", (), _E, "database", _COMMAND),
    Shortcut("outbox", ("Ctrl+Shift+O",), _E, "cloud-upload", _COMMAND),
    Shortcut("outbox_compare", (), _E, "git-compare", _COMMAND),
    Shortcut("zoom_in", ("Ctrl+=", "Ctrl++"), _E, "maximize-2", _COMMAND),
    Shortcut("zoom_out", ("Ctrl+-",), _E, "focus", _COMMAND),
    Shortcut("zoom_reset", ("Ctrl+0",), _E, "text", _COMMAND),
    Shortcut("full_screen", ("F11",), _E, "maximize-2", _COMMAND),
    Shortcut("settings", ("Ctrl+,",), _E, "settings", _COMMAND),
    Shortcut("theme_light", (), _E, "lightbulb", _COMMAND),
    Shortcut("theme_dark", (), _E, "lightbulb", _COMMAND),
    Shortcut("theme_system", (), _E, "lightbulb", _COMMAND),
    Shortcut("language_fr", (), _E, "globe", _COMMAND),
    Shortcut("language_en", (), _E, "globe", _COMMAND),
    Shortcut("new_session", ("Ctrl+T",), _S, "plus", _COMMAND),
    Shortcut("next_session", ("Ctrl+Tab",), _S),
    Shortcut("previous_session", ("Ctrl+Shift+Tab",), _S),
    Shortcut("session_number", ("Alt+1…9",), _S, handled_by_view=True),
    Shortcut("close_session", ("Ctrl+W", "Ctrl+F4"), _S, "x", _OF_CUSTOMER),
    Shortcut("reopen_session", ("Ctrl+Shift+T",), _S, "history", _COMMAND),
    Shortcut("detach_session", ("Ctrl+Shift+D",), _S, "maximize-2", _OF_CUSTOMER),
    Shortcut("identity_check", ("Ctrl+I",), _C, "shield-check", _OF_CUSTOMER),
    Shortcut("suggestions", ("F9",), _C, "lightbulb", _OF_CUSTOMER),
    Shortcut("facets", ("Ctrl+B",), _C, "id-card", _OF_CUSTOMER),
    Shortcut("timeline", ("Ctrl+H",), _C, "history", _OF_CUSTOMER),
    Shortcut("requests_of", ("Ctrl+D",), _C, "inbox", _OF_CUSTOMER),
    Shortcut("wrap_up", ("Ctrl+L",), _C, "pen-line", _OF_CUSTOMER),
    Shortcut("filter_list", ("Ctrl+F",), _C, "search"),
    Shortcut("refresh_block", ("F5",), _C, "rotate-cw", _OF_CUSTOMER),
    Shortcut("refresh_all", ("Ctrl+F5",), _C, "refresh-cw", _OF_CUSTOMER),
    Shortcut("copy_member_number", ("Ctrl+Shift+C",), _C, "copy", _OF_CUSTOMER),
    Shortcut("write_sms", ("Ctrl+Shift+S",), _C, "message-square", _OF_CUSTOMER),
    Shortcut("write_email", ("Ctrl+Shift+M",), _C, "mail", _OF_CUSTOMER),
    Shortcut("write_letter", (), _C, "file-text", _OF_CUSTOMER),
    Shortcut("consents", (), _C, "list-checks", _OF_CUSTOMER),
    Shortcut("report_data", (), _C, "flag", _OF_CUSTOMER),
    Shortcut("export_file", (), _C, "file-text", _OF_CUSTOMER),
    Shortcut("linked_records", (), _C, "users", _OF_CUSTOMER),
    Shortcut("validate", ("Ctrl+Return",), _C, handled_by_view=True),
    Shortcut("task_open", ("Return",), Scope.DAY, handled_by_view=True),
    Shortcut("task_done", ("Space",), Scope.DAY, handled_by_view=True),
    Shortcut("task_move", ("Ctrl+U",), Scope.DAY, handled_by_view=True),
    Shortcut("task_assign", ("Ctrl+E",), Scope.DAY, handled_by_view=True),
    Shortcut("new_task", (), Scope.DAY, "list-plus", _COMMAND),
    Shortcut("absence", (), Scope.DAY, "coffee", _COMMAND),
    Shortcut("confirmation", (), Scope.DAY, "users", _COMMAND),
    Shortcut("unlinked", (), Scope.DAY, "user-x", _COMMAND),
    Shortcut("same_person", (), Scope.DAY, "git-compare", _COMMAND),
    Shortcut("new_prospect", (), Scope.DAY, "user", _COMMAND),
    Shortcut("new_exchange", (), Scope.DAY, "pen-line", _COMMAND),
    Shortcut("pick_up", ("Ctrl+Shift+P",), Scope.CALL, "phone-incoming", _COMMAND),
    Shortcut("end_call", ("Ctrl+Shift+R",), Scope.CALL, "phone-off", _COMMAND),
    Shortcut("palette_choose", ("Up", "Down"), Scope.PALETTE, handled_by_view=True),
    Shortcut("palette_open", ("Return",), Scope.PALETTE, handled_by_view=True),
    Shortcut("palette_scope", ("Tab",), Scope.PALETTE, handled_by_view=True),
    Shortcut("outbox_do", ("Return",), Scope.OUTBOX, handled_by_view=True),
    Shortcut("outbox_resend", (), Scope.OUTBOX, "send", _COMMAND),
    Shortcut("outbox_verify", (), Scope.OUTBOX, "search", _COMMAND),
    Shortcut("outbox_abandon", ("Del",), Scope.OUTBOX, "x", _COMMAND, handled_by_view=True),
    Shortcut("request_take_next", ("F4",), Scope.REQUESTS, "hand", _COMMAND),
    Shortcut("request_take", ("Ctrl+M",), Scope.REQUESTS, "hand", _COMMAND, handled_by_view=True),
    Shortcut("request_reply", ("Ctrl+R",), Scope.REQUESTS, "reply", _COMMAND, handled_by_view=True),
    Shortcut("request_note", ("Ctrl+Shift+I",), Scope.REQUESTS, "lock", _COMMAND, handled_by_view=True),
    Shortcut(
        "request_transfer", ("Ctrl+E",), Scope.REQUESTS, "arrow-right-left", _COMMAND, handled_by_view=True
    ),
    Shortcut("request_pause", ("Ctrl+U",), Scope.REQUESTS, "pause", _COMMAND, handled_by_view=True),
    Shortcut("request_end", ("Ctrl+Shift+E",), Scope.REQUESTS, "check", _COMMAND, handled_by_view=True),
    Shortcut(
        "request_customer", ("Ctrl+O",), Scope.REQUESTS, "arrow-up-right", _COMMAND, handled_by_view=True
    ),
    Shortcut("request_previous", ("Ctrl+Up",), Scope.REQUESTS, handled_by_view=True),
    Shortcut("request_following", ("Ctrl+Down",), Scope.REQUESTS, handled_by_view=True),
    Shortcut("request_choose", ("Space",), Scope.REQUESTS, handled_by_view=True),
    Shortcut("request_choose_more", ("Shift+Up", "Shift+Down"), Scope.REQUESTS, handled_by_view=True),
    Shortcut("request_send", ("Ctrl+Return",), Scope.REQUESTS, handled_by_view=True),
    Shortcut("request_send_and_close", ("Ctrl+Shift+Return",), Scope.REQUESTS, handled_by_view=True),
    Shortcut("visit_end", ("Ctrl+Return",), Scope.VISITS, "check", _COMMAND, handled_by_view=True),
    Shortcut("visit_start", (), Scope.VISITS, "circle-dot", _COMMAND),
    Shortcut("visit_missed", (), Scope.VISITS, "circle-slash", _COMMAND),
    Shortcut("visit_sheet", ("Alt+Left",), Scope.VISITS, "clipboard-list", _COMMAND, handled_by_view=True),
    Shortcut("visit_report", ("Alt+Right",), Scope.VISITS, "pen-line", _COMMAND, handled_by_view=True),
    Shortcut("visit_customer", ("Ctrl+O",), Scope.VISITS, "arrow-up-right", _COMMAND, handled_by_view=True),
    Shortcut("list_menu", ("Shift+F10",), Scope.LISTS, handled_by_view=True),
    Shortcut("list_ends", ("Home", "End"), Scope.LISTS, handled_by_view=True),
    Shortcut("list_page", ("PgUp", "PgDown"), Scope.LISTS, handled_by_view=True),
)

_BY_ID = {shortcut.id: shortcut for shortcut in SHORTCUTS}


def shortcut(identifier: str) -> Shortcut:
    """Return a shortcut by its id.

    Raises:
        KeyError: nobody declared it.
    """
    return _BY_ID[identifier]


# ---- keys in force ---------------------------------------------------------------------------------
_changed: dict[str, str] = {}

_ENTRY = re.compile(r"([a-z_]+):(\S+)")


def remap(changed: Mapping[str, str]) -> None:
    """Give commands the user's own keys; what is not named gets its first keys back."""
    _changed.clear()
    _changed.update({name: keys for name, keys in changed.items() if may_change(name)})


def remapped() -> dict[str, str]:
    """Return the commands that the user gave other keys, and those keys."""
    return dict(_changed)


def may_change(identifier: str) -> bool:
    """Return whether a command may have other keys: not what the widget with focus decides itself."""
    declared = _BY_ID.get(identifier)
    return declared is not None and not declared.handled_by_view


def chords_of(identifier: str) -> tuple[str, ...]:
    """Return the keys in force of a command, as Qt writes them."""
    own = _changed.get(identifier)
    return (own,) if own is not None else shortcut(identifier).keys


def kept_words(changed: Mapping[str, str]) -> str:
    """Return the user's keys as the setting keeps them."""
    return ";".join(f"{name}:{keys}" for name, keys in sorted(changed.items()))


def read_kept(words: str) -> dict[str, str]:
    """Return the user's keys from the setting; an entry that means nothing is left out."""
    found = (_ENTRY.fullmatch(entry) for entry in words.split(";"))
    return {match[1]: match[2] for match in found if match is not None and may_change(match[1])}


def label(identifier: str) -> str:
    """Return what a shortcut does, in the language in use."""
    return text(f"shortcut.{identifier}")


_FRENCH = {
    "Shift": "Maj",
    "Esc": "Échap",
    "Return": "↵",
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "Home": "Début",
    "End": "Fin",
    "PgUp": "Page préc.",
    "PgDown": "Page suiv.",
    "Tab": "Tab",
    "Del": "Suppr",
    "Space": "Espace",
}
_ENGLISH = {
    "Return": "↵",
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "PgUp": "PgUp",
    "PgDown": "PgDn",
}


def written(chord: str) -> str:
    """Return a chord as the keyboard shows it: "Ctrl+Shift+T" is "Ctrl Maj T" in French."""
    names = _FRENCH if language() == "fr" else _ENGLISH
    strokes = chord.split(", ") if ", " in chord else [chord]
    return ", ".join(_written_stroke(stroke, names) for stroke in strokes)


def _written_stroke(stroke: str, names: dict[str, str]) -> str:
    # "Ctrl++" is the key + itself.
    parts = [*stroke[:-2].split("+"), "+"] if stroke.endswith("++") else stroke.split("+")
    return " ".join(names.get(part, part) for part in parts)


def keys_of(identifier: str) -> str:
    """Return the keys of a shortcut as the keyboard shows them, "" when it has none."""
    keys = chords_of(identifier)
    return written(keys[0]) if keys else ""


def with_keys(words: str, identifier: str) -> str:
    """Return a tooltip: the words, then the keys between brackets."""
    keys = keys_of(identifier)
    return f"{words} ({keys})" if keys else words
