"""Logs: one line of JSON for each thing that happened, or readable text on a terminal; never personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from contracts import events

PERSONAL = frozenset(name for kind in vars(events).values() for name in getattr(kind, "PII", ()))
"""Names of fields that the schemas mark as personal; a log line never has them."""


def _without_personal(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in PERSONAL & line.keys():
        line[name] = "[personal]"
    return line


def configure(*, service: str, log_format: str, level: str) -> None:
    """Set up logging for this process, that of libraries included."""
    text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_personal,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
