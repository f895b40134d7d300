"""The values of an instance beside what its connector declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from avise.connectors.contract import ConfigField, ConnectorError, Manifest
from avise.connectors.declarative.access import HttpSection
from avise.connectors.declarative.instance import http_endpoint
from avise.connectors.instance_config import filled_config
from avise.connectors.ports import InstanceSettings
from avise.models.errors import ErrorKind
from avise.texts import set_language

DECLARED = (
    ConfigField("base_url", "url", "Adresse", required=True),
    ConfigField("client", "text", "Compte", required=True),
    ConfigField("pages", "int", "Pages", default=10),
    ConfigField("strict", "bool", "Strict"),
    ConfigField("mode", "choice", "Mode", choices=("fast", "slow")),
    ConfigField("secret", "secret", "Secret", required=True),
)
GOOD = {"base_url": "https://tool.example", "client": "avise"}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("fr")


def filled(config: Mapping[str, str | int | bool], lacking: tuple[str, ...] = ()) -> Mapping[str, object]:
    manifest = Manifest("acme", "Acme", "1.0.0", ">=1.0,<2", "IT", kind="rest", config=DECLARED)
    return filled_config(InstanceSettings("acme", "acme", config), manifest, lacking)


def told(config: Mapping[str, str | int | bool], lacking: tuple[str, ...] = ()) -> str:
    with pytest.raises(ConnectorError) as raised:
        filled(config, lacking)
    assert raised.value.kind is ErrorKind.CONFIG
    return raised.value.detail


def test_what_is_not_written_has_its_default_and_no_secret_is_among_the_values() -> None:
    assert filled(GOOD) == {**GOOD, "pages": 10, "strict": None, "mode": None}


def test_everything_that_lacks_is_told_at_once_with_what_to_type() -> None:
    assert told({"client": ""}, ("secret",)) == (
        "to fill in settings.toml, under [instances.acme.config]: base_url, client"
        " ; secret to store: avise secret acme secret"
    )


def test_a_misspelt_key_is_refused_with_the_nearest() -> None:
    assert "do you mean “client”?" in told({**GOOD, "clientt": "avise"})
    assert "which knows: base_url, client" in told({**GOOD, "colour": "blue"})


def test_a_secret_does_not_belong_in_the_settings_and_its_value_is_not_repeated() -> None:
    sentence = told({**GOOD, "secret": "canary-7f3a"})
    assert "avise secret acme secret" in sentence
    assert "canary" not in sentence


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("base_url", 42, "an address"),
        ("base_url", "not an address", "an address"),
        ("base_url", "https://[", "an address"),
        ("pages", "ten", "whole number"),
        ("pages", True, "whole number"),
        ("strict", "yes", "true or false"),
        ("mode", "medium", "one of: fast, slow"),
        ("client", True, "a text in quotes"),
    ],
)
def test_a_value_of_another_type_is_told_as_such(key: str, value: str | int | bool, word: str) -> None:
    sentence = told({**GOOD, key: value})
    assert f"“{key}” must be" in sentence
    assert word in sentence


def test_an_address_that_is_not_of_http_names_the_key_that_gives_it() -> None:
    section = HttpSection.model_validate({"base_url": "{config.base_url}", "auth": {"type": "none"}})
    with pytest.raises(ConnectorError) as raised:
        http_endpoint(section, {}, {"base_url": "ftp://tool.example"})
    assert raised.value.detail.endswith("check base_url")
