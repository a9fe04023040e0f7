"""What Griffe does besides when the site reads docstrings: a ``Source: ...`` after the parameters is a note, not one of them."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension

__all__ = ["Sources"]


class Sources(Extension):
    """Gives citations a section of their own."""

    def on_object(self, *, obj: Any, **kwargs: Any) -> None:
        """Rewrite the docstring of a class or function."""
        if obj.docstring is not None and "Source: " in obj.docstring.value:
            obj.docstring.value = re.sub(r"\n\nSource: ", "\n\nNotes\n-----\nSource: ", obj.docstring.value)
