"""Where logs go: one rotating file a profile, as JSON lines, without personal data.

What may be logged is decided where it is logged (`avise.connectors.safe_log`); nothing is printed, so
that a command's answer stays clean.
"""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog
from structlog.typing import EventDict

LOG_FOLDER = "logs"
LOG_NAME = "avise.log"
WINDOW_LOG_NAME = "avise-window.log"
"""Of the window's process: two processes must not turn one file over."""
MAX_BYTES = 2_000_000
FILES_KEPT = 5


def log_to_profile(folder: Path, name: str = LOG_NAME) -> RotatingFileHandler:
    """Send the logs of this process to a profile's file; return the handler, to be closed at the end."""
    path = folder / LOG_FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.processors.TimeStamper("iso")],
            processors=[
                _error_by_its_type,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger("avise")
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    root.propagate = False
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return handler


def _error_by_its_type(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep an exception's type and drop its text, which may quote what a library was given."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[0] is not None:
        event["error"] = found[0].__name__
    return event


def stop_logging(handler: RotatingFileHandler) -> None:
    """Close a profile's log; what is logged from now on goes where it went before."""
    root = logging.getLogger("avise")
    root.removeHandler(handler)
    root.propagate = True
    structlog.reset_defaults()
    handler.close()
