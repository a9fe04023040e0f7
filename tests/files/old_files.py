"""JSON as MXNet of other versions wrote it, spelled by hand, and how to spell more; see ``record_json.py``."""

OLD = {}


def node(op, name, *inputs, **groups):
    """Spell a node; inputs are numbers, or pairs of a number and an output."""
    entries = [[entry, 0] if isinstance(entry, int) else list(entry) for entry in inputs]
    return {"op": op, "name": name, "inputs": entries, **groups}


def variable_node(name, **groups):
    return node("null", name, **groups)


def graph(*nodes, version=None, heads=None, **more):
    """Spell a graph whose last node is its head."""
    variables = [place for place, each in enumerate(nodes) if each["op"] == "null"]
    top = {"nodes": list(nodes), "arg_nodes": variables, "heads": heads or [[len(nodes) - 1, 0]], **more}
    return top if version is None else {**top, "attrs": {"mxnet_version": ["int", version]}}


def old(name, *nodes, versions=(None,), **more):
    for version in versions:
        OLD[f"{name}, {version or 'no version'}"] = graph(*nodes, version=version, **more)


def connected(**groups):
    """Spell a FullyConnected of three variables."""
    return variable_node("x"), variable_node("w"), variable_node("b"), node("FullyConnected", "fc", 0, 1, 2, **groups)


EVERY = (None, 800, 899, 900, 904, 905, 1000, 1201, 10000, 10900, 10901, 20000)
SAID = {"ctx_group": "1", "lr_mult": "2", "wd_mult": "3", "force_mirroring": "4", "mirror_stage": "5"}

old("annotations of a variable", variable_node("x", attr={**SAID, "profiler_scope": "6", "mood": "7", "__mood__": "8"}), versions=EVERY)
old("annotations in param", variable_node("x", param={"lr_mult": "2"}), versions=(None, 10901))
old("annotations in attrs", variable_node("x", attrs={"lr_mult": "2"}), versions=(None, 10901))
old("annotations of an operator", *connected(attr={**SAID, "num_hidden": "3"}), versions=EVERY)
old("param and attr", *connected(param={"num_hidden": "3"}, attr=SAID, backward_source_id=-1))
old("param against attr", *connected(param={"num_hidden": "3"}, attr={"num_hidden": "4"}))
old("attr as param", *connected(param={}, attr={"num_hidden": "4"}))
for each in SAID:
    old(f"weight_{each}", *connected(attr={"num_hidden": "3", f"weight_{each}": "7"}), versions=(None, 900, 10900, 10901))
old("data_lr_mult and bias_wd_mult", *connected(param={"num_hidden": "3"}, attr={"data_lr_mult": "7", "bias_wd_mult": "8"}))
old("foo_lr_mult", *connected(attr={"num_hidden": "3", "foo_lr_mult": "7"}))
old("fc_weight_lr_mult", *connected(attr={"num_hidden": "3", "fc_weight_lr_mult": "7"}))
old("weight___lr_mult__", *connected(attr={"num_hidden": "3", "weight___lr_mult__": "7"}))
old("weight_profiler_scope", *connected(attr={"num_hidden": "3", "weight_profiler_scope": "7"}))
old("an unknown parameter", *connected(attr={"num_hidden": "3", "foo": "7"}), versions=(None, 10901))
old("half underlined", *connected(attr={"num_hidden": "3", "__foo": "7"}))
old("nothing but underlines", *connected(attr={"num_hidden": "3", "____": "7"}))
for key in ("lr_mult", "__lr_mult__"):
    variables = variable_node("x"), variable_node("w", attr={key: "1"}), variable_node("b")
    old(f"weight_lr_mult against {key}", *variables, node("FullyConnected", "fc", 0, 1, 2, attr={"num_hidden": "3", "weight_lr_mult": "7"}))
old(
    "weight_lr_mult of a computed weight",
    variable_node("x"),
    node("sin", "w", 0),
    variable_node("b"),
    node("FullyConnected", "fc", 0, 1, 2, attr={"num_hidden": "3", "weight_lr_mult": "7"}),
)
old(
    "two say something of one weight",
    variable_node("x"),
    variable_node("w"),
    node("FullyConnected", "one", 0, 1, param={"num_hidden": "3"}, attr={"weight_lr_mult": "7"}),
    node("FullyConnected", "two", 0, 1, param={"num_hidden": "3"}, attr={"weight_lr_mult": "8"}),
    node("elemwise_add", "sum", 2, 3),
)
old(
    "inputs left out",
    variable_node("x"),
    node("FullyConnected", "fc", 0, param={"num_hidden": "3"}, attr={"lr_mult": "2", "__mood__": "8"}),
    versions=(None, 899),
)
old("inputs left out by a node without name", variable_node("x"), node("FullyConnected", "", 0, param={"num_hidden": "3"}))
old("inputs left out by a list", variable_node("x"), node("Concat", "c", 0, param={"num_args": "3"}))
old("all inputs left out", node("elemwise_add", "sum"))
old(
    "a weight given, with its start",
    variable_node("x"),
    variable_node("g"),
    node("LeakyReLU", "l", 0, 1, attr={"act_type": "prelu"}),
    versions=(None, 903, 904),
)
old(
    "a weight given, that has a start",
    variable_node("x"),
    variable_node("g", attr={"__init__": "ones"}),
    node("LeakyReLU", "l", 0, 1, attr={"act_type": "prelu"}),
)
for each in ("argmax", "argmin", "max"):
    for axis in ("-1", "-2", "1"):
        old(f"{each} of axis {axis}", variable_node("x"), node(each, "a", 0, attr={"axis": axis}), versions=(None, 904, 905))
for each in ("Softmax", "_Plus", "_Maximum", "_mul", "_sub", "_Minus"):
    old(each, variable_node("x"), variable_node("y"), node(each, "s", 0, 1))
for each in ("_DivScalar", "_MinusScalar", "_MulScalar", "_RMinusScalar", "_PowerScalar"):
    old(each, variable_node("x"), node(each, "s", 0, param={"scalar": "2.5"}))
for each in ("Flatten", "SwapAxis", "_copy", "BlockGrad", "Reshape"):
    old(each, variable_node("x"), node(each, "s", 0, param={"target_shape": "(0, 4)"} if each == "Reshape" else {}))
old("backwards", node("sin", "s", 1), node("cos", "c", 2), variable_node("x"), versions=(None, 10901), heads=[[0, 0]])
