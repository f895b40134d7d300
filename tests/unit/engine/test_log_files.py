from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from avise.engine.log_files import LOG_FOLDER, LOG_NAME, log_to_profile, stop_logging


def test_an_exception_is_logged_by_its_type_and_never_by_its_text(tmp_path: Path) -> None:
    handler = log_to_profile(tmp_path)
    try:
        try:
            int("CANARY 2680399999123")
        except ValueError:
            logging.getLogger("avise.test").exception("reading failed")
    finally:
        stop_logging(handler)
    written = (tmp_path / LOG_FOLDER / LOG_NAME).read_text("utf-8")
    assert "CANARY" not in written
    line = json.loads(written)
    assert (line["event"], line["error"], line["level"]) == ("reading failed", "ValueError", "error")


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    handler = log_to_profile(tmp_path)
    logging.getLogger("avise.test").info("quiet")
    stop_logging(handler)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
