"""Batches for training: ``mx.io.NDArrayIter(data, label, batch_size=32, shuffle=True)``."""

from symbolic.training.io.arrays import NDArrayIter
from symbolic.training.io.csv import CSVIter
from symbolic.training.io.description import DataBatch, DataDesc
from symbolic.training.io.files import MXDataIter
from symbolic.training.io.image_detection_records import ImageDetRecordIter
from symbolic.training.io.image_records import ImageRecordInt8Iter, ImageRecordIter, ImageRecordUInt8Iter
from symbolic.training.io.iterator import DataIter
from symbolic.training.io.libsvm import LibSVMIter
from symbolic.training.io.mnist import MNISTIter
from symbolic.training.io.prefetch import PrefetchingIter
from symbolic.training.io.resize import ResizeIter

ImageRecordIter_v1, ImageRecordUInt8Iter_v1 = ImageRecordIter, ImageRecordUInt8Iter  # names of an older reader

__all__ = [
    "CSVIter",
    "DataBatch",
    "DataDesc",
    "DataIter",
    "ImageDetRecordIter",
    "ImageRecordInt8Iter",
    "ImageRecordIter",
    "ImageRecordIter_v1",
    "ImageRecordUInt8Iter",
    "ImageRecordUInt8Iter_v1",
    "LibSVMIter",
    "MNISTIter",
    "MXDataIter",
    "NDArrayIter",
    "PrefetchingIter",
    "ResizeIter",
]
