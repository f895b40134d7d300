"""Where secrets of connectors come from, and that another one is found while the engine runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.engine.profile_secrets import DEMO_SECRETS, ProfileSecrets
from avise.models.errors import AviseError


class Sealed:
    """Stands for the store."""

    async def get(self, instance: str, name: str) -> str | None:
        return f"sealed {instance} {name}"


async def test_secrets_that_a_demonstration_writes_anew_are_the_ones_that_are_given(tmp_path: Path) -> None:
    secrets = ProfileSecrets(Sealed(), tmp_path, synthetic=True)
    assert await secrets.get("parties", "token") == "sealed parties token"
    (tmp_path / DEMO_SECRETS).write_text('[parties]\ntoken = "first"\n')
    assert await secrets.get("parties", "token") == "first"
    (tmp_path / DEMO_SECRETS).write_text('[parties]\ntoken = "the second"\n')
    assert await secrets.get("parties", "token") == "the second"
    assert await secrets.get("parties", "other") == "sealed parties other"


async def test_a_file_that_is_being_written_leaves_the_secrets_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / DEMO_SECRETS
    file.write_text('[parties]\ntoken = "first"\n')
    secrets = ProfileSecrets(Sealed(), tmp_path, synthetic=True)
    file.write_text('[parties]\ntoken = "the sec')
    assert await secrets.get("parties", "token") == "first"
    file.write_text('[parties]\ntoken = "the second"\n')
    assert await secrets.get("parties", "token") == "the second"


def test_secrets_in_clear_are_refused_where_people_are_real(tmp_path: Path) -> None:
    (tmp_path / DEMO_SECRETS).write_text("")
    with pytest.raises(AviseError) as refused:
        ProfileSecrets(Sealed(), tmp_path, synthetic=False)
    assert refused.value.message_key == "profile.plain_secrets"
