"""Data sets for examples and tests. Nothing is downloaded: what lies on this machine is used, else it is said what to fetch."""

from __future__ import annotations

import bz2
import gzip
import os
import struct
import urllib.parse
import urllib.request
import zipfile
from typing import Any

import numpy as np

from symbolic.errors import FileError, InputError, NotSupported, describe
from symbolic.files import atomic
from symbolic.training import io

__all__ = [
    "download",
    "download_model",
    "get_bz2_data",
    "get_cifar10",
    "get_im2rec_path",
    "get_mnist",
    "get_mnist_iterator",
    "get_mnist_pkl",
    "get_mnist_ubyte",
    "get_zip_data",
]

MNIST = "http://data.mxnet.io/data/mnist/"
PARTS = {
    "train_label": "train-labels-idx1-ubyte",
    "train_data": "train-images-idx3-ubyte",
    "test_label": "t10k-labels-idx1-ubyte",
    "test_data": "t10k-images-idx3-ubyte",
}
FOLDERS = ("", "data")  # where parts of MNIST are looked for


class _NoDownload(NotSupported, FileError):
    """A file would have to be fetched from the net."""

    def __init__(self, message: str):
        super().__init__(message)


def download(url: str, fname: str | None = None, dirname: str | None = None, overwrite: bool = False, retries: int = 5) -> str:
    """Return the path of a file that is there already, or copied from a ``file://`` address; nothing else is fetched.

    Parameters
    ----------
    url : str
        Where the file comes from; its last part is the name by default.
    fname : str, optional
        Name of the file.
    dirname : str, optional
        Folder, made if there is none.
    overwrite : bool, default False
        Copy even if the file is there.
    retries : int
        No effect.

    Raises
    ------
    NotSupported
        If the file would have to come from the net; it says what to put where.
    """
    if retries < 0:
        facts = {"argument": "retries", "got": retries, "expected": "0 or more"}
        raise InputError(describe("there cannot be fewer than no retries", operator="download", facts=facts))
    path = os.path.join(dirname or "", fname or url.rsplit("/", 1)[-1])
    if os.path.exists(path) and not overwrite:
        return path
    address = urllib.parse.urlsplit(url)
    if address.scheme != "file":
        hint = f"fetch it by hand, for instance by: curl -L -o {path} {url}"
        raise _NoDownload(describe("this library downloads nothing", facts={"url": url, "needed": os.path.abspath(path)}, hint=hint))
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(urllib.request.url2pathname(address.path), "rb") as source:
        atomic.write(path, iter(lambda: source.read(1 << 20), b""))
    return path


def download_model(model_name: str, dst_dir: str = "./", meta_info: Any = None) -> tuple[str | None, int]:
    """Return the prefix of a model's files if they are there; see `download`.

    Parameters
    ----------
    model_name : str
        Name of the model.
    dst_dir : str
        Folder.
    meta_info : dict, optional
        Addresses: ``{model_name: {"symbol": ..., "params": ...}}``. MXNet's own list is not part of this library.

    Returns
    -------
    prefix : str
        For ``mx.model.load_checkpoint``; None if the name is not in ``meta_info``.
    epoch : int
        0.
    """
    meta = dict(meta_info or {}).get(model_name)
    if meta is None:
        return None, 0
    os.makedirs(dst_dir, exist_ok=True)
    prefix = os.path.join(dst_dir, model_name)
    for part, ending in (("symbol", "-symbol.json"), ("params", "-0000.params")):
        if part not in meta:
            raise InputError(describe(f"the address of {part} is missing", operator="download_model", facts={"model": model_name}))
        download(meta[part], prefix + ending)
    return prefix, 0


def _found(name: str) -> str:
    """Find a part of MNIST, packed or not."""
    for folder in FOLDERS:
        for ending in ("", ".gz"):
            path = os.path.join(folder, name + ending)
            if os.path.exists(path):
                return path
    return download(f"{MNIST}{name}.gz")


def _read(name: str) -> np.ndarray:
    """Read a file of the format of MNIST: sizes, then bytes."""
    path = _found(name)
    with gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb") as file:
        content = file.read()
    axes = content[3]
    sizes = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(sizes)


def get_mnist() -> dict[str, np.ndarray]:
    """Read MNIST from the current folder or from ``data``.

    Returns
    -------
    dict of numpy.ndarray
        ``train_data`` and ``test_data``, (n, 1, 28, 28) from 0 to 1; ``train_label`` and ``test_label``, (n,).

    Raises
    ------
    NotSupported
        If a file is not there; it says which to put where.
    """
    found = {}
    for part, name in PARTS.items():
        values = _read(name)
        found[part] = values.astype(np.int8) if part.endswith("label") else values[:, None].astype(np.float32) / 255
    return {part: found[part] for part in ("train_data", "train_label", "test_data", "test_label")}


def get_mnist_ubyte() -> None:
    """See that the four files of MNIST lie in ``data``, unpacked."""
    _unpacked("http://data.mxnet.io/mxnet/data/mnist.zip", *[os.path.join("data", name) for name in PARTS.values()])


def get_cifar10() -> None:
    """See that the records of CIFAR-10 lie in ``data/cifar``."""
    names = ("train.rec", "test.rec", "train.lst", "test.lst")
    _unpacked("http://data.mxnet.io/mxnet/data/cifar10.zip", *[os.path.join("data", "cifar", name) for name in names])


def _unpacked(url: str, *paths: str) -> None:
    if not all(map(os.path.exists, paths)):
        os.makedirs("data", exist_ok=True)
        with zipfile.ZipFile(download(url, dirname="data")) as archive:
            archive.extractall("data")


def get_mnist_pkl() -> None:
    """See that ``data/mnist.pkl.gz`` is there."""
    download("http://deeplearning.net/data/mnist/mnist.pkl.gz", dirname="data")


def get_mnist_iterator(batch_size: int, input_shape: tuple[int, ...], num_parts: int = 1, part_index: int = 0) -> tuple[Any, Any]:
    """Make iterators over MNIST for training and validation; images are rows unless ``input_shape`` has three sizes."""
    get_mnist_ubyte()
    words: dict[str, Any] = {
        "batch_size": batch_size,
        "flat": len(input_shape) != 3,
        "num_parts": num_parts,
        "part_index": part_index,
    }
    paths = {part: os.path.join("data", name) for part, name in PARTS.items()}
    return (
        io.MNISTIter(image=paths["train_data"], label=paths["train_label"], shuffle=True, **words),
        io.MNISTIter(image=paths["test_data"], label=paths["test_label"], **words),
    )


def get_zip_data(data_dir: str, url: str, data_origin_name: str) -> None:
    """Unpack an archive in a folder, if it was not there; see `download`."""
    path = os.path.join(data_dir, data_origin_name)
    if not os.path.exists(path):
        download(url, dirname=data_dir)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(data_dir)


def get_bz2_data(data_dir: str, data_name: str, url: str, data_origin_name: str) -> None:
    """Unpack a file in a folder, if ``data_name`` was not there; see `download`. The packed one is removed."""
    path, packed = os.path.join(data_dir, data_name), os.path.join(data_dir, data_origin_name)
    if not os.path.exists(path):
        download(url, fname=data_origin_name, dirname=data_dir)
        with bz2.BZ2File(packed) as source:
            atomic.write(path, iter(lambda: source.read(1 << 20), b""))
        os.remove(packed)


def get_im2rec_path(home_env: str = "MXNET_HOME") -> str:
    """Return the path of MXNet's tool ``im2rec.py``, below the folder that ``home_env`` names."""
    path = os.path.join(os.environ.get(home_env, ""), "tools", "im2rec.py")
    if home_env in os.environ and os.path.isfile(path):
        return path
    raise _NoDownload(
        describe("im2rec.py is not part of this library", facts={"needed": path}, hint=f"set {home_env} to a copy of MXNet's sources")
    )
