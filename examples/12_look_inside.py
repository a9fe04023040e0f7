"""Look inside a run: any value by name, the first node that made a NaN, where two runs part, and which node takes the time."""

from pathlib import Path

import numpy as np

import symbolic as mx

out = Path("out")
out.mkdir(exist_ok=True)
data = mx.sym.Variable("data")
hidden = mx.sym.Activation(mx.sym.FullyConnected(data, num_hidden=256, name="fc1"), act_type="relu", name="relu1")
spread = mx.sym.sqrt(mx.sym.mean(mx.sym.square(hidden, name="squares"), axis=1, keepdims=True, name="mean"), name="root")
net = mx.sym.FullyConnected(mx.sym.broadcast_div(hidden, spread, name="unit"), num_hidden=10, name="fc2")

rng = np.random.default_rng(0)
exe = net.simple_bind(mx.cpu(), data=(64, 512))
for name in ("fc1_weight", "fc2_weight"):
    exe.arg_dict[name][:] = rng.normal(0, 0.05, exe.arg_dict[name].shape)
images = rng.normal(size=(64, 512)).astype("float32")
exe.forward(data=images)

# Any value of the last run, by its name; several by a pattern. What the plan did not keep is computed again.
print("root ", exe.value("root_output").asnumpy().ravel()[:4].round(3))
for name, value in exe.values("*1_output").items():
    print(f"{name:13} {value.shape}, {float((value.asnumpy() == 0).mean()):.0%} zeros")

# A blank picture: its root is 0, and 0 / 0 is not a number. Who was it?
images[3] = 0
exe.forward(data=images)
found = mx.debug.nans(exe, save=out / "nans.params")
print(f"\n{found}")
assert found.node.name == "unit"

# The file holds this node and its inputs, and runs by itself: to be sent to somebody, or tried on another executor.
again = mx.debug.replay(out / "nans.params", executor="reference")
print(f"\nthe reference executor: {again.node.name} makes it, too")

# Where do two runs part? Here a copy has another weight.
other = net.simple_bind(mx.cpu(), data=(64, 512))
images[3] = 1
other.copy_params_from(exe.arg_dict)
other.arg_dict["fc1_weight"][7, 7] += 0.5
exe.forward(data=images)
other.forward(data=images)
print(f"\n{mx.debug.first_difference(exe, other)}")

# What changed between two graphs?
changed = net(data=mx.sym.clip(mx.sym.Variable("data"), a_min=-1, a_max=1, name="bound"))
print(f"\n{mx.debug.difference(net, changed)}")

# The time of each node. A profile maps names to seconds; pictures and pages take it.
profile = mx.debug.profile(exe, runs=20)
print(f"\n{profile}")
net.plot(title="time", shape={"data": (64, 512)}, profile=profile).render(out / "time", format="svg", cleanup=True)
