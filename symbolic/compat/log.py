"""``mx.log``: a logger whose lines say in one letter how grave they are, in colour on a terminal."""

from __future__ import annotations

import logging
import sys
import warnings
from logging import CRITICAL, DEBUG, ERROR, INFO, NOTSET, WARNING
from typing import Any

__all__ = ["CRITICAL", "DEBUG", "ERROR", "INFO", "NOTSET", "WARNING", "getLogger", "get_logger"]

COLOURS = {DEBUG: "\x1b[32m", INFO: "\x1b[32m", WARNING: "\x1b[33m", ERROR: "\x1b[31m", CRITICAL: "\x1b[31m"}


class _Formatter(logging.Formatter):
    """Lines such as ``W0131 12:59:59 4711 train.py:fit:12] message``."""

    def __init__(self, coloured: bool):
        super().__init__(datefmt="%m%d %H:%M:%S")
        self.coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        head = f"{record.levelname[:1]}{self.formatTime(record, self.datefmt)} {record.process} {record.pathname}:{record.funcName}:"
        head += f"{record.lineno}]"
        if self.coloured and record.levelno in COLOURS:
            head = f"{COLOURS[record.levelno]}{head}\x1b[0m"
        return f"{head} {super().format(record)}"


def get_logger(name: str | None = None, filename: str | None = None, filemode: str | None = None, level: int = WARNING) -> logging.Logger:
    """Return the logger of a name, set up once.

    Parameters
    ----------
    name : str, optional
        The root logger, left as it is, if ``None``.
    filename : str, optional
        Where lines go; to standard error by default.
    filemode : str, optional
        ``"a"`` by default.
    level : int
        The least grave that is written.
    """
    logger = logging.getLogger(name)
    if name is not None and not getattr(logger, "_init_done", False):
        handler: Any = logging.FileHandler(filename, filemode or "a") if filename else logging.StreamHandler()
        handler.setFormatter(_Formatter(not filename and sys.stderr.isatty()))
        logger.addHandler(handler)
        logger.setLevel(level)
        logger._init_done = True  # type: ignore[attr-defined]
    return logger


def getLogger(name: str | None = None, filename: str | None = None, filemode: str | None = None, level: int = WARNING) -> logging.Logger:
    """Do what `get_logger` does, with a warning that it is the newer name."""
    warnings.warn("getLogger is the old name of get_logger", DeprecationWarning, stacklevel=2)
    return get_logger(name, filename, filemode, level)
