"""What an author added to a demonstration's settings outlives the next start."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from avise.demo.own_tables import own_instances, own_secrets, read_before

OURS = frozenset({"parties", "claims"})
SETTINGS = '''\
synthetic = true
[user]
login = "lea.girard"

[instances.parties]
connector = "parties"

# The tool of the house,
# tried since Monday.
[instances.mutex]            # mine
connector = "mutex"

[instances.mutex.config]
base_url = "http://127.0.0.1:8080"
note = """
[instances.parties]
"""
hosts = [
  ["a"],
]
[instances.claims.config]
base_url = "http://127.0.0.1:1"
[instances]
ledger = { connector = "ledger" }
'''


def test_an_authors_instances_are_kept_as_they_were_typed() -> None:
    kept = own_instances(SETTINGS, OURS)
    first, last = SETTINGS.index("# The tool of"), SETTINGS.index("[instances.claims.config]")
    assert kept == SETTINGS[first:last] + SETTINGS[SETTINGS.index("[instances]\n") :]


def test_a_start_after_the_next_changes_nothing_more() -> None:
    kept = own_instances(SETTINGS, OURS)
    again = '[user]\nlogin = "x"\n\n[instances.parties]\nconnector = "parties"\n' + kept
    assert own_instances(again, OURS) == kept


def test_what_was_added_to_the_demonstrations_own_instances_is_not_kept() -> None:
    assert own_instances('[instances.claims]\nconnector = "claims"\nenabled = false\n', OURS) == ""
    assert own_instances("", OURS) == ""


def test_secrets_that_were_typed_in_the_plain_file_are_kept_too() -> None:
    written = '\n[claims]\nkey = "old"\n\n[mutex]\nkey = "mine"\n'
    assert own_secrets(written, OURS) == '[mutex]\nkey = "mine"\n'


def test_a_file_that_is_no_toml_any_more_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[instances.mutex\nconnector = "mutex"\n', "utf-8")
    read_before(path)
    assert not path.exists()
    assert (tmp_path / "settings.toml.unreadable").read_text("utf-8").startswith("[instances.mutex\n")


def test_a_file_in_the_letters_of_windows_is_put_aside(tmp_path: Path) -> None:
    path, typed = tmp_path / "settings.toml", "[instances.mutex] # essayé\n".encode("cp1252")
    path.write_bytes(typed)
    assert read_before(path) == ""
    assert (tmp_path / "settings.toml.unreadable").read_bytes() == typed


NAMES = st.sampled_from(["parties", "claims", "a", "b", "c"])
VALUES = st.one_of(st.just("[[1], ['x']]"), st.just('"""\n[instances.parties]\n#"""'), st.just("[\n[1],\n]"))


@given(st.dictionaries(NAMES, st.tuples(VALUES, st.booleans())))
def test_whatever_was_added_is_found_again_with_its_values(tables: dict[str, tuple[str, bool]]) -> None:
    written = "".join(
        f"{'# why' if comment else ''}\n[instances.{name}]\nvalue = {value}\n"
        for name, (value, comment) in tables.items()
    )
    before = tomllib.loads(written).get("instances", {})
    after = tomllib.loads(own_instances(written, OURS)).get("instances", {})
    assert after == {name: table for name, table in before.items() if name not in OURS}
