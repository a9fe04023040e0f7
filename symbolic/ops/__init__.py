"""All operators: ``ops.exp``, ``ops.Convolution``. The files below declare them; here they are found by name."""

from __future__ import annotations

from typing import Any

from symbolic import registry


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    found = globals()[name] = registry.find(name)
    return found


# Imported by their paths, not ``from``: the file clip must not hide the operator clip.
import symbolic.ops.contrib.attention
import symbolic.ops.contrib.batch_norm
import symbolic.ops.contrib.box_coding
import symbolic.ops.contrib.boxes
import symbolic.ops.contrib.calibrate
import symbolic.ops.contrib.compare
import symbolic.ops.contrib.gradient
import symbolic.ops.contrib.hawkes
import symbolic.ops.contrib.machinery
import symbolic.ops.contrib.multibox
import symbolic.ops.contrib.quadratic
import symbolic.ops.contrib.sparse
import symbolic.ops.contrib.transform
import symbolic.ops.control
import symbolic.ops.create
import symbolic.ops.custom
import symbolic.ops.elemwise.arithmetic
import symbolic.ops.elemwise.clip
import symbolic.ops.elemwise.logic
import symbolic.ops.elemwise.unary
import symbolic.ops.image.color
import symbolic.ops.image.picture
import symbolic.ops.image.resize
import symbolic.ops.index
import symbolic.ops.linalg.factor
import symbolic.ops.linalg.inverse
import symbolic.ops.linalg.part
import symbolic.ops.linalg.product
import symbolic.ops.linalg.triangle
import symbolic.ops.locate
import symbolic.ops.loss
import symbolic.ops.movement.join
import symbolic.ops.movement.pad
import symbolic.ops.movement.repeat
import symbolic.ops.movement.reshape
import symbolic.ops.movement.slice
import symbolic.ops.movement.transpose
import symbolic.ops.nn.activation
import symbolic.ops.nn.batch_norm
import symbolic.ops.nn.convolution
import symbolic.ops.nn.ctc
import symbolic.ops.nn.deconvolution
import symbolic.ops.nn.dropout
import symbolic.ops.nn.fully_connected
import symbolic.ops.nn.group_norm
import symbolic.ops.nn.instance_norm
import symbolic.ops.nn.l2_normalization
import symbolic.ops.nn.layer_norm
import symbolic.ops.nn.leaky_relu
import symbolic.ops.nn.lrn
import symbolic.ops.nn.pooling
import symbolic.ops.nn.resize
import symbolic.ops.nn.rnn
import symbolic.ops.nn.softmax
import symbolic.ops.nn.upsampling
import symbolic.ops.optimizer.adagrad
import symbolic.ops.optimizer.adam
import symbolic.ops.optimizer.adamw
import symbolic.ops.optimizer.finite
import symbolic.ops.optimizer.ftml
import symbolic.ops.optimizer.ftrl
import symbolic.ops.optimizer.lamb
import symbolic.ops.optimizer.lars
import symbolic.ops.optimizer.nag
import symbolic.ops.optimizer.rewrite
import symbolic.ops.optimizer.rmsprop
import symbolic.ops.optimizer.sgd
import symbolic.ops.optimizer.sign
import symbolic.ops.order
import symbolic.ops.product
import symbolic.ops.quantized.batch_norm
import symbolic.ops.quantized.convert
import symbolic.ops.quantized.dense
import symbolic.ops.quantized.elemwise
import symbolic.ops.quantized.movement
import symbolic.ops.quantized.pooling
import symbolic.ops.quantized.rnn
import symbolic.ops.random.choice
import symbolic.ops.random.density
import symbolic.ops.random.distribution
import symbolic.ops.reduce
import symbolic.ops.scan
import symbolic.ops.sequence
import symbolic.ops.spatial.correlation
import symbolic.ops.spatial.crop
import symbolic.ops.spatial.deformable
import symbolic.ops.spatial.patches
import symbolic.ops.spatial.proposal
import symbolic.ops.spatial.regions
import symbolic.ops.spatial.rotated_regions
import symbolic.ops.spatial.sampler
import symbolic.ops.spatial.shifted_regions
