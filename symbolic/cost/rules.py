"""How many floating-point operations each operator takes: one line for an operator or a family.

What is counted
---------------
- Addition, subtraction, multiplication, division, comparison and rounding are one operation; so is a function (``exp``,
  ``tanh``, ``sqrt``, ``erf``), and a random draw. A multiply-add is two: a convolution of 1 GMAC takes 2 GFLOP.
- Arithmetic counts in any type, integers too. Moving, choosing, indexing, filling and converting is no operation.
- A window that reaches over the edge counts whole. Where values decide how much is done (boxes that overlap, the size of a
  region), the most is counted.
- A composite without a line here is counted by its body: ``sgd_update``, ``LayerNorm``, attention. A loop is its graph times its
  steps, the most there may be. What the user's own code does (``Custom``) and operators of unknown files is not known: ``None``.

A rule is a function of the operator's parameters and of the shapes of the slots that it names, inputs and outputs alike; an
absent slot, or a gradient that nobody reads, is ``None``.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from symbolic.operator.op import Rule

__all__ = ["WORK"]

WORK: dict[str, Rule] = {}
"""Operator -> its rule."""


def _count(names: str, rule: Callable[..., int]) -> None:
    """Enter a rule for one or more operators."""
    WORK.update(dict.fromkeys(names.split(), Rule(rule)))


def size(shape: Any) -> int:
    """Count elements; an absent value has none."""
    return 0 if shape is None else prod(shape)


def _each(weight: int = 1) -> Callable[..., int]:
    """Make a rule: ``weight`` operations for each element of the output."""
    return lambda op, output: weight * size(output)


def _halving(length: int) -> int:
    """Count how often a length can be halved, rounding up: the comparisons of a binary search."""
    return max(length - 1, 0).bit_length()


# -- no operation: movement, creation, indexing, conversion ---------------------------------------------------------------

_count("Reshape reshape_like expand_dims squeeze _on_axis _insert_axes _restore_axes", lambda op: 0)
_count("transpose SwapAxis reverse diag _undiag tile broadcast_axis broadcast_like broadcast_to", lambda op: 0)
_count("Concat _split_v2 _split_like slice slice_axis slice_like _cut _paste Crop _backward_Crop Pad", lambda op: 0)
_count("take pick gather_nd scatter_nd _scatter_set_nd one_hot fill_element_0index where im2col", lambda op: 0)
_count("_take_along_axis _place_along_axis _contrib_index_copy _contrib_boolean_mask _unmask _sparse_retain", lambda op: 0)
_count("SequenceLast _backward_SequenceLast SequenceMask SequenceReverse _backward__contrib_box_nms", lambda op: 0)
_count("_full _zeros_without_dtype zeros_like ones_like _number_like _eye _constant shape_array size_array", lambda op: 0)
_count("_arange _linspace _contrib_arange_like _contrib_index_array _ravel_multi_index _unravel_index", lambda op: 0)
_count("_linalg_extracttrian _linalg_makediag _linalg_maketrian _triangle", lambda op: 0)
_count("Cast _cast_like _floating _copy amp_cast amp_multicast _count _full_scale", lambda op: 0)

# -- element by element ---------------------------------------------------------------------------------------------------

_count("abs sign floor ceil trunc rint round sqrt cbrt exp expm1 log log10 log2 log1p sin cos tanh", _each())
_count("arcsin arccos arctan arcsinh arccosh erf erfinv gamma gammaln _digamma _trigamma", _each())
_count("tan sinh cosh arctanh rsqrt rcbrt", _each())  # bodies spell them with others
_count("broadcast_add broadcast_sub broadcast_mul broadcast_div broadcast_mod broadcast_power", _each())
_count("broadcast_maximum broadcast_minimum broadcast_equal broadcast_lesser broadcast_lesser_equal", _each())
_count("broadcast_logical_and broadcast_logical_or _per_element", _each())
_count("broadcast_hypot", _each(4))  # two squares, their sum, its root
_count("clip", _each(2))
_count("add_n", lambda op, args, output: (len(args) - 1) * size(output))
_count("sigmoid", _each(4))  # negative, exp, add one, divide
_count("_contrib_allclose", lambda op, a: 5 * size(a))  # |a - b| <= atol + rtol |b|

# -- reductions: an operation for each element but the first of each result -----------------------------------------------

_count("sum prod max min argmax argmin _sum_like _sum_tiles", lambda op, data, output: max(size(data) - size(output), 0))
_count("_np_cumsum", _each())
_count("_scatter_add _scatter_add_nd col2im", lambda op, data: size(data))
_count("topk", lambda op, data: size(data) * _halving(size(data) if op.axis is None else data[op.axis]))
_count("_histogram", lambda op, data, bins: size(data) * (2 if bins is None else _halving(size(bins))))

# -- products -------------------------------------------------------------------------------------------------------------


def _summed(op: Any, lhs: Any) -> int:
    """Count the terms of each sum of ``dot``."""
    return (lhs[0] if op.transpose_a else lhs[-1]) if lhs else 1


def _rnn(op: Any, data: Any) -> int:
    """Products of both weight matrices and the projection, then 5 biases and sums a gate, then the formula of the cell."""
    steps, batch, features = data
    state, out, directions = op.state_size, op.projection_size or op.state_size, 2 if op.bidirectional else 1
    gates, cell = {"rnn_relu": (1, 1), "rnn_tanh": (1, 1), "lstm": (4, 18), "gru": (3, 15)}[op.mode]
    cell += 2 if getattr(op, "lstm_state_clip_max", None) is not None else 0
    projection = 0 if op.projection_size is None else 2 * out * state
    layers = [features] + [directions * out] * (op.num_layers - 1)
    products = sum(2 * gates * state * (inputs + out) + projection for inputs in layers)
    others = op.num_layers * state * (3 * gates + cell)
    return steps * batch * directions * (products + others)


_count("FullyConnected", lambda op, weight, bias, output: 2 * size(output) * weight[1] + (size(output) if bias else 0))
_count("dot", lambda op, lhs, output: 2 * size(output) * _summed(op, lhs))
_count(
    "_backward_dot",
    lambda op, d_output, lhs, d_lhs, d_rhs: 2 * size(d_output) * _summed(op, lhs) * ((d_lhs is not None) + (d_rhs is not None)),
)
_count("batch_dot", lambda op, lhs, output: 2 * size(output) * lhs[-2 if op.transpose_a else -1])
_count("RNN _contrib_quantized_rnn", _rnn)
_count("_backward_RNN", lambda op, data: 2 * _rnn(op, data))


# -- layers ---------------------------------------------------------------------------------------------------------------


def _gradients(*values: Any) -> int:
    """Count the gradients that somebody reads."""
    return sum(value is not None for value in values)


def _convolution_gradient(op: Any, d_output: Any, weight: Any, d_data: Any, d_weight: Any, d_bias: Any) -> int:
    return _gradients(d_data, d_weight) * 2 * size(d_output) * prod(weight[1:]) + (size(d_output) if d_bias else 0)


def _deconvolution_gradient(op: Any, d_output: Any, data: Any, weight: Any, d_data: Any, d_weight: Any, d_bias: Any) -> int:
    return _gradients(d_data, d_weight) * 2 * size(data) * prod(weight[1:]) + (size(d_output) if d_bias else 0)


def _pooling(op: Any, data: Any, output: Any) -> int:
    """A window of k elements takes k - 1 operations, for a mean k, for a norm 2 k."""
    window = size(data) if op.global_pool else size(output) * prod(op.kernel)
    return {"max": window - size(output), "sum": window - size(output), "avg": window, "lp": 2 * window}[op.pool_type]


def _adaptive(op: Any, data: Any, output: Any) -> int:
    """Add up each cell, then divide; cells of an axis that does not divide evenly overlap."""
    axes = zip(data[2:], output[2:], strict=True)
    reads = [sum(-(-(place + 1) * length // cells) - place * length // cells for place in range(cells)) for length, cells in axes]
    return prod(data[:2]) * prod(reads)


def _batch_norm(op: Any, data: Any, is_train: bool) -> int:
    """One multiply-add; in training also the mean, and what differs from it, squared and added up."""
    return size(data) * (6 if is_train and not op.use_global_stats else 2)


def _upsampling(op: Any, inputs: Any, output: Any) -> int:
    if op.sample_type == "bilinear":
        return 2 * size(inputs[0]) * prod(inputs[1][1:])
    return (len(inputs) - 1) * size(output) if op.multi_input_mode == "sum" else 0


_count("Convolution", lambda op, weight, bias, output: 2 * size(output) * prod(weight[1:]) + (size(output) if bias else 0))
_count("_backward_Convolution", _convolution_gradient)
_count("Deconvolution", lambda op, data, weight, bias, output: 2 * size(data) * prod(weight[1:]) + (size(output) if bias else 0))
_count("_backward_Deconvolution", _deconvolution_gradient)
_count("Pooling", _pooling)
_count("_backward_Pooling", lambda op, data, d_output: size(data) if op.global_pool else size(d_output) * prod(op.kernel))
_count("_contrib_AdaptiveAvgPooling2D", _adaptive)
_count("_backward__contrib_AdaptiveAvgPooling2D", lambda op, data, d_output: _adaptive(op, data, d_output))
_count("BatchNorm", _batch_norm)
_count("_backward_BatchNorm", lambda op, data: 9 * size(data))  # two sums over (d x'), and d - a - b x', scaled
_count("LRN", lambda op, data: size(data) * (op.nsize + 5))  # square, sum over the window, scale, add, power, divide
_count("_backward_LRN", lambda op, data: size(data) * (op.nsize + 8))
_count("Dropout", lambda op, data, is_train: size(data) * (3 if is_train or op.mode == "always" else 0))  # draw, compare, scale
_count("UpSampling", lambda op, data, output: _upsampling(op, data, output))
_count(
    "_backward_UpSampling",
    lambda op, d_output, data: 2 * _upsampling(op, data, d_output) if op.sample_type == "bilinear" else size(d_output),
)
_count("softmax", _each(5))  # largest, subtract, exp, sum, divide
_count("_backward_SoftmaxOutput", lambda op, output: 2 * size(output))  # subtract one, scale
_count("CTCLoss", lambda op, data, label: 5 * size(data) + 16 * data[0] * data[1] * (2 * label[1] + 1))  # softmax, two passes
_count("_backward_CTCLoss", lambda op, d_data: size(d_data))
_count("_backward_Pad", lambda op, d_output, d_data: 0 if op.mode == "constant" else size(d_output) - size(d_data))
_count("_backward_im2col", lambda op, d_data, d_output: size(d_output))

# -- draws ----------------------------------------------------------------------------------------------------------------

_count("_random_uniform _random_normal _random_gamma _random_poisson _random_randint _permutation", _each())
_count("_sample_uniform _sample_normal _sample_gamma _sample_poisson", _each())
_count("_draw_category", lambda op, data, number: size(data) + size(number) * _halving(data[-1]))  # running sums, binary search
_count("_sample_unique_zipfian", lambda op, output0: size(output0))

# -- linear algebra: stacks of (n, n) matrices ----------------------------------------------------------------------------


def _stack(shape: Any) -> int:
    return prod(shape[:-2])


_count("_linalg_potrf", lambda op, A: _stack(A) * A[-1] * (A[-1] + 1) * (2 * A[-1] + 1) // 6)
_count("_linalg_trsm", lambda op, A, B: size(B) * A[-1] + (size(B) if op.alpha != 1 else 0))
_count("_linalg_det _linalg_slogdet", lambda op, A: _stack(A) * (A[-1] - 1) * (A[-1] * (4 * A[-1] + 1) + 6) // 6)  # LU, then a product
_count("_inverse", lambda op, A: 2 * size(A) * A[-1])
_count("_linalg_gelqf", lambda op, A: 4 * size(A) * A[-2])  # Golub and Van Loan (2013), 5.2: factors and Q, to leading order
_count("_linalg_syevd", lambda op, A: 9 * size(A) * A[-1])  # the same, 8.3: eigenvalues and eigenvectors
_count("_contrib_fft", lambda op, data: 5 * size(data) * _halving(data[-1]))
_count("_contrib_ifft", lambda op, output: 5 * size(output) * _halving(output[-1]))

# -- pictures, boxes and regions ------------------------------------------------------------------------------------------

TAP = 7  # four products of a bilinear sample and their sum
OVERLAP = 12  # corners of an intersection, three areas, a quotient


def _windows_of_correlation(op: Any, data1: Any, output: Any) -> int:
    return size(output) * 2 * op.kernel_size**2 * data1[1]


def _samples(op: Any, data: Any, cells: Any, pooled: tuple[int, int]) -> int:
    """Count the samples of `ROIAlign`: so many a cell, or one for each element of the largest region."""
    given = getattr(op, "sample_ratio", getattr(op, "sampling_ratio", None))
    if given is None or given <= 0:
        each = prod(-(-length // parts) for length, parts in zip(data[2:], pooled, strict=True))
    else:
        each = given**2
    return size(cells) * each


def _pairs(boxes: int, most: int = -1) -> int:
    """Count the pairs that non-maximum suppression compares at most."""
    boxes = boxes if most < 0 else min(boxes, most)
    return boxes * (boxes - 1) // 2


_count("Correlation", _windows_of_correlation)
_count("_backward_Correlation", lambda op, data1, d_output: 2 * _windows_of_correlation(op, data1, d_output))
_count("_sample", lambda op, output: TAP * size(output))
_count("_spread", lambda op, data: (TAP + 1) * size(data))
_count("_contrib_BilinearResize2D", _each(TAP))
_count("_backward__contrib_BilinearResize2D", lambda op, d_output: (TAP + 1) * size(d_output))
_count("_image_resize", lambda op, output: {0: 0, 1: TAP, 2: 31}.get(op.interp, 31) * size(output))  # nearest, four, sixteen elements
_count("_image_normalize _image_light", _each(2))
_count("_image_color", lambda op, output: 6 * len(op.kinds) * size(output))  # grey value, two products and their sum, bounds
_count("_contrib_box_iou", _each(OVERLAP))
_count("_contrib_box_nms", lambda op, data: OVERLAP * prod(data[:-2]) * _pairs(data[-2], op.topk))
_count("_contrib_bipartite_matching", lambda op, data: size(data) * _halving(prod(data[-2:])))
_count("_contrib_MultiBoxPrior", _each(2))
_count("_contrib_MultiBoxTarget", lambda op, label, anchor: label[0] * anchor[1] * (OVERLAP * label[1] + 12))
_count("ROIPooling", lambda op, data, rois: rois[0] * prod(data[1:]))
_count("_backward_ROIPooling", lambda op, d_output: size(d_output))
_count("_contrib_PSROIPooling", lambda op, data, rois: rois[0] * op.output_dim * prod(data[2:]))
_count("_backward__contrib_PSROIPooling", lambda op, data, rois: rois[0] * op.output_dim * prod(data[2:]))
_count("_contrib_ROIAlign _contrib_RROIAlign", lambda op, data, output: (TAP + 1) * _samples(op, data, output, output[2:]))
_count("_backward__contrib_ROIAlign", lambda op, data, d_output: (TAP + 1) * _samples(op, data, d_output, d_output[2:]))
_count("_contrib_DeformablePSROIPooling", lambda op, output: (TAP + 1) * op.sample_per_part**2 * size(output))
_count("_backward__contrib_DeformablePSROIPooling", lambda op, d_output: 3 * (TAP + 1) * op.sample_per_part**2 * size(d_output))
_count("_contrib_hawkesll", lambda op, lags, lda: 12 * size(lags) + 6 * size(lda))
_count("_backward__contrib_hawkesll", lambda op, lags, lda: 24 * size(lags) + 12 * size(lda))


def _detection(op: Any, cls_prob: Any, anchor: Any) -> int:
    """The best class of each box, its place and size, then the pairs that suppression compares."""
    return size(cls_prob) + cls_prob[0] * (16 * anchor[1] + OVERLAP * _pairs(anchor[1], op.nms_topk))


def _proposal(op: Any, cls_prob: Any) -> int:
    """Place, size and bounds of each box, then the pairs that suppression compares."""
    boxes = size(cls_prob) // 2 // cls_prob[0]
    return cls_prob[0] * (20 * boxes + OVERLAP * _pairs(boxes, op.rpn_pre_nms_top_n))


_count("_contrib_MultiBoxDetection", _detection)
_count("_contrib_MultiProposal", _proposal)

# -- integers that stand for real numbers ---------------------------------------------------------------------------------

_count("_to_integers", _each(4))  # scale, round, two bounds
_count("_contrib_quantize_v2", lambda op, data: size(data) * (4 if op.min_calib_range is not None else 6))
_count("_contrib_quantized_concat", _each(2))
_count("_contrib_quantized_elemwise_add", _each(5))
_count("_contrib_calibrate_entropy", lambda op, hist: size(hist) * max(size(hist) - op.num_quantized_bins, 0) // 2)
