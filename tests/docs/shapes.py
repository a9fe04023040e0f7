"""The shape of an output in the letters of its inputs: declared, or else read off the recorded cases."""

from __future__ import annotations

import contextlib
import re

import numpy as np

from symbolic.operator.fields import Tensor

__all__ = ["letters", "output_shape"]

TOKEN = re.compile(r"(\*?)([A-Za-z_]\w*'?)|(\d+)")
MOST_PARTS = 6
EACH = 400  # cases of an operator that are looked at


def letters(text):
    """Read ``(n, c, *x)`` as a list of letters; ``None`` if it says more than that."""
    text = text.replace("``", "")
    if not re.fullmatch(r"\([^()]*\)", text):
        return None
    words = [word.strip() for word in text[1:-1].split(",") if word.strip()]
    return words if sum(word.startswith("*") for word in words) <= 1 else None


def match(words, shape):
    """Give each letter its size, or sizes: ``(n, *x)`` and (2, 3, 4) -> n 2, *x (3, 4); ``None`` if they do not fit."""
    star = next((place for place, word in enumerate(words) if word.startswith("*")), None)
    if star is None:
        if len(words) != len(shape):
            return None
        parts = [(size,) for size in shape]
    else:
        behind = len(words) - star - 1
        if len(shape) < len(words) - 1:
            return None
        end = len(shape) - behind
        parts = [*[(size,) for size in shape[:star]], tuple(shape[star:end]), *[(size,) for size in shape[end:]]]
    return {word: part for word, part in zip(words, parts, strict=True) if TOKEN.fullmatch(word)}


def seen(op, cases, recorded):
    """List what is known of each case: shapes of inputs by slot, parameters, shapes of outputs by result."""
    rows = []
    for path, case in cases[:EACH]:
        with contextlib.suppress(Exception):
            names = list(op.inputs)
            values = list(case.arrays().items())
            slots = {names[slot] if isinstance(slot, int) and op.variadic is None else slot: value.shape for slot, value in values}
            words = dict(case.params)
            if op.count_name and isinstance(case.inputs, list):
                words.setdefault(op.count_name, len(case.inputs))
            params = op.parameters(words)
            found = recorded(path, case.key)
            outputs = {}
            for place, result in enumerate(params._layout.outputs):
                value = (case.expect or {}).get(f"output{place}", found.get(f"output{place}"))
                outputs[result] = None if value is None else np.shape(value)
            rows.append((slots, params, outputs))
    return rows


def output_shape(op, cases, recorded):
    """Say the shape of each visible output: result -> text; outputs of which no case tells are left out."""
    rows = seen(op, cases, recorded)
    found = {}
    for name, field in op.results.items():
        if field.hidden is True or field.shape:
            continue
        members = {member for _, _, outputs in rows for member in outputs if member == name or member.rstrip("0123456789") == name}
        known = [(slots, params, outputs[m]) for slots, params, outputs in rows for m in sorted(members) if outputs.get(m) is not None]
        if known:
            found[name] = described(op, known)
    return found


def described(op, known):
    """Find a description that fits every case."""
    fields = {slot: field for slot, field in op.inputs.items() if isinstance(field, Tensor)}
    inputs = {slot for slots, _, _ in known for slot in slots}
    everywhere = [slot for slot in op.inputs if all(slot in slots for slots, _, _ in known)]
    wanted = [shape for _, _, shape in known]
    for slot in everywhere:
        if all(slots[slot] == shape for slots, _, shape in known):
            text = getattr(fields.get(slot), "shape", "")
            return text if letters(text) else f"as {slot}"
    if op.variadic is not None and all({*slots.values()} == {shape} for slots, _, shape in known):
        return "as each input"
    if len(inputs) > 1 and all(stretched(slots.values()) == shape for slots, _, shape in known):
        return "stretched"
    return composed(op, fields, everywhere, known) or ("()" if set(wanted) == {()} else example(known))


def stretched(shapes):
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def composed(op, fields, everywhere, known):
    """Spell every output as one row of letters, parameters and numbers."""
    tables = [{} for _ in known]
    for slot in everywhere:
        words = letters(getattr(fields.get(slot), "shape", ""))
        if not words:
            continue
        parts = [match(words, slots[slot]) for slots, _, _ in known]
        if all(part is not None for part in parts):
            for table, part in zip(tables, parts, strict=True):
                for word, sizes in part.items():
                    table.setdefault(word, sizes)
    for name in op.params:
        values = [params.__dict__[name] for _, params, _ in known]
        if all(type(value) is int for value in values):
            for table, value in zip(tables, values, strict=True):
                table[name] = (value,)
        elif all(isinstance(value, (tuple, int)) and not isinstance(value, bool) for value in values):
            for table, value in zip(tables, values, strict=True):
                table[f"*{name}"] = value if isinstance(value, tuple) else (value,)
    words = [word for word in tables[0] if all(word in table for table in tables)]
    shapes = [shape for _, _, shape in known]
    if len(set(shapes)) < 3:
        return None
    found = spelled(words, tables, shapes)
    if found is None:
        return None
    return f"({', '.join(found)}{',' if len(found) == 1 and not found[0].startswith('*') else ''})"


def spelled(words, tables, shapes):
    """Search, letters first, for parts that make up every shape."""

    def search(rest, parts):
        if all(not shape for shape in rest):
            return parts
        if len(parts) == MOST_PARTS:
            return None
        for word in [*words, "1"]:
            sizes = [table.get(word, (1,)) for table in tables]
            if word in parts or not any(sizes) or any(shape[: len(part)] != part for shape, part in zip(rest, sizes, strict=True)):
                continue
            found = search([shape[len(part) :] for shape, part in zip(rest, sizes, strict=True)], [*parts, word])
            if found is not None:
                return found
        return None

    return search(shapes, [])


def example(known):
    """Show one case: the one whose sizes differ most."""

    def telling(row):
        slots, _, shape = row
        sizes = [size for other in (*slots.values(), shape) for size in other]
        return len({size for size in sizes if size > 1}) - 0.1 * len(sizes)

    slots, params, shape = max(known, key=telling)
    words = ", ".join(f"{word}={value}" for word, value in params._words.items())
    sizes = ", ".join(str(tuple(int(size) for size in other)) for other in slots.values())
    return f"e.g. {sizes}{f' with {words}' if words else ''} → {tuple(int(size) for size in shape)}"
