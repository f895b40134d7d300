"""Erasing a profile's folder: what goes, what stays, and a disk that takes nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from avise.engine.wiping import Wiping
from avise.env import FixedEnv
from avise.hub.port import HubPort, HubUnreachableError
from avise.services.profile import Profile, load_profile

SETTINGS = """
synthetic = true
site_namespace = "5b1f5bb6-0b6b-5d2e-9f3c-0d4b1b7a8f11"
identity_master = "parties"

[user]
login = "bruno.kerhoas"
name = "Bruno Kerhoas"
role = "rep"

[key]
source = "demo"

[messages]
mutual = "Mutuelle"
spool = "{spool}"
"""

NOTICES = ("notices/retour.eml", "notices/1.json")
LEFT = (
    "store.db",
    "store.db-wal",
    "store.damaged-20260101-090000.db",
    "packs.db",
    "demo.key",
    "pack-demo.key",
)


class AwayHub:
    """A hub that is not reached."""

    async def begin_wipe(self, _receipt: str) -> None:
        raise HubUnreachableError("hub.unreachable")


def filled(folder: Path, spool: str) -> Profile:
    """Return a profile that worked."""
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text(SETTINGS.format(spool=spool), encoding="utf-8")
    for name in (*LEFT, *(f"{spool}/{name}" for name in ("sms-1.json", "letter-1.pdf", *NOTICES))):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return load_profile(folder, "portable-1")


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


async def test_nothing_of_anybody_is_left_notices_of_mail_among_it(tmp_path: Path) -> None:
    wiping = Wiping(filled(tmp_path, "spool"), FixedEnv())
    await wiping.begin("portable-1", cast(HubPort, AwayHub()))
    assert (await wiping.finish()).message_key == "wipe.done"
    assert files_in(tmp_path) == {"settings.toml", "wipe.json"}


@pytest.mark.parametrize("relative", [True, False])
async def test_a_folder_of_several_workstations_is_left_alone(tmp_path: Path, relative: bool) -> None:
    shared = tmp_path / "shared"
    spool = "../shared" if relative else str(shared)
    await Wiping(filled(tmp_path / "profile", spool), FixedEnv()).finish()
    assert files_in(shared) == {"sms-1.json", "letter-1.pdf", *NOTICES}


async def test_a_disk_that_takes_no_mark_stops_no_wipe(tmp_path: Path) -> None:
    wiping = Wiping(filled(tmp_path, "spool"), FixedEnv())
    # What a full disk does to the mark, and not to what is deleted.
    (tmp_path / "wipe.json.new").mkdir()
    await wiping.begin("portable-1", cast(HubPort, AwayHub()))
    assert (await wiping.finish()).message_key == "wipe.done"
    assert files_in(tmp_path) == {"settings.toml"}
