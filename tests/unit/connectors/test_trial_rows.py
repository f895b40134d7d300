"""Which answers of a tool a trial shows as rows."""

from __future__ import annotations

import pytest

from avise.connectors.contract import HttpReply
from avise.connectors.declarative.load import load_connector_file
from avise.connectors.trial.explaining import Explainer, sections_of
from avise.connectors.trial.recording import Noted
from avise.env import SystemEnv
from avise.resources import resource_folder


@pytest.mark.parametrize(("status", "rows"), [(200, 1), (404, 0), (500, 0)])
def test_what_a_tool_says_of_an_error_is_no_row(status: int, rows: int) -> None:
    file = load_connector_file(resource_folder("connectors") / "demo" / "parties.toml").file
    (section,) = sections_of(file)["identity"]
    body = b'{"message": "nothing of that name"}'
    reply = HttpReply(status, {}, body, "application/json", "utf-8")
    noted = Noted(SystemEnv(), replies=[("/parties/{party}", reply)])
    assert len(Explainer(file, section).rows(noted)) == rows
