"""An operator of one's own, in NumPy, forward and backward, as a node like any other."""

import numpy as np

import symbolic as mx


class Huber(mx.operator.CustomOp):
    """The loss of Huber: quadratic near zero, linear far out."""

    def __init__(self, width):
        self.width = width

    def forward(self, is_train, req, in_data, out_data, aux):
        error = np.abs(in_data[0].asnumpy() - in_data[1].asnumpy())
        near = error < self.width
        loss = np.where(near, error**2 / 2, self.width * (error - self.width / 2))
        self.assign(out_data[0], req[0], mx.nd.array(loss))

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        slope = np.clip(in_data[0].asnumpy() - in_data[1].asnumpy(), -self.width, self.width) * out_grad[0].asnumpy()
        self.assign(in_grad[0], req[0], mx.nd.array(slope))
        self.assign(in_grad[1], req[1], mx.nd.array(-slope))


@mx.operator.register("huber")
class HuberProp(mx.operator.CustomOpProp):
    def __init__(self, width="1.0"):
        super().__init__(need_top_grad=True)
        self.width = float(width)

    def list_arguments(self):
        return ["data", "label"]

    def infer_shape(self, in_shape):
        return [in_shape[0], in_shape[0]], [in_shape[0]], []

    def create_operator(self, ctx, shapes, dtypes):
        return Huber(self.width)


line = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=1, name="line")
loss = mx.sym.MakeLoss(mx.sym.Custom(line, mx.sym.Variable("label"), op_type="huber", width=0.5, name="huber"))

rng = np.random.RandomState(0)
x = rng.normal(size=(200, 1)).astype(np.float32)
y = 3 * x + 1 + rng.normal(0, 0.1, x.shape)
y[::10] += 50  # outliers, which a squared error would follow
step = mx.training.Step(
    loss, mx.optimizer.Adam(learning_rate=0.1, rescale_grad=1 / 200), label_names=["label"], data=x.shape, label=y.shape
)
for _ in range(300):
    step(data=x, label=y)
slope, intercept = (step.weights[name].asnumpy().item() for name in ("line_weight", "line_bias"))
print(f"y = {slope:.2f} x + {intercept:.2f}, drawn from y = 3 x + 1 with one point in ten far off")
assert abs(slope - 3) < 0.2 and abs(intercept - 1) < 0.2
