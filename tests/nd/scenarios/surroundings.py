"""``mx.base``, ``mx.util``, ``mx.engine``, ``mx.runtime`` and contexts: names that scripts import, and what they do."""

from __future__ import annotations

import pickle

import numpy as np

from tests.nd.packing import scenario


@scenario()
def base(mx):
    b = mx.base
    found = [
        issubclass(b.MXNetError, RuntimeError),
        mx.MXNetError is b.MXNetError,
        isinstance("a", b.string_types),
        isinstance(3, b.numeric_types),
    ]
    found += [
        isinstance(np.float32(1), b.numeric_types),
        isinstance(np.int32(1), b.integer_types),
        isinstance(2.0, b.integer_types),
        b.mx_real_t,
    ]
    found += [
        b.py_str(b.c_str("a").value),
        list(b.c_array(b.mx_uint, [1, 2])),
        list(b.c_str_array(["a", "b"])),
        repr(b._Null),
        b.check_call(0),
    ]
    found += [
        issubclass(b.NotImplementedForSymbol, b.MXNetError),
        issubclass(b.NotSupportedForSparseNDArray, b.MXNetError),
        b.mx_int(3).value,
    ]
    return [
        *found,
        sorted(set(b.error_types) & {"ValueError", "TypeError", "IndexError"}),
        b.build_param_doc(["a"], ["int"], ["what"]),
        b.data_dir()[-6:],
    ]


@scenario()
def errors_registered(mx):
    @mx.base.register_error
    class Own(mx.base.MXNetError):
        pass

    mx.base.register_error("other", Own)
    return [mx.base.error_types["Own"] is Own, mx.base.error_types["other"] is Own]


@scenario()
def class_properties(mx):
    class Owner:
        value = 3

        @mx.base.classproperty
        def shown(cls):
            return cls.value

    return Owner.shown


@scenario()
def shapes(mx):
    u = mx.util
    found = [u.is_np_shape(), u.is_np_array(), u.set_np_shape(True), u.is_np_shape(), u.set_np_shape(False), mx.is_np_shape()]
    with u.np_shape():
        found += [u.is_np_shape(), mx.nd.zeros(()).shape, mx.nd.zeros((0, 2)).shape]
        with u.np_shape(False):
            found.append(u.is_np_shape())
    with u.np_shape(True), u.np_array(False):
        found.append(u.is_np_shape())

    @u.use_np_shape
    def within(x):
        return u.is_np_shape(), x

    @mx.use_np_shape
    class Within:
        def method(self):
            return u.is_np_shape()

    return [*found, within(3), within.__name__, Within().method(), u.is_np_shape()]


@scenario()
def only_functions(mx):
    mx.util.use_np_shape(3)


@scenario()
def surroundings(mx):
    u = mx.util
    u.setenv("SYMBIND_TEST", "3")
    found = [u.getenv("SYMBIND_TEST"), u.getenv("SYMBIND_NOT_SET"), u.get_gpu_count(), mx.context.num_gpus()]

    @u.set_module("some.where")
    def function():
        pass

    return [*found, function.__module__]


@scenario()
def card(mx):
    mx.util.get_gpu_memory(0)


@scenario()
def capability(mx):
    mx.util.get_cuda_compute_capability(mx.cpu())


@scenario()
def engine(mx):
    first = mx.engine.set_bulk_size(8)
    found = [mx.engine.set_bulk_size(8)]
    with mx.engine.bulk(10):
        x = mx.nd.zeros((1,))
        for _ in range(20):
            x += 1
        found.append(mx.engine.set_bulk_size(10))
    found.append(mx.engine.set_bulk_size(first))
    return [*found, x]


@scenario()
def features(mx):
    from_module = mx.runtime.Features()
    found = [
        from_module is mx.runtime.Features(),
        list(from_module),
        [f.name for f in mx.runtime.feature_list()],
        from_module.is_enabled("cuda"),
    ]
    found += [
        from_module.is_enabled("CUDNN"),
        repr(from_module["CUDA"]),
        from_module["CUDA"].enabled,
        len(from_module),
        from_module.is_enabled("LAPACK"),
    ]
    return [*found, type(mx.runtime.feature_list()).__name__, from_module.is_enabled("INT64_TENSOR_SIZE"), "CUDA" in from_module]


@scenario()
def no_feature(mx):
    mx.runtime.Features().is_enabled("this girl is on fire")


@scenario()
def contexts(mx):
    found = [
        mx.cpu(),
        mx.cpu(1),
        mx.gpu(2),
        mx.cpu_pinned(),
        mx.Context("cpu", 3),
        mx.Context(mx.cpu(2)),
        mx.current_context(),
        mx.context.current_context(),
    ]
    found = [str(c) for c in found]
    found += [
        mx.cpu() == mx.cpu(0),
        mx.cpu() == mx.cpu(1),
        mx.cpu() != mx.gpu(),
        hash(mx.cpu(1)) == hash(mx.cpu(1)),
        mx.gpu(1).device_type,
        mx.gpu(1).device_id,
    ]
    found += [
        mx.cpu(1).device_typeid,
        pickle.loads(pickle.dumps(mx.cpu(4))) == mx.cpu(4),
        mx.cpu().empty_cache() if False else None,
    ]
    with mx.Context("cpu", 2):
        found.append(str(mx.current_context()))
        with mx.cpu(1):
            found.append(str(mx.current_context()))
    return [
        *found,
        str(mx.current_context()),
        mx.Context.devtype2str[1],
        mx.Context.devstr2type["gpu"],
        str(mx.context.Context.default_ctx),
    ]
