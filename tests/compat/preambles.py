"""How MXNet's own unit tests begin: what each imports, and the names that it uses most, one statement a line.

``ref/bin/python -m tests.compat.preambles`` checks that every line runs in MXNet 1.9.1; ``tests/test_compat.py`` that it runs
through the door.
"""

from __future__ import annotations

import sys

HELPERS = """
import logging, os, random, sys, tempfile, unittest
import numpy as np
import mxnet as mx
from mxnet.base import MXNetError
mx.random.seed(1234)
np.random.seed(1234)
mx.random.seed(5, ctx=mx.cpu())
mx.nd.waitall()
seed = np.random.randint(0, np.iinfo(np.int32).max)
"""

PREAMBLES = {
    "common": HELPERS,
    "attr": """
        import mxnet as mx
        import pickle as pkl
        assert mx.AttrScope(y="2").get({"x": "1"}) == {"x": "1", "y": "2"}
        data = mx.symbol.Variable("data", attr={"mood": "angry"}, lr_mult=1)
    """,
    "autograd": """
        import functools
        import mxnet.ndarray as nd
        from mxnet.ndarray import zeros_like
        from mxnet.autograd import *
        from mxnet.test_utils import *
        record, pause, train_mode, predict_mode, is_training, is_recording, mark_variables, backward, grad, get_symbol, Function
    """,
    "base": """
        import mxnet as mx
        from mxnet.base import data_dir
        from mxnet.base import get_last_ffi_error, _as_list
        mx.util.get_gpu_count
    """,
    "contrib_autograd": """
        from mxnet.contrib.autograd import *
        from mxnet.contrib.autograd import train_section, test_section, grad_and_loss, mark_variables, backward
        from mxnet import nd
    """,
    "contrib_operator": """
        import mxnet as mx
        from mxnet.test_utils import set_default_context, assert_almost_equal, assert_allclose, default_context
        mx.nd.contrib.box_iou, mx.contrib.nd.bipartite_matching, mx.contrib.sym.box_nms
    """,
    "engine": """
        import mxnet as mx
        mx.engine.set_bulk_size(10)
        mx.engine.bulk(10)
    """,
    "exc_handling": """
        import mxnet as mx
        from mxnet.base import MXNetError
        from mxnet.test_utils import assert_exception, default_context, set_default_context
    """,
    "executor": """
        import mxnet as mx
        from mxnet.test_utils import assert_almost_equal
        from mxnet.test_utils import environment
    """,
    "infer_shape": """
        import mxnet as mx
        from mxnet.base import MXNetError
    """,
    "infer_type": """
        import mxnet as mx
        from mxnet import autograd, nd
        from mxnet.test_utils import assert_almost_equal
    """,
    "init": """
        import mxnet as mx
        mx.init.InitDesc("x", {"__init__": ""})
        mx.init.Load, mx.init.Mixed, mx.init.Bilinear, mx.init.LSTMBias, mx.initializer.InitDesc, mx.init.FusedRNN, mx.init.Constant
        mx.init.Xavier, mx.init.MSRAPrelu, mx.init.Orthogonal, mx.init.One, mx.init.Zero, mx.init.Normal, mx.init.Uniform
    """,
    "io": """
        import mxnet as mx
        import mxnet.ndarray as nd
        from mxnet.base import MXNetError
        from mxnet.test_utils import *
        from mxnet.io import DataBatch, DataDesc, DataIter, NDArrayIter, PrefetchingIter, ResizeIter
        from mxnet.io.io import _init_data, DataDesc
        mx.io.MNISTIter, mx.io.CSVIter, mx.io.LibSVMIter, mx.io.ImageRecordIter
    """,
    "kvstore": """
        import mxnet as mx
        from mxnet.test_utils import rand_ndarray, assert_almost_equal
        from mxnet.base import py_str, MXNetError
        kv = mx.kv.create("local")
        kv.init(3, mx.nd.zeros((4, 4)))
        kv.rank, kv.num_workers, kv.type
    """,
    "loss": """
        import mxnet as mx
        from mxnet import autograd
        from mxnet.test_utils import assert_almost_equal, default_context
    """,
    "metric": """
        import mxnet as mx
        import math
        from scipy.stats import pearsonr
        import json
        metric = mx.metric.create("acc")
        mx.metric.np, mx.metric.CompositeEvalMetric, mx.metric.check_label_shapes, mx.metric.PCC, mx.metric.MCC, mx.metric.F1
    """,
    "module": """
        import mxnet as mx
        import mxnet.ndarray as nd
        from mxnet.test_utils import *
        from functools import reduce
        from mxnet.module.executor_group import DataParallelExecutorGroup
        from collections import namedtuple
        mx.mod.Module, mx.mod.BucketingModule, mx.mod.SequentialModule, mx.mod.PythonLossModule, mx.mod.PythonModule
        mx.callback.module_checkpoint, mx.callback.Speedometer, mx.mon.Monitor, mx.monitor.Monitor, mx.model.FeedForward
        from mxnet.module import BaseModule, Module
        from mxnet.module.base_module import BaseModule, _check_input_names, _parse_data_desc
        from mxnet.model import BatchEndParam, save_checkpoint, load_checkpoint, _create_kvstore
    """,
    "multi_device_exec": """
        import mxnet as mx
        from mxnet.test_utils import assert_almost_equal
        scope = mx.AttrScope(ctx_group="dev1")
        mx.Context("cpu", 1), mx.cpu(2), mx.cpu_pinned(), mx.current_context(), mx.context.num_gpus()
    """,
    "ndarray": """
        import itertools, functools, random
        from mxnet.test_utils import almost_equal
        from mxnet.test_utils import assert_almost_equal, assert_exception
        from mxnet.test_utils import default_context
        from mxnet.test_utils import np_reduce
        from mxnet.test_utils import same
        from mxnet.test_utils import random_sample, rand_shape_nd, random_arrays
        from mxnet import runtime
        import mxnet.autograd
        from mxnet.base import integer_types
        from mxnet.ndarray.ndarray import py_slice
        import mxnet as mx
        mx.ndarray.ndarray._DTYPE_NP_TO_MX, mx.ndarray.ndarray._DTYPE_MX_TO_NP, mx.nd.NDArray, mx.nd.load_frombuffer, mx.nd.concatenate
        mx.runtime.Features().is_enabled("INT64_TENSOR_SIZE")
        mx.runtime.feature_list()
        mx.nd.onehot_encode, mx.nd.moveaxis, mx.nd.maximum, mx.nd.true_divide, mx.nd.from_dlpack, mx.nd.to_dlpack_for_read
    """,
    "operator": """
        import copy, math, random, itertools
        import mxnet as mx
        from mxnet.test_utils import *
        from mxnet.operator import *
        from mxnet.base import py_str, MXNetError, _as_list
        check_numeric_gradient, check_symbolic_forward, check_symbolic_backward, check_consistency, check_speed, simple_forward
        rand_ndarray, rand_shape_2d, rand_shape_3d, rand_shape_nd, default_context, set_default_context, default_dtype
        almost_equal, assert_almost_equal, same, retry, np_reduce, assert_exception, discard_stderr, random_arrays, list_gpus
        assert_almost_equal_ignore_nan, assert_almost_equal_with_err, create_2d_tensor, create_vector, collapse_sum_like
        rand_coord_2d, rand_sparse_ndarray, create_sparse_array, create_sparse_array_zd, gen_buckets_probs_with_ppf, mean_check
        get_atol, get_rtol, numeric_grad, environment, is_cd_run, compare_optimizer, is_op_runnable
        CustomOp, CustomOpProp, register
    """,
    "optimizer": """
        import itertools, math
        import mxnet as mx
        import mxnet.lr_scheduler as lr_scheduler
        from mxnet.test_utils import *
        compare_optimizer
        mx.optimizer.SGD, mx.optimizer.Optimizer.opt_registry, mx.optimizer.create, mx.optimizer.get_updater, mx.optimizer.Updater
        from mxnet.optimizer import Optimizer, SGD
        from mxnet.optimizer.optimizer import Optimizer
    """,
    "profiler": """
        import mxnet as mx
        from mxnet import profiler
        profiler.set_config, profiler.set_state, profiler.Domain, profiler.Event, profiler.Marker, profiler.Counter, profiler.Task
    """,
    "random": """
        import mxnet as mx
        from mxnet.test_utils import verify_generator, gen_buckets_probs_with_ppf, retry, assert_almost_equal
        from mxnet.test_utils import chi_square_check, var_check, mean_check
        import scipy.stats as ss
        mx.random.uniform, mx.random.normal, mx.random.seed, mx.nd.random.uniform, mx.sym.random.uniform
    """,
    "recordio": """
        import mxnet as mx
        from mxnet.recordio import MXRecordIO, MXIndexedRecordIO, IRHeader, pack, unpack, pack_img, unpack_img
    """,
    "rnn": """
        import mxnet as mx
        from mxnet.test_utils import default_context, assert_almost_equal
        mx.rnn.RNNCell, mx.rnn.LSTMCell, mx.rnn.GRUCell, mx.rnn.FusedRNNCell, mx.rnn.SequentialRNNCell, mx.rnn.BidirectionalCell
        mx.rnn.DropoutCell, mx.rnn.ZoneoutCell, mx.rnn.ResidualCell, mx.rnn.ConvRNNCell, mx.rnn.ConvLSTMCell, mx.rnn.ConvGRUCell
        mx.rnn.BucketSentenceIter, mx.rnn.encode_sentences, mx.rnn.save_rnn_checkpoint, mx.rnn.load_rnn_checkpoint, mx.rnn.do_rnn_checkpoint
        mx.rnn.RNNParams, mx.rnn.rnn_cell.BaseRNNCell
    """,
    "runtime": """
        import mxnet as mx
        from mxnet.runtime import *
        from mxnet.base import MXNetError
        Features().is_enabled("CPU_SSE"), feature_list()
    """,
    "sparse_ndarray": """
        from mxnet.test_utils import *
        from mxnet.base import mx_real_t
        import numpy.random as rnd
        from mxnet.ndarray.sparse import RowSparseNDArray, CSRNDArray
        from mxnet.ndarray.sparse import row_sparse_array, csr_matrix, zeros, empty, array
        import mxnet as mx
        mx.nd.sparse.csr_matrix, mx.nd.sparse.row_sparse_array, mx.nd._internal, mx.nd.cast_storage, mx.nd.sparse.retain
        from mxnet.ndarray.ndarray import _STORAGE_TYPE_STR_TO_ID
    """,
    "sparse_operator": """
        from mxnet.test_utils import *
        from mxnet.base import MXNetError
        import random, warnings
    """,
    "symbol": """
        import copy
        import mxnet as mx
        from mxnet.base import NotImplementedForSymbol
        from mxnet.test_utils import discard_stderr, rand_shape_nd
        import pickle as pkl
        mx.sym.load_json, mx.symbol.Symbol, mx.sym.Group, mx.symbol.contrib, mx.sym.linalg, mx.sym.sparse, mx.sym.image
        from mxnet.symbol import Variable, Symbol, FullyConnected
        from mxnet.symbol.symbol import Symbol
    """,
    "test_utils": """
        from mxnet import test_utils
        test_utils.get_mnist, test_utils.get_mnist_iterator, test_utils.download, test_utils.get_cifar10, test_utils.list_gpus
    """,
    "thread_local": """
        import threading
        import mxnet as mx
        from mxnet import context, attribute, name
        from mxnet.context import Context
        from mxnet.attribute import AttrScope
        from mxnet.name import NameManager, Prefix
        from mxnet.util import _NumpyShapeScope, set_np_shape, is_np_shape, np_shape
        NameManager._current, AttrScope._current, Context.default_ctx
    """,
    "viz": """
        import mxnet as mx
        mx.viz.print_summary, mx.viz.plot_network, mx.visualization.plot_network
    """,
    "scripts": """
        import mxnet as mx, logging
        logger = mx.log.get_logger("scripts", level=mx.log.INFO)
        assert mx.__version__.split(".")[0] == "1" and mx.libinfo.__version__ == mx.__version__
        from mxnet.executor_manager import _split_input_slice, _check_arguments
        from mxnet.registry import get_register_func, get_create_func, get_alias_func
        from mxnet.executor import Executor
        from mxnet.callback import Speedometer, do_checkpoint, log_train_metric, ProgressBar, LogValidationMetricsCallback
        from mxnet.initializer import Xavier, Uniform
        from mxnet.lr_scheduler import LRScheduler, FactorScheduler, MultiFactorScheduler, PolyScheduler, CosineScheduler
        from mxnet.context import cpu, gpu
        from mxnet.io import DataDesc, DataBatch
        from mxnet.image import imdecode, imresize, ImageIter, CreateAugmenter
        from mxnet.kvstore import KVStore
        from mxnet import ndarray as F, symbol as S
    """,
}


def statements(text):
    """Split a preamble into its statements."""
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def main(run):
    """Run every statement with ``run(statement, names)``; tell of those that fail."""
    failures = {}
    for page, text in PREAMBLES.items():
        names = {"__name__": page}
        for statement in statements(text):
            try:
                run(statement, names)
            except Exception as error:
                failures[f"{page}: {statement}"] = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return failures


if __name__ == "__main__":
    found = main(exec)
    print("\n".join(f"{statement}\n    {error}" for statement, error in found.items()) or "all run")
    sys.exit(bool(found))
