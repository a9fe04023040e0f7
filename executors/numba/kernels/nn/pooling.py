"""The gradient of max pooling as a loop over windows."""

import importlib
from functools import partial

from executors.numba.table import kernel
from executors.numpy.kernels.nn import pooling as other
from executors.parallel import parallel, shares
from symbolic.limits import num_threads

WORTH_THREADS = 1 << 17  # elements times the length of a window; about 0.1 ms


@kernel("_backward_Pooling", prepared=True)
def pooling_gradient(op, data, output, d_output, d_data, scratch):
    together = data, output, d_output, d_data
    is_plain = data.dtype.kind == "f" and data.dtype.itemsize >= 4 and all(array.flags.c_contiguous for array in together)
    if op.pool_type != "max" or op.global_pool or data.ndim > 4 or data.size == 0 or not is_plain or other.is_channels_last(op):
        return other.pooling_gradient(op, *together, scratch)
    loops = importlib.import_module("executors.numba.loops.windows")  # numba takes longer to load than most graphs
    window = other.window_of(op, data.shape[2:])
    sizes = [tuple([int(n) for n in (filling, *part)[-2:]]) for filling, part in ((1, window.kernel), (1, window.stride), (0, window.pad))]
    planes = [array.reshape(array.shape[0] * array.shape[1], -1, array.shape[-1]) for array in together]
    parts = shares(len(planes[0]), num_threads() if data.size * max(op.kernel) >= WORTH_THREADS else 1)
    return parallel([partial(loops.route, *planes, *sizes, part.start, part.stop) for part in parts])
