"""Tools for tests: comparisons, finite differences, random arrays, checks of generators and optimizers: ``mx.test_utils``.

Tests written for MXNet import all names from here, modules too: there is no ``__all__``.
"""
# ruff: noqa: F401, F403

import bz2
import errno
import gzip
import json
import logging
import numbers
import os
import platform
import struct
import sys
import time
import traceback
import zipfile
from collections import OrderedDict
from contextlib import contextmanager

import numpy as np
import numpy.random as rnd
import numpy.testing as npt

import symbolic as mx
from symbolic.nd import array
from symbolic.runtime import Features
from symbolic.symbol.handle import Symbol
from symbolic.test_utils.checks import *
from symbolic.test_utils.checks import _parse_aux_states, _parse_location
from symbolic.test_utils.compare import *
from symbolic.test_utils.compare import find_max_violation as _find_max_violation
from symbolic.test_utils.consistency import *
from symbolic.test_utils.draw import *
from symbolic.test_utils.files import *
from symbolic.test_utils.generators import *
from symbolic.test_utils.runs import *
from symbolic.test_utils.sparse import *
from symbolic.test_utils.sparse import _get_powerlaw_dataset_csr, _get_uniform_dataset_csr, _validate_csr_generation_inputs
from symbolic.test_utils.surroundings import *
from symbolic.test_utils.tolerance import *
from symbolic.test_utils.training import *
from symbolic.util import get_cuda_compute_capability, getenv, setenv, use_np
from symbolic.values.context import Context, current_context
