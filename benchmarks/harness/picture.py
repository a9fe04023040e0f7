"""Results as one SVG: a panel for each case, a bar for each peer on a log scale of ratios to the fastest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from benchmarks.harness.table import number, target
from benchmarks.harness.workload import OURS, Workload, load

__all__ = ["svg"]

COLUMNS, WIDTH, LABEL, BAR, ROW, HEAD, GAP, TOP = 2, 715, 262, 330, 17, 40, 18, 84
OUR_COLOUR, COLOUR, SECOND_COLOUR, INK, FAINT = "#c2410c", "#94a3b8", "#f59e0b", "#1e293b", "#e2e8f0"
DECADES = 3  # the scale ends at 1,000 times the fastest


def place(ratio: float) -> float:
    """Length of a bar: a stub for the fastest, so that it can be seen."""
    return 4 + (BAR - 4) * min(math.log10(max(ratio, 1.0)) / DECADES, 1.0)


def text(x: float, y: float, words: str, size: int = 11, anchor: str = "start", colour: str = INK, weight: str = "normal") -> str:
    style = f'font-size="{size}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'


def colour(peer: str) -> str:
    return OUR_COLOUR if peer.startswith(OURS["numpy"]) else SECOND_COLOUR if peer.startswith(OURS["numba"]) else COLOUR


def panel(work: Workload, case: str, results: Sequence[dict[str, Any]], x: float, y: float) -> Iterator[str]:
    """Draw one case; results are sorted and not empty."""
    title = work.title if len(work.cases) == 1 else f"{work.title}: {case}"
    yield text(x, y + 14, title, 12, weight="bold")
    left, top, bottom = x + LABEL, y + HEAD - 14, y + HEAD + ROW * len(results)
    for decade in range(DECADES + 1):
        at = left + place(10**decade)
        yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top + 8:.1f}" y2="{bottom:.1f}" stroke="{FAINT}"/>'
        yield text(at, top + 4, f"{10**decade:,} x", 9, "middle", "#64748b")
    best = results[0]["median"]
    for above, result in enumerate(results):
        line = y + HEAD + ROW * above
        length = place(result["median"] / best)
        yield text(left - 6, line + 12, result["peer"], 11, "end", weight="bold" if result["peer"].startswith("symbind") else "normal")
        yield f'<rect x="{left}" y="{line + 2:.1f}" width="{length:.1f}" height="{ROW - 4}" rx="2" fill="{colour(result["peer"])}"/>'
        goals = [target(work, case, executor, results) for executor, name in OURS.items() if result["peer"].startswith(name)]
        for goal in filter(None, goals):
            at = left + place(goal / best)
            yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{line:.1f}" y2="{line + ROW:.1f}" stroke="{INK}" stroke-width="2"/>'
            length = max(length, at - left)
        yield text(left + length + 5, line + 12, f"{number(result['median'] * work.scale)} {work.unit}", 10)


def svg(results: Sequence[dict[str, Any]]) -> str:
    """Draw results, panel after panel in the shorter column."""
    heights = [float(TOP)] * COLUMNS
    parts = []
    for result in results:
        work = load(result["workload"])
        for case, peers in result["cases"].items():
            shown = sorted((one for one in peers if "median" in one), key=lambda one: one["median"])
            if not shown:
                continue
            column = heights.index(min(heights))
            parts += panel(work, case, shown, GAP + column * WIDTH, heights[column])
            heights[column] += HEAD + ROW * len(shown) + GAP
    width, height = GAP + COLUMNS * WIDTH, max(heights)
    stamp = ", ".join(dict.fromkeys(result["machine"] for result in results))
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" font-family="Helvetica, Arial, sans-serif">',
        f'<rect width="{width}" height="{height:.0f}" fill="white"/>',
        text(GAP, 30, "symbind beside its peers", 18, weight="bold"),
        text(
            GAP,
            48,
            "Bars: ratio to the fastest, log scale; at their ends the medians. Shorter is better. A dark mark is the bar we are held to.",
            12,
        ),
        text(GAP, 64, stamp, 10, colour="#64748b"),
    ]
    return "\n".join([*head, *parts, "</svg>\n"])
