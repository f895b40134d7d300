"""The database that a command of the hub is about, and its key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from avise.cli import main
from avise.commands.hub_database import HubDatabase, key_of
from avise.env import SystemEnv
from avise.store.key_source import KeyUnavailableError


@pytest.fixture
def no_keyring() -> Iterator[None]:
    """Take the keyring of the account away."""
    kept = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring is not typed
    yield
    keyring.set_keyring(kept)


@pytest.mark.usefixtures("no_keyring")
async def test_a_key_that_no_keyring_holds_is_asked_for_by_its_option(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError) as refused:
        await key_of(HubDatabase(str(tmp_path / "hub.db")), SystemEnv())
    assert refused.value.message_key == "key.no_hub_key"


def test_a_database_that_does_not_answer_is_told_to_whoever_looks_after_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:9/avise_hub"
    assert main(["--language", "en", "hub", "staff", "list", "--database", nowhere]) == 1
    told = capsys.readouterr().err
    assert "The database of the hub does not answer" in told
    assert "workstation" not in told
