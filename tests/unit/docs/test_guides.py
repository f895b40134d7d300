"""What the code names, the pages name: a key, a kind or a shortcut that is added needs its line."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from avise.cli import main, parser
from avise.env import SystemEnv
from avise.models.errors import ErrorKind
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetState
from avise.models.journal import EventKind
from avise.models.roles import Role
from avise.models.source_status import SourceState
from avise.services.profile import load_profile
from avise.services.settings_file import SettingsFile
from avise.store.key_source import key_source
from avise.store.sealed import SealedSecrets
from avise.store.settings import SETTINGS
from avise.store.store import Store
from avise.texts import set_language, text
from avise.texts.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
OPERATING = (DOCS / "operating.md").read_text("utf-8")
JSON = (DOCS / "json.md").read_text("utf-8")
GUIDE = (DOCS / "guide-utilisateur.md").read_text("utf-8")
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    set_language("fr")
    yield
    set_language("fr")


def _keys(section: type, prefix: str = "") -> Iterator[str]:
    """Yield the settings' keys as the page writes them: `user.role`, `instances.<name>.config`."""
    for name, annotation in get_type_hints(section).items():
        of_a_mapping = get_args(annotation)
        inner, path = (of_a_mapping[-1], f"{name}.<name>") if of_a_mapping else (annotation, name)
        if isinstance(inner, type) and dataclasses.is_dataclass(inner):
            yield from _keys(inner, f"{prefix}{path}.")
        else:
            yield f"{prefix}{name}"


def _unnamed(words: list[str], page: str) -> list[str]:
    return [word for word in words if f"`{word}`" not in page]


# ---- operating guide -------------------------------------------------------------------------------
def test_the_operating_guide_names_every_key_of_the_settings() -> None:
    keys = list(_keys(SettingsFile))
    assert "instances.<name>.connector" in keys
    assert _unnamed(keys, OPERATING) == []


def test_the_operating_guide_names_what_staff_may_change() -> None:
    assert _unnamed(list(SETTINGS), OPERATING) == []


def test_the_operating_guide_names_every_role() -> None:
    assert _unnamed(list(Role), OPERATING) == []


def test_the_operating_guide_names_every_kind_of_error() -> None:
    rows = [line for line in OPERATING.splitlines() if line.startswith("| `") and line.count("|") == 5]
    told = {row.split("`")[1] for row in rows}
    assert set(ErrorKind) <= told


def test_the_operating_guide_names_every_sentence_that_a_bad_day_shows() -> None:
    about = re.compile(r"(store|key|profile|directory)\.[a-z_]+")
    keys = [key for key in catalogue("fr").keys() if about.fullmatch(key)]  # noqa: SIM118 - not a mapping
    assert len(keys) > 25
    assert _unnamed(keys, OPERATING) == []


def test_the_command_of_the_operating_guide_seals_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.toml").write_text(
        'synthetic = true\nsite_namespace = "00000000-0000-4000-8000-000000000001"\n'
        'identity_master = "complaints"\n[user]\nlogin = "check"\nname = "Check"\n[key]\nsource = "demo"\n'
        '[instances.complaints]\nconnector = "complaints"\n',
        encoding="utf-8",
    )
    command = re.search(r"^avise --profile DIR secret (\w+) (\w+)$", OPERATING, re.MULTILINE)
    assert command is not None
    instance, name = command.groups()
    monkeypatch.setattr("sys.stdin", io.StringIO("canary-7f3a\n"))
    assert main(["--profile", str(tmp_path), "secret", instance, name]) == 0
    assert asyncio.run(_sealed(tmp_path, instance, name)) == "canary-7f3a"
    assert _files_that_hold(tmp_path, b"canary-7f3a") == []


def _files_that_hold(folder: Path, secret: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]


async def _sealed(folder: Path, instance: str, name: str) -> str | None:
    env, settings = SystemEnv(), load_profile(folder, "").settings
    key = await key_source("demo", folder, env, synthetic=settings.synthetic).key(create=False)
    store = await Store.open(folder / "store.db", key, env)
    try:
        return await SealedSecrets(store, key, env).get(instance, name)
    finally:
        await store.aclose()


# ---- JSON ------------------------------------------------------------------------------------------
def test_the_page_on_json_names_every_facet_and_every_state() -> None:
    assert _unnamed([*FACETS, *FacetState], JSON) == []


def test_the_architecture_names_every_kind_of_event() -> None:
    assert _unnamed(list(EventKind), (DOCS / "architecture.md").read_text("utf-8")) == []


# ---- user's guide ----------------------------------------------------------------------------------
def test_the_users_guide_names_every_facet_as_the_screen_does() -> None:
    assert [facet for facet in FACETS if text(f"facet.{facet}") not in GUIDE] == []


def test_the_users_guide_names_every_state_of_a_source() -> None:
    assert [state for state in SourceState if text(f"source_state.{state}") not in GUIDE] == []


def test_the_users_guide_lists_every_shortcut_with_its_keys() -> None:
    pytest.importorskip("PySide6")
    from avise.ui.shortcuts import SHORTCUTS, label, written  # noqa: PLC0415 - the window may be absent

    missing = [
        shortcut.id
        for shortcut in SHORTCUTS
        if shortcut.keys
        and f"| {' ou '.join(written(keys) for keys in shortcut.keys)} | {label(shortcut.id)} |" not in GUIDE
    ]
    assert missing == []


def test_the_users_guide_is_written_with_french_typography() -> None:
    lines = re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL).splitlines()
    spoken = [re.sub(r"`[^`]*`|\]\([^)]*\)|\|[-|]*\|$", "", line) for line in lines]
    assert [line for line in spoken if re.search(r"['\"]|\.\.\.| [;:!?»]|« ", line)] == []


# ---- all pages -------------------------------------------------------------------------------------
def test_every_command_is_told_in_a_page() -> None:
    told = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert [words for words in _commands(parser(), "avise") if words not in _without_profile(told)] == []


def _commands(root: argparse.ArgumentParser, words: str) -> Iterator[str]:
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield f"{words} {name}"
                yield from _commands(inner, f"{words} {name}")


def _without_profile(told: str) -> str:
    return told.replace(" --profile DIR", "")


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_link_to_a_file_of_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    files = [link for link in links if "://" not in link and not link.endswith(".png")]
    assert [link for link in files if not (page.parent / link).exists()] == []


def test_every_picture_is_one_that_the_tour_draws() -> None:
    drawn = "".join(path.read_text("utf-8") for path in (ROOT / "avise" / "ui").glob("tour*.py"))
    named = {
        name for page in PAGES for name in re.findall(r"pictures/([a-z0-9-]+\.png)", page.read_text("utf-8"))
    }
    assert len(named) >= 8
    assert [name for name in sorted(named) if f'"{name}"' not in drawn] == []
