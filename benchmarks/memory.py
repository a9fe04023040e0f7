"""Peak memory of 50 dense layers with relu above weights, gradients and data, which are made before.

What is counted is the resident size of the process: what a library allocates beside its own plan counts too.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
from pathlib import Path

import numpy as np

from benchmarks.harness.alone import sampled
from benchmarks.harness.workload import Bar, NotAvailable, Workload, draw, threads

RECOMPUTING = "training, recomputing"
BUDGET = 60 << 20  # bytes of a program: outputs and the gradients that come in are not part of it

work = Workload(
    "50 dense layers of 1024, batch 1024: peak above parameters",
    cases={mode: {"mode": mode, "layers": 50, "width": 1024} for mode in ("inference", "training", RECOMPUTING)},
    tiny={"layers": 3, "width": 32},
    unit="MiB",
    scale=2**-20,
    measures=True,
    rounds=2,
    bars=tuple(
        Bar(executor, limit, cases=(mode,))
        for executor in ("numpy", "numba")
        for mode, limit in (("inference", 8.5), ("training", 210), (RECOMPUTING, 75))
    ),
)


def resident(field: str) -> int:
    """Bytes of this process now (``VmRSS``), or at most since `forget` (``VmHWM``)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return 1024 * int(line.split()[1])
    raise NotAvailable("this system does not tell the peak of a process")


def forget() -> int:
    """Start counting the peak anew; return the bytes in use."""
    with contextlib.suppress(AttributeError):  # glibc: pages that are free, but still this process's, would hide what comes
        ctypes.CDLL(None).malloc_trim(0)
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError as error:
        raise NotAvailable(f"the peak of a process cannot be reset: {error}") from None
    return resident("VmRSS")


def weights(layers: int, width: int) -> dict[str, np.ndarray]:
    """Draw weights that keep the size of activations."""
    return {f"f{i}_weight": draw(f"f{i}_weight", (width, width)) * np.float32(2**0.5) for i in range(layers)}


def symbols(package: str, mode: str, layers: int, width: int) -> tuple[dict[str, float], float]:
    """Return the peak in bytes, and the mean of the output."""
    mx = importlib.import_module(package)
    train = mode != "inference"
    if package == "symbolic" and mode == RECOMPUTING:
        mx.set_memory_budget(BUDGET)
    h = mx.sym.Variable("data")
    for i in range(layers):
        h = mx.sym.Activation(mx.sym.FullyConnected(h, num_hidden=width, no_bias=True, name=f"f{i}"), act_type="relu")
    arrays = {name: mx.nd.array(array) for name, array in weights(layers, width).items()}
    grads = {name: mx.nd.ones(array.shape) for name, array in arrays.items()} if train else None
    arrays["data"] = mx.nd.array(draw("data", (width, width)))
    head = mx.nd.ones((width, width))
    for turned in ((False, False), (False, True), (True, False)):  # buffers of the matrix product's own
        mx.nd.dot(head, head, *turned).asnumpy()
    small = mx.sym.Activation(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="f"), act_type="relu")
    small = small.simple_bind(mx.cpu(), data=(2, 2))  # code that is loaded when it is needed
    small.forward(is_train=False)
    small.forward(is_train=True)
    small.backward(mx.nd.ones((2, 2)))
    mx.nd.waitall()
    before = forget()
    requests = {name: "write" if train and name != "data" else "null" for name in arrays}
    exe = h.bind(mx.cpu(), arrays, args_grad=grads, grad_req=requests)
    for _ in range(2):
        exe.forward(is_train=train)
        if train:
            exe.backward(head)
        mx.nd.waitall()
    return {"value": resident("VmHWM") - before}, float(np.abs(exe.outputs[0].asnumpy()).mean())


def tensors(mode: str, layers: int, width: int) -> tuple[dict[str, float], float]:
    """Return the peak in bytes, and the mean of the output, of torch; recomputing goes by sqrt(layers) segments."""
    import torch
    from torch.utils.checkpoint import checkpoint_sequential

    torch.set_num_threads(threads())
    parts = [part for _ in range(layers) for part in (torch.nn.Linear(width, width, bias=False), torch.nn.ReLU())]
    net = torch.nn.Sequential(*parts)
    for parameter, array in zip(net.parameters(), weights(layers, width).values(), strict=True):
        parameter.data.copy_(torch.from_numpy(array))
        parameter.grad = torch.ones_like(parameter) if mode != "inference" else None
    data, head = torch.from_numpy(draw("data", (width, width))), torch.ones(width, width)
    for right, left in ((head, head), (head, head.T), (head.T, head)):  # buffers of the matrix product's own
        right @ left
    before = forget()
    for _ in range(2):
        if mode == "inference":
            with torch.inference_mode():
                output = net(data)
        else:
            net.zero_grad(set_to_none=False)
            recomputing = mode == RECOMPUTING
            output = checkpoint_sequential(net, round(layers**0.5), data, use_reentrant=False) if recomputing else net(data)
            output.backward(head)
    return {"value": resident("VmHWM") - before}, float(output.detach().abs().mean())


def mirror(mode: str) -> dict[str, str]:
    """Name MXNet's variable that asks for recomputation."""
    return {"MXNET_BACKWARD_DO_MIRROR": "1"} if mode == RECOMPUTING else {}


@work.ours()
def ours(mx, mode, layers, width):
    return sampled(symbols, "symbolic", mode, layers, width)


@work.mxnet()
def mxnet(mx, mode, layers, width):
    return sampled(symbols, "mxnet", mode, layers, width, **mirror(mode))


@work.other("torch")
def torch(mode, layers, width):
    return sampled(tensors, mode, layers, width)
