"""The hub's schema: every version is applied, in order, and none is left out."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import pytest

from avise.env import FixedEnv
from avise.hub.migrating import NEWEST, migrate, version_of
from avise.hub.migrations import versions
from avise.hub.migrations.versions import v001_baseline, v002_sign_in, v003_check_out
from avise.hub.port import HubError
from tests.hub_house import opener


def test_every_version_is_one_that_a_hub_gets() -> None:
    there = sorted(module.name for module in pkgutil.iter_modules(versions.__path__))
    applied = [v001_baseline, v002_sign_in, v003_check_out]
    assert there == [module.__name__.rpartition(".")[2] for module in applied]
    assert [module.down_revision for module in applied] == [None, *(m.revision for m in applied[:-1])]
    assert applied[-1].revision == NEWEST


def test_a_hub_is_made_once_and_keeps_its_name(tmp_path: Path) -> None:
    connection = opener(tmp_path / "hub.db")(False)
    names = []
    for seed in (1, 2):
        with connection.begin():
            migrate(connection, FixedEnv(seed=seed))
            assert version_of(connection) == NEWEST
            names.append(
                connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'hub_id'").scalar_one()
            )
    assert names[0] == names[1]
    connection.close()
    connection.engine.dispose()


def test_a_hub_of_the_first_version_gets_what_came_since(tmp_path: Path) -> None:
    connection = opener(tmp_path / "hub.db")(False)
    with connection.begin():
        migrate(connection, FixedEnv())
        for table in ("application", "refresh_grant", "signing_key", "check_out", "checked_out"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("ALTER TABLE device DROP COLUMN wipe_receipt")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '001'")
    with connection.begin():
        migrate(connection, FixedEnv())
        assert version_of(connection) == NEWEST
        assert connection.exec_driver_sql("SELECT count(*) FROM application").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM checked_out").scalar_one() == 0
    connection.close()
    connection.engine.dispose()


def test_a_hub_of_a_later_program_is_left_alone(tmp_path: Path) -> None:
    connection = opener(tmp_path / "hub.db")(False)
    with connection.begin():
        migrate(connection, FixedEnv())
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '999'")
    with pytest.raises(HubError, match=r"hub\.too_new"), connection.begin():
        migrate(connection, FixedEnv())
    connection.close()
    connection.engine.dispose()
