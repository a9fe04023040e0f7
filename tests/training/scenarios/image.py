"""Pictures: reading, resizing, cutting, changing, and batches of them."""

import atexit
import base64
import os
import random
import shutil
import struct
import tempfile
import warnings
import zlib

import numpy as np

from tests.training.compact import compact

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/"
    "2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/wAARCAAMABQDASIAAhEBAxEB/8QA"
    "FwAAAwEAAAAAAAAAAAAAAAAAAAUGB//EAB0QAAEDBQEAAAAAAAAAAAAAAAADBCIBBiExoRL/xAAVAQEBAAAAAAAAAAAAAAAAAAAEBv/EABsRAAEFAQEAAAAA"
    "AAAAAAAAAAABAgMEBREh/9oADAMBAAIRAxEAPwCHaW/qA8aW/qHCnaMkMRHjRkhiIKK24Bm68nhKJW/CkOAaGkyQ8UiA1LbixbrycQ//2Q=="
)

HOME = tempfile.mkdtemp()
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def pixels(height=9, width=14, channels=3, seed=0):
    return np.random.RandomState(seed).randint(0, 256, (height, width, channels)).astype(np.uint8)


def smooth(height=9, width=14):
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 13 % 256, y * 21 % 256, (x * 7 + y * 5) % 256], -1).astype(np.uint8)


def png(picture):
    """Write a PNG, with nothing but NumPy and zlib."""
    height, width = picture.shape[:2]
    kind = {1: 0, 3: 2, 4: 6}[picture.shape[2]]
    rows = b"".join(b"\0" + row.tobytes() for row in picture)

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def array(mx, picture, dtype="uint8"):
    return mx.nd.array(picture, dtype=dtype)


@compact(0, 1)
def imdecode(mx, flag):
    out = []
    for content in (png(pixels()), png(pixels(5, 6, 1)), JPEG):
        for to_rgb in (0, 1):
            out.append(mx.image.imdecode(content, flag=flag, to_rgb=to_rgb))
    return out


@compact()
def imdecode_kinds(mx):
    content = png(smooth())
    kinds = (content, bytearray(content), np.frombuffer(content, np.uint8), mx.nd.array(np.frombuffer(content, np.uint8), dtype="uint8"))
    return [mx.image.imdecode(kind) for kind in kinds] + [mx.image.imdecode(content, 1, 1), mx.image.imdecode(content, to_rgb=False)]


@compact("text", "none", "empty", "broken")
def imdecode_wrong(mx, what):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mx.image.imdecode({"text": "text", "none": None, "empty": b"", "broken": b"no picture"}[what]).asnumpy()


@compact()
def imread(mx):
    path = os.path.join(tempfile.mkdtemp(dir=HOME), "x.png")
    with open(path, "wb") as file:
        file.write(png(pixels()))
    return [mx.image.imread(path), mx.image.imread(path, flag=0), mx.image.imread(path, to_rgb=0)]


@compact()
def imread_missing(mx):
    mx.image.imread("/tmp/there_is_none.png").asnumpy()


@compact(*[(interp, width, height) for interp in range(5) for width, height in ((7, 5), (28, 18), (14, 4), (20, 5), (14, 9))])
def imresize(mx, interp, width, height):
    return [mx.image.imresize(array(mx, picture()), width, height, interp=interp) for picture in (pixels, smooth)]


@compact()
def imresize_default(mx):
    return [mx.image.imresize(array(mx, pixels()), 6, 7), mx.image.imresize(array(mx, pixels(), "float32"), 6, 7)]


@compact(*[((640, 480), (720, 120)), ((360, 1000), (480, 500)), ((300, 400), (0, 0)), ((5, 5), (7, 9)), ((10, 3), (10, 4))])
def scale_down(mx, outer, inner):
    return mx.image.scale_down(outer, inner)


@compact(4, 9, 14, 20)
def resize_short(mx, size):
    tall = np.ascontiguousarray(pixels().transpose(1, 0, 2))
    return [mx.image.resize_short(array(mx, x), size, interp) for x in (pixels(), tall, pixels(6, 6)) for interp in (1, 2, 9)]


@compact()
def fixed_crop(mx):
    x = array(mx, pixels())
    crop = mx.image.fixed_crop
    return [crop(x, 1, 2, 3, 4), crop(x, 0, 0, 5, 5, (10, 8)), crop(x, 2, 3, 4, 5, (4, 5)), crop(x, 2, 3, 4, 5, size=(2, 2), interp=9)]


@compact((4, 4), (14, 9), (20, 20), (3, 12))
def center_crop(mx, *size):
    return mx.image.center_crop(array(mx, pixels()), size)


@compact((4, 4), (14, 9), (20, 20), (3, 12))
def random_crop(mx, *size):
    random.seed(3)
    return [mx.image.random_crop(array(mx, pixels()), size, 1) for _ in range(3)]


@compact()
def random_size_crop(mx):
    random.seed(4)
    x = array(mx, pixels(20, 30))
    crop = mx.image.random_size_crop
    out = [crop(x, (8, 8), area, (0.75, 1.33), 1) for area in (0.08, (0.2, 0.4), 0.99, (1.5, 2.0))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [*out, crop(x, (5, 4), None, (0.5, 2), min_area=0.3)]


@compact()
def random_size_crop_wrong(mx):
    mx.image.random_size_crop(array(mx, pixels()), (3, 3), 0.1, (1, 1), nothing=3)


@compact()
def color_normalize(mx):
    x = pixels().astype("float32")
    mean, std = mx.nd.array([1, 2, 3]), mx.nd.array([2, 4, 8])
    n = mx.image.color_normalize
    return [n(array(mx, x, "float32"), mean), n(array(mx, x, "float32"), mean, std), n(array(mx, x, "float32"), None, std)]


@compact(0, 30, -45, 90, 200, rtol=2e-4, why="angles are computed in double precision here")
def imrotate(mx, angle):
    x = mx.nd.array(np.random.RandomState(1).uniform(size=(3, 7, 10)))
    r = mx.image.imrotate
    stack = mx.nd.stack(x, x * 2)
    return [r(x, angle), r(x, angle, zoom_in=True), r(x, angle, zoom_out=True), r(stack, mx.nd.array([angle, 10])), r(stack, angle)]


@compact("both", "type", "axes", "number", "array")
def imrotate_wrong(mx, what):
    x = mx.nd.ones((3, 5, 5))
    r = mx.image.imrotate
    if what == "both":
        r(x, 3, True, True)
    elif what == "type":
        r(x.astype("uint8"), 3)
    elif what == "axes":
        r(x[0], 3)
    elif what == "number":
        r(mx.nd.stack(x, x), mx.nd.array([1, 2, 3]))
    else:
        r(x, mx.nd.array([3]))


@compact()
def random_rotate(mx):
    np.random.seed(5)
    x = mx.nd.array(np.random.RandomState(1).uniform(size=(3, 7, 10)))
    return [mx.image.random_rotate(x, (-20, 20)), mx.image.random_rotate(mx.nd.stack(x, x), (-20, 20), zoom_out=True)]


@compact(0, 1, 2, 3, 4)
def border(mx, kind):
    return mx.image.copyMakeBorder(array(mx, pixels(4, 5)), 1, 2, 3, 1, type=kind)


@compact()
def border_colour(mx):
    x = array(mx, pixels(2, 2))
    return [mx.image.copyMakeBorder(x, 1, 1, 1, 1, 0, 7), mx.image.copyMakeBorder(x, 1, 1, 1, 1, values=(1, 2, 3))]


def made(mx):
    i = mx.image
    eigval, eigvec = np.array([1.0, 2, 3]), np.arange(9).reshape(3, 3) / 10
    return [
        i.ResizeAug(6, 1), i.ForceResizeAug((6, 7)), i.RandomCropAug((4, 5)), i.RandomSizedCropAug((4, 5), (0.2, 0.9), (0.5, 2)),
        i.CenterCropAug((4, 5)), i.BrightnessJitterAug(0.3), i.ContrastJitterAug(0.3), i.SaturationJitterAug(0.3), i.HueJitterAug(0.3),
        i.ColorJitterAug(0.1, 0.2, 0.3), i.ColorJitterAug(0, 0, 0.3), i.LightingAug(0.1, eigval, eigvec),
        i.ColorNormalizeAug(mx.nd.array([1, 2, 3]), np.array([2, 2, 2])), i.ColorNormalizeAug(None, np.array([2, 2, 2])), i.RandomGrayAug(0.5),
        i.HorizontalFlipAug(0.5), i.CastAug(), i.CastAug("float64"),
        i.SequentialAug([i.CastAug(), i.BrightnessJitterAug(0.3)]), i.RandomOrderAug([i.CastAug(), i.HorizontalFlipAug(1)]),
    ]  # fmt: skip


@compact(*range(20), rtol=1e-4, why="sums of float32 in another order")
def augmenters(mx, which):
    random.seed(6)
    np.random.seed(6)
    return [made(mx)[which](array(mx, smooth().astype("float32"), "float32")) for _ in range(2)]


@compact()
def augmenters_spelled(mx):
    return [[type(x).__name__, x.dumps()] for x in made(mx)]


@compact()
def augmenter_base(mx):
    mx.image.Augmenter(a=3)(None)


@compact()
def lists_of_augmenters(mx):
    c = mx.image.CreateAugmenter
    out = []
    for words in (
        {},
        {"resize": 8, "rand_crop": True, "rand_mirror": True},
        {"rand_crop": True, "rand_resize": True, "inter_method": 9},
        {"mean": True, "std": True},
        {"mean": np.array([1, 2, 3]), "std": np.array([1.0])},
        {"brightness": 0.1, "hue": 0.2, "pca_noise": 0.1, "rand_gray": 0.3},
        {"contrast": 0.1, "saturation": 0.2},
    ):
        out.append([[type(x).__name__, x.dumps()] for x in c((3, 6, 8), **words)])
    return out


@compact("resize", "mean", "std")
def lists_wrong(mx, what):
    words = {"resize": {"rand_resize": True}, "mean": {"mean": [1, 2, 3]}, "std": {"std": np.ones(2)}}[what]
    mx.image.CreateAugmenter((3, 4, 4), **words)


def folder(n=7):
    root = tempfile.mkdtemp(dir=HOME)
    for i in range(n):
        with open(os.path.join(root, f"{i}.png"), "wb") as file:
            file.write(png(pixels(8, 8, 3, i)))
    return root


def taken(batch):
    """Copy a batch."""
    return [batch.data[0].asnumpy(), batch.label[0].asnumpy(), batch.pad, batch.index]


def epochs(it, number=3):
    out = []
    for _ in range(number):
        out.append([taken(batch) for batch in it])
        it.reset()
    return out


@compact(*[(handle, shuffle) for handle in ("pad", "discard", "roll_over") for shuffle in (False, True)])
def image_iter_of_list(mx, handle, shuffle):
    random.seed(7)
    root = folder()
    imglist = [[float(i), f"{i}.png"] for i in range(7)]
    it = mx.image.ImageIter(3, (3, 4, 4), imglist=imglist, path_root=root, shuffle=shuffle, last_batch_handle=handle)
    return [epochs(it), [list(d) for d in it.provide_data + it.provide_label], it.num_image, it.seq, it.batch_size]


@compact("pad", "discard", "roll_over")
def image_iter_of_file(mx, handle):
    root = folder(5)
    path = os.path.join(root, "x.lst")
    with open(path, "w") as file:
        for i in range(5):
            file.write(f"{i + 10}\t{i}\t{i * 2}\t{i}.png\n")
    it = mx.image.ImageIter(2, (3, 8, 8), 2, path_imglist=path, path_root=root, last_batch_handle=handle, aug_list=[mx.image.CastAug()])
    it.next()
    it.hard_reset()
    return [epochs(it, 2), it.seq]


@compact()
def image_iter_labels(mx):
    root = folder(4)
    imglist = [[1, 2, "0.png"], [[3, 4], "1.png"], [np.array([5, 6]), "2.png"], [7, 8, "3.png"]]
    it = mx.image.ImageIter(2, (3, 8, 8), 2, imglist=imglist, path_root=root, dtype="int32", data_name="d", label_name="l")
    return [epochs(it, 1), [list(d) for d in it.provide_data + it.provide_label]]


def records(mx, n=7):
    root = tempfile.mkdtemp(dir=HOME)
    paths = os.path.join(root, "x.idx"), os.path.join(root, "x.rec")
    writer = mx.recordio.MXIndexedRecordIO(*paths, "w")
    for i in range(n):
        writer.write_idx(i, mx.recordio.pack(mx.recordio.IRHeader(0, float(i), i, 0), png(pixels(8, 8, 3, i))))
    writer.close()
    return paths


@compact(*[(handle, with_index) for handle in ("pad", "discard", "roll_over") for with_index in (False, True)])
def image_iter_of_records(mx, handle, with_index):
    index, path = records(mx)
    words = {"path_imgidx": index, "shuffle": True} if with_index else {}
    random.seed(8)
    it = mx.image.ImageIter(3, (3, 8, 8), path_imgrec=path, last_batch_handle=handle, **words)
    return epochs(it)


@compact((2, 0), (2, 1), (3, 2))
def image_iter_parts(mx, parts, part):
    index, path = records(mx)
    it = mx.image.ImageIter(2, (3, 8, 8), path_imgrec=path, path_imgidx=index, num_parts=parts, part_index=part)
    return epochs(it, 1)


@compact("nothing", "shape", "channels", "type", "shuffle", "broken")
def image_iter_wrong(mx, what):
    words = {"batch_size": 2, "data_shape": (3, 8, 8), "imglist": [[1, "0.png"]], "path_root": folder(1)}
    if what == "broken":
        with open(os.path.join(words["path_root"], "0.png"), "wb") as file:
            file.write(b"no picture")
    if what == "shuffle":
        words.update(imglist=None, path_imgrec=records(mx)[1], shuffle=True)
    words.update({"nothing": {"imglist": None}, "shape": {"data_shape": (8, 8)}, "channels": {"data_shape": (1, 8, 8)}}.get(what, {}))
    words.update({"type": {"dtype": "uint8"}}.get(what, {}))
    next(mx.image.ImageIter(**words))
