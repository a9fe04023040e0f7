"""``mx.optimizer``: rules that change weights by their gradients, and their states.

``mx.optimizer.create("sgd", momentum=0.9)``; `base.Optimizer` says how to write one.
"""

from symbolic.training.optimizer import contrib
from symbolic.training.optimizer.adagrad import AdaDelta, AdaGrad, Ftrl, RMSProp
from symbolic.training.optimizer.adam import FTML, Adam, Adamax, AdamW, Nadam
from symbolic.training.optimizer.base import Optimizer, create, register
from symbolic.training.optimizer.contrib import GroupAdaGrad
from symbolic.training.optimizer.formula import Scalar, composed
from symbolic.training.optimizer.large_batch import LAMB, LARS, LBSGD
from symbolic.training.optimizer.sgd import DCASGD, NAG, SGD, SGLD, Signum, Test, ccSGD
from symbolic.training.optimizer.updater import Updater, get_updater

__all__ = [
    "DCASGD",
    "FTML",
    "LAMB",
    "LARS",
    "LBSGD",
    "NAG",
    "SGD",
    "SGLD",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "GroupAdaGrad",
    "Nadam",
    "Optimizer",
    "RMSProp",
    "Scalar",
    "Signum",
    "Test",
    "Updater",
    "ccSGD",
    "composed",
    "contrib",
    "create",
    "get_updater",
    "register",
]
