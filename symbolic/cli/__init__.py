"""The command line, ``symbind``: look at MXNet's files, run and convert them.

Nothing but the table of commands is loaded before a command runs.
"""

from __future__ import annotations

from symbolic.cli.app import cli, main

__all__ = ["cli", "main"]
