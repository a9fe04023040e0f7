"""Every public name of the reference's arrays and of the modules around them is here, but for those listed with a reason.

``names.json`` holds what ``dir()`` says in MXNet 1.9.1, without the modules and functions that it merely imports.
"""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path

import pytest

import symbolic as mx

NAMES = json.loads((Path(__file__).parent / "names.json").read_text())
WHERE = {"NDArray": "nd.NDArray", "CSRNDArray": "nd.sparse.CSRNDArray", "RowSparseNDArray": "nd.sparse.RowSparseNDArray"}
LEFT_OUT = {
    "of C, or of how MXNet finds it": """
        __del__ __dict__ __setstate__ __getstate__ CachedOpHandle DLContext NDArrayHandle NDArrayBase Context NDArray c_array_buf
        check_call current_context integer_types mx_real_t numeric_types gs_retain op CudaKernelHandle CudaModuleHandle
        MXCallbackList RtcHandle c2pyerror ctypes2numpy_shared get_last_ffi_error gen__internal gen_contrib gen_image gen_linalg
        gen_op gen_sparse register ndarray NotSupportedForSparseNDArray c_str py_str mx_uint""",
    "helpers of its indexing": "get_indexing_dispatch_code get_oshape_of_gather_nd_op indexing_key_expand_implicit_axes",
    "the NumPy interface": "np npx numpy numpy_extension np_ufunc_legal_option wrap_np_binary_func wrap_np_unary_func",
    "graphs of DGL": """
        dgl_adjacency dgl_csr_neighbor_non_uniform_sample dgl_csr_neighbor_uniform_sample dgl_graph_compact dgl_subgraph""",
    "gradients that are no functions of users": "backward_hawkesll backward_index_copy backward_quadratic uniform",
}
NOT_HERE = {name for names in LEFT_OUT.values() for name in names.split()}


@pytest.mark.parametrize("space", NAMES)
def test_names_are_there(space):
    place = reduce(getattr, WHERE.get(space, space).split("."), mx)
    missing = []
    for name in NAMES[space].split():
        try:
            getattr(place, name)
        except AttributeError:
            missing.append(name)
    assert set(missing) <= NOT_HERE, sorted(set(missing) - NOT_HERE)
