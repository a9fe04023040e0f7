"""Cases of _contrib_SyncBatchNorm and _contrib_BatchNormWithReLU."""

from tests.ops.case import Case, normal, positive

__all__ = ["CASES"]

SYNC, RELU = "_contrib_SyncBatchNorm", "_contrib_BatchNormWithReLU"


def normalized(op, *shape, train=True, params=None, **how):
    channels = shape[1]
    inputs = {
        "data": normal(*shape), "gamma": normal(channels, seed=1), "beta": normal(channels, seed=2),
        "moving_mean": normal(channels, seed=3), "moving_var": positive(channels, seed=4),
    }  # fmt: skip
    params = dict(params or {})
    if op == SYNC:
        params["key"] = f"key{len(CASES)}"  # of what devices share; each case its own
    else:
        how["onednn"] = True
    loose = {"rtol": 1e-4, "atol": 1e-5, "why": "sums in another order"}
    CASES.append(Case(op, inputs, params, train=train, **{**loose, **how}))


CASES = []
for params in [{}, {"fix_gamma": False}, {"fix_gamma": False, "use_global_stats": True}, {"fix_gamma": False, "momentum": 0.5, "eps": 0.1}]:
    for op in (SYNC, RELU):
        normalized(op, 3, 2, 2, 2, params=params)
        normalized(op, 2, 3, 4, 1, params=params, train=False, gradient=False)
normalized(SYNC, 4, 3, params={"fix_gamma": False, "ndev": 1})
normalized(SYNC, 2, 2, 3, 2, 2)
normalized(SYNC, 3, 2, 2, 2, params={"fix_gamma": False, "output_mean_var": True}, heads=[0])
normalized(RELU, 3, 2, 2, 2, params={"fix_gamma": False, "output_mean_var": True}, heads=[0])
CASES += [
    Case(
        SYNC,
        {"data": normal(2, 2), "gamma": normal(2), "beta": normal(2), "moving_mean": normal(2), "moving_var": positive(2)},
        refused=True,
    ),
    Case(
        SYNC,
        {"data": normal(2, 2), "gamma": normal(3), "beta": normal(2), "moving_mean": normal(2), "moving_var": positive(2)},
        {"key": "r"},
        refused=True,
    ),
    Case(
        RELU,
        {"data": normal(2, 2, 1, 1), "gamma": normal(3), "beta": normal(2), "moving_mean": normal(2), "moving_var": positive(2)},
        refused=True,
    ),
]
