"""``python -m symbolic.cli``."""

from __future__ import annotations

from symbolic.cli.app import main

main()
