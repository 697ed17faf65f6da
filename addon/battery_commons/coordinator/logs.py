"""What a coordinator writes while it runs."""

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer


def log_as_json() -> None:
    """Write every log line as one JSON object to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without what the variables held: that may be a password, or a household's.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
