"""Logging as structured lines; a processor drops every field that could carry a person's name or address."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

ALLOWED = frozenset(
    "event level timestamp logger job kind period outcome count counts duration_ms message_id attempt reference status "
    "error error_type invitation_id campaign_id response_id case_id method route code exception version path_rule worker "
    "listening url queued seconds".split()
)


def _only_known_fields(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep only fields known to be free of personal data: an allow list cannot forget a new name."""
    return {key: value for key, value in fields.items() if key in ALLOWED}


def configure_logging(level: str) -> None:
    """Send one line of JSON an event to standard error. `level` is for what we say ourselves: libraries write down
    addresses and what they were given, so of them only warnings are wanted, and never more."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _only_known_fields,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever standard error is by then
        cache_logger_on_first_use=False,
    )


def place_of(error: BaseException) -> str:
    """Where an error arose: files, lines and functions, but never its own words, which could hold anything."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)


log: structlog.stdlib.BoundLogger = structlog.get_logger()
