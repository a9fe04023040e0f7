"""Files of other programs, offered as parameters, are called by their names."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from symbolic.errors import FormatError
from symbolic.files import params
from symbolic.files.foreign import HEAD, recognise
from tests.files.record_params import RECORDED


def archive(member):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(member, b"content")
    return buffer.getvalue()


def written(write, *arguments, **keywords):
    buffer = io.BytesIO()
    write(buffer, *arguments, **keywords)
    return buffer.getvalue()


def tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        file.addfile(tarfile.TarInfo("a"))
    return buffer.getvalue()


SAFETENSORS_HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
SYMBOL = {"nodes": [], "arg_nodes": [], "heads": []}
FOREIGN = {
    "empty file": b"",
    "zero bytes only": bytes(100),
    "Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "PyTorch": archive("archive/data.pkl"),
    "PyTorch weights, not": pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2),  # what torch.save wrote before 1.6
    "pickle, which is never run": pickle.dumps({"w": 1}),
    ".npz": written(np.savez, w=np.ones(2)),
    "NumPy array": written(np.save, np.ones(2)),
    "zip archive": archive("model.json"),
    "gzip": gzip.compress(b"x"),
    "bzip2": bz2.compress(b"x"),
    "xz": lzma.compress(b"x"),
    "7-Zip": b"7z\xbc\xaf\x27\x1c\0\4",
    "zstd": b"\x28\xb5\x2f\xfd\x24",
    "tar archive": tar(),
    "HDF5": b"\x89HDF\r\n\x1a\n\0\0",
    "safetensors": struct.pack("<Q", len(SAFETENSORS_HEADER)) + SAFETENSORS_HEADER + bytes(4),
    "JSON of a symbol; symbol.load": json.dumps(SYMBOL, indent=2).encode(),
    "the JSON of a symbol": b"\xef\xbb\xbf \n" + json.dumps(SYMBOL).encode(),
    "JSON text": b'{"a": 1}',
    "web page": b"\n<!DOCTYPE html>\n<html lang=en>\xc3\xa9",
    "big-endian": struct.pack(">QQQ", 0x112, 0, 0),
    "GGUF": b"GGUF\3\0\0\0",
    "TensorFlow Lite": b"\x1c\0\0\0TFL3",
    "RecordIO": b"\x0a\x23\xd7\xce\1\0\0\0",
    "ONNX": b"\x08\x07\x12\x07pytorch",
    "text": b"not a params file at all\n",
    "unknown format": b"\xfe\xdc\xba\x98\1\2\3\4\5\6",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_recognised(what):
    with pytest.raises(FormatError) as caught:
        params.load(FOREIGN[what])
    message = str(caught.value)
    assert what in message
    assert "magic" in message
    assert "byte offset 0" in message
    assert "12 01 00 00" in message
    assert len(message) <= 2000


def test_parameters_offered_elsewhere():
    assert "MXNet parameters; nd.load" in recognise((RECORDED / "types.params").read_bytes()[:HEAD])


@pytest.mark.parametrize("length", range(1, 30))
def test_short_heads(length):
    for content in FOREIGN.values():
        assert recognise(content[:length]) != ""
