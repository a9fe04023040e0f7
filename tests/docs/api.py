"""Write ``docs/api``, which says what of the library the site documents; docstrings are read when it is built: ``python -m tests.docs.api``."""

from __future__ import annotations

import inspect
from functools import reduce
from pathlib import Path

import symbolic as mx
import symbolic.compat
import symbolic.cost.formula
import symbolic.cost.polynomial
from executors.contract import Executor
from symbolic import errors

__all__ = ["FOLDER", "INDEX", "PAGES", "found", "page"]

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "api"


def members(module, base):
    """Name the public classes of a module that derive from ``base``, itself first."""
    kinds = {kind for kind in vars(module).values() if inspect.isclass(kind) and issubclass(kind, base)}
    return sorted((kind.__name__ for kind in kinds if not kind.__name__.startswith("_")), key=lambda name: (name != base.__name__, name))


def of(prefix, names):
    return [f"{prefix}.{name}" for name in names]


PAGES = {
    "symbols": (
        "Symbols",
        "A symbol is some values of a graph. Variables, operators and groups make them. [Operators](../operators.md) lists the operators.",
        ["mx.Symbol", *of("mx.sym", ["Variable", "Group", "load", "load_json"]), "mx.AttrScope", "mx.name.NameManager", "mx.name.Prefix"],
    ),
    "executor": (
        "Executors",
        "`symbol.bind`, `symbol.simple_bind` and `symbol.eval` give or use one of these.",
        [
            "Executor",
            *of("mx", ["set_default_executor", "set_num_threads", "num_threads", "set_memory_budget", "memory_budget", "rewrites"]),
        ],
    ),
    "arrays": (
        "Arrays",
        "What executors hold and return. Every operator is a function of `mx.nd`, too.",
        [
            "mx.nd.NDArray",
            "mx.nd.array",
            "mx.nd.save",
            "mx.nd.load",
            "mx.random.seed",
            *of("mx.autograd", ["record", "pause", "backward", "grad"]),
        ],
    ),
    "module": (
        "Modules and training steps",
        "Training over a graph: batch by batch with `Module`, or with forward, gradients and updates as one graph.",
        [
            *of("mx.mod", ["Module", "BucketingModule", "SequentialModule", "PythonModule", "PythonLossModule"]),
            *of("mx.training", ["step", "Step"]),
            *of("mx.model", ["load_checkpoint", "save_checkpoint", "load_params", "FeedForward"]),
        ],
    ),
    "optimizer": (
        "Optimizers and learning rates",
        "",
        [
            *of("mx.optimizer", ["create", *members(mx.optimizer, mx.optimizer.Optimizer), "get_updater"]),
            *of("mx.lr_scheduler", members(mx.lr_scheduler, mx.lr_scheduler.LRScheduler)),
        ],
    ),
    "io": (
        "Data",
        "",
        [
            *of("mx.io", ["DataDesc", "DataBatch", *members(mx.io, mx.io.DataIter)]),
            *of("mx.recordio", ["MXRecordIO", "MXIndexedRecordIO", "pack", "unpack", "pack_img", "unpack_img"]),
        ],
    ),
    "measure": (
        "Metrics, initializers, callbacks",
        "",
        [
            *of("mx.metric", ["create", *members(mx.metric, mx.metric.EvalMetric)]),
            *of("mx.init", members(mx.init, mx.init.Initializer)),
            *of("mx.callback", ["Speedometer", "ProgressBar", "do_checkpoint", "module_checkpoint", "log_train_metric"]),
            "mx.mon.Monitor",
        ],
    ),
    "rnn": (
        "Recurrent networks",
        "Cells that unroll into symbols.",
        [
            *of(
                "mx.rnn",
                ["RNNCell", "LSTMCell", "GRUCell", "FusedRNNCell", "SequentialRNNCell", "BidirectionalCell", "DropoutCell", "ZoneoutCell"],
            ),
            *of("mx.rnn", ["ResidualCell", "encode_sentences", "BucketSentenceIter", "save_rnn_checkpoint", "load_rnn_checkpoint"]),
        ],
    ),
    "viz": (
        "Pictures, pages, tables",
        "`symbol.plot(...)`, `symbol.summary(...)` are the same as methods.",
        of("mx.viz", ["plot_network", "save_page", "summary", "print_summary"]),
    ),
    "cost": (
        "Cost",
        "`symbol.cost(...)` gives formulas of the sizes that shapes name.",
        of("symbolic.cost", ["formula.cost", "formula.CostFormula", "polynomial.Polynomial"]),
    ),
    "debug": (
        "Looking inside",
        "Values of a run are `exe.value(name)` and `exe.values(pattern)`: see [Executors](executor.md).",
        of("mx.debug", mx.debug.__all__),
    ),
    "compat": (
        "The door for `import mxnet`",
        "From a shell: `python -m symbolic.compat script.py`.",
        ["symbolic.compat.install_as_mxnet", "symbolic.compat.restore_numpy_names"],
    ),
    "errors": (
        "Exceptions",
        "All derive from `MXNetError`, and from the built-in that a caller would expect. [Errors](../errors.md) shows some.",
        of("symbolic.errors", ["MXNetError", *(name for name in errors.__all__ if name[0].isupper() and name != "MXNetError")]),
    ),
}
"""Page -> title, what it says, public names."""

INDEX = """# API

<!-- Generated by python -m tests.docs.api; do not edit. -->

What users call, page by page; the docstrings are the same that `help(...)` shows. `mx` is `import symbolic as mx`.

| page | names |
|---|---|
"""


def found(name):
    """Find what a public name means, and where it is defined."""
    if name == "Executor":
        return Executor, "executors.contract.Executor"
    _root, _, rest = name.partition(".")
    thing = reduce(getattr, rest.split("."), mx)
    return thing, f"{thing.__module__}.{thing.__qualname__}"


def directive(name):
    """Write what mkdocstrings reads: where the thing is defined, under the name that users give it."""
    thing, path = found(name)
    inherited = "\n      inherited_members: true" if inspect.isclass(thing) and not issubclass(thing, Exception) else ""
    return f"::: {path}\n    options:\n      heading: {name}\n      toc_label: {name.rpartition('.')[2]}{inherited}\n"


def page(stem):
    """Write one page."""
    title, said, names = PAGES[stem]
    parts = [f"# {title}\n", "<!-- Generated by python -m tests.docs.api; do not edit. -->\n", *([said + "\n"] if said else [])]
    return "\n".join([*parts, *map(directive, names)])


def contents():
    """Write the list of pages."""
    rows = [f"| [{title}]({stem}.md) | {', '.join(f'`{name}`' for name in names)} |" for stem, (title, _, names) in PAGES.items()]
    return INDEX + "\n".join(rows) + "\n"


def main():
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for stem in PAGES:
        (FOLDER / f"{stem}.md").write_text(page(stem), encoding="utf-8")
    (FOLDER / "index.md").write_text(contents(), encoding="utf-8")


if __name__ == "__main__":
    main()
