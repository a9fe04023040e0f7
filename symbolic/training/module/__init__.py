"""Modules: networks that are bound, trained, scored and saved."""

from symbolic.training.module.base import BaseModule
from symbolic.training.module.bucketing import BucketingModule
from symbolic.training.module.module import Module
from symbolic.training.module.python import PythonLossModule, PythonModule
from symbolic.training.module.sequential import SequentialModule

__all__ = ["BaseModule", "BucketingModule", "Module", "PythonLossModule", "PythonModule", "SequentialModule"]
