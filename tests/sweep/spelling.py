"""Cases of other families with their parameters spelt as users do: texts, lists, one number for a tuple, 1 for ``True``."""

import importlib

from tests.sweep.draw import chance, drawn, one_of

NAMES = ("reduce", "reshape", "slice", "join", "repeat", "transpose", "index", "order", "create", "product", "scalar", "sequence", "unary")
FAMILIES = [importlib.import_module(f"tests.sweep.{name}") for name in NAMES]


def spelt(rs, value):
    """Say the same in another way, mostly; now and then in one that is no good."""
    if isinstance(value, bool):
        return one_of(rs, (value, str(value), str(value).lower(), int(value), str(int(value))))
    if value is None:
        return one_of(rs, (None, "None"))
    if isinstance(value, int):
        return one_of(rs, (value, str(value), float(value) if chance(rs, 0.2) else value, (value,) if chance(rs, 0.1) else value))
    if isinstance(value, float):
        return one_of(rs, (value, str(value), f"{value:e}", f"+{value}" if value > 0 else value))
    if isinstance(value, tuple):
        words = ", ".join(map(str, value))
        return one_of(rs, (value, list(value), str(value), f"[{words}]", f"({words})".replace(" ", ""), f"({words},)", f"( {words} )"))
    return value


def draw(rs):
    case = one_of(rs, FAMILIES).draw(rs)
    case.params = {word: spelt(rs, value) for word, value in case.params.items()}
    return case


CASES = drawn(draw, 200)
