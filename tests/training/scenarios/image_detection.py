"""Pictures with boxes: changing both, and batches of them. What is drawn comes from Python's ``random``, in the same order."""

import os
import random
import tempfile
import warnings

import numpy as np

from tests.training.compact import compact
from tests.training.scenarios.image import HOME, array, pixels, png, smooth

BOXES = np.array([[0, 0.1, 0.2, 0.5, 0.7], [3, 0.4, 0.1, 0.9, 0.6], [1, 0.7, 0.75, 0.95, 0.9]], np.float32)


def boxes(which="three"):
    extra = np.array([[0.25], [0.5], [0.75]], np.float32)
    return {
        "three": BOXES,
        "one": BOXES[:1],
        "more": np.concatenate([BOXES, extra], 1),
        "bad": np.array([[0, 0.6, 0.2, 0.5, 0.7], [2, 0.1, 0.1, 0.4, 0.9], [-1, 0.2, 0.2, 0.2, 0.4]], np.float32),
        "double": BOXES.astype("float64"),
    }[which].copy()


def changed(mx, made, times=6, which="three", size=(20, 30)):
    """Change by an augmenter several times; return what becomes of picture and boxes."""
    random.seed(3)
    np.random.seed(3)
    out = []
    for _ in range(times):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture, found = made(array(mx, pixels(*size)), boxes(which))
        picture = picture.asnumpy().astype("float64")
        out.append([list(picture.shape), picture.mean(), picture[::5, ::7].copy(), found])
    return out


@compact("three", "one", "more", "bad", "double")
def crop(mx, which):
    return changed(mx, mx.image.DetRandomCropAug(), which=which)


@compact(
    {"min_object_covered": 0.9},
    {"min_object_covered": 0},
    {"aspect_ratio_range": 1.0},
    {"aspect_ratio_range": (0.2, 5)},
    {"area_range": 0.5},
    {"area_range": (0.5, 0.9)},
    {"area_range": [0.9, 3.0]},
    {"min_eject_coverage": 0.9},
    {"min_eject_coverage": 0, "min_object_covered": 0.01},
    {"max_attempts": 1},
    {"max_attempts": 0},
    {"area_range": (0.001, 0.01), "min_object_covered": 0},
)
def crop_words(mx, words):
    made = mx.image.DetRandomCropAug(**words)
    return [made.dumps(), made.enabled, changed(mx, made), changed(mx, made, 3, size=(31, 13))]


@compact("three", "one", "more", "bad", "double")
def pad(mx, which):
    return changed(mx, mx.image.DetRandomPadAug(), 3, which=which)


@compact(
    {"aspect_ratio_range": 1.5},
    {"aspect_ratio_range": (0.2, 5)},
    {"area_range": 2},
    {"area_range": (1.0, 1.05)},
    {"area_range": (0.5, 1.6)},
    {"pad_val": (1, 2, 3)},
    {"pad_val": [9, 8, 7], "max_attempts": 1},
    {"max_attempts": 0},
)
def pad_words(mx, words):
    made = mx.image.DetRandomPadAug(**words)
    return [made.dumps(), made.enabled, changed(mx, made, 3), changed(mx, made, 2, size=(31, 13))]


@compact(0, 0.5, 1)
def flip(mx, p):
    made = mx.image.DetHorizontalFlipAug(p)
    given = boxes()
    random.seed(1)
    same = made(array(mx, pixels()), given)[1] is given
    return [made.dumps(), changed(mx, made, 4), same, given]


@compact()
def flip_of_arrays(mx):
    given = mx.nd.array(BOXES)
    return mx.image.DetHorizontalFlipAug(1)(array(mx, pixels()), given)[1]


@compact()
def borrow(mx):
    i = mx.image
    made = [
        i.DetBorrowAug(one) for one in (i.CastAug(), i.ForceResizeAug((5, 6), 1), i.SequentialAug([i.CastAug(), i.BrightnessJitterAug(1)]))
    ]
    return [[one.dumps(), changed(mx, one, 2)] for one in made]


@compact(0, 0.5, 1)
def select(mx, skip):
    i = mx.image
    made = i.DetRandomSelectAug([i.DetHorizontalFlipAug(1), i.DetRandomCropAug(), i.DetRandomPadAug()], skip)
    return [changed(mx, made, 8), sorted(map(str, made.dumps()[1])), made.skip_prob]


@compact()
def select_of_one_and_none(mx):
    i = mx.image
    one, none = i.DetRandomSelectAug(i.DetHorizontalFlipAug(1)), i.DetRandomSelectAug([])
    return [one.dumps(), none.dumps(), none.skip_prob, changed(mx, one, 2), changed(mx, none, 2)]


@compact(
    {},
    {"min_object_covered": [0.1, 0.5, 0.9], "skip_prob": 0.3},
    {"area_range": [(0.1, 1.0), (0.5, 0.9)], "aspect_ratio_range": [(0.5, 2), (1, 1)], "min_eject_coverage": [0.2]},
    {"max_attempts": [1, 2, 3, 4]},
)
def several_crops(mx, words):
    made = mx.image.CreateMultiRandCropAugmenter(**words)
    return [made.dumps(), made.skip_prob, len(made.aug_list), changed(mx, made, 4)]


@compact("base", "borrow", "select", "lengths", "range", "area", "colour", "mean", "std")
def wrong(mx, what):
    i = mx.image
    if what == "base":
        i.DetAugmenter(a=1)(None, None)
    elif what == "borrow":
        i.DetBorrowAug(i.DetHorizontalFlipAug(1))
    elif what == "select":
        i.DetRandomSelectAug([i.CastAug()])
    elif what == "lengths":
        i.CreateMultiRandCropAugmenter([0.1, 0.2], max_attempts=[1, 2, 3])
    elif what == "range":
        i.DetRandomCropAug(aspect_ratio_range="x")
    elif what == "area":
        i.DetRandomPadAug(area_range=None)
    elif what == "colour":
        i.DetRandomPadAug(pad_val="x")
    else:
        i.CreateDetAugmenter((3, 4, 4), **{what: [1, 2, 3]})


LISTS = (
    {},
    {"resize": 12, "rand_crop": 0.5, "rand_mirror": True},
    {"rand_pad": 0.7, "area_range": (0.3, 2.5), "pad_val": (1, 2, 3)},
    {"rand_crop": 1, "rand_pad": 1, "min_object_covered": [0.3, 0.6], "max_attempts": 20},
    {"mean": True, "std": True},
    {"mean": np.array([1, 2, 3]), "std": np.array([2.0])},
    {"brightness": 0.2, "contrast": 0.3, "saturation": 0.1, "hue": 0.2, "pca_noise": 0.1, "rand_gray": 0.5},
    {"rand_mirror": True, "std": np.array([1.0, 2, 4]), "inter_method": 1},
)


@compact(*range(8), rtol=1e-4, why="sums of float32 in another order")
def lists(mx, which):
    made = mx.image.CreateDetAugmenter((3, 10, 12), **LISTS[which])
    random.seed(2)
    np.random.seed(2)
    out = []
    for _ in range(4):
        picture, found = array(mx, smooth(20, 30)), boxes()
        for one in made:
            picture, found = one(picture, found)
        out.append([picture.dtype, picture, found])
    return [[[type(one).__name__, one.dumps()] for one in made], out]


def labels(number, start=0, width=5, before=2):
    """Flat labels: what stands before the boxes, then some boxes."""
    rows = np.array([[i % 4, 0.1 + 0.02 * i, 0.2, 0.6 + 0.02 * i, 0.9, *range(width - 5)] for i in range(start, start + number)])
    return [before, width, *range(9, 7 + before), *rows.ravel().tolist()]


def imglist(n=7, size=(8, 10), **words):
    root = tempfile.mkdtemp(dir=HOME)
    for i in range(n):
        with open(os.path.join(root, f"{i}.png"), "wb") as file:
            file.write(png(pixels(*size, 3, i)))
    return {"imglist": [[*labels(1 + i % 3, i, **words), f"{i}.png"] for i in range(n)], "path_root": root}


def taken(batch):
    data = batch.data[0].asnumpy()
    return [list(data.shape), str(data.dtype), data[:, :, ::3, ::3].copy(), batch.label[0].asnumpy(), batch.pad, batch.index]


def epochs(it, number=2):
    out = []
    for _ in range(number):
        out.append([taken(batch) for batch in it])
        it.reset()
    return out


@compact(*[(handle, shuffle) for handle in ("pad", "discard", "roll_over") for shuffle in (False, True)])
def iterator(mx, handle, shuffle):
    random.seed(7)
    it = mx.image.ImageDetIter(3, (3, 6, 7), shuffle=shuffle, last_batch_handle=handle, **imglist())
    spelled = [list(d) for d in it.provide_data + it.provide_label]
    return [epochs(it, 3), spelled, it.label_shape, it.num_image, it.seq, it.batch_size, [x.dumps() for x in it.auglist]]


@compact(*range(4))
def iterator_changes(mx, which):
    words = (
        {"rand_crop": 1},
        {"rand_pad": 1, "rand_mirror": True},
        {"mean": True, "std": True, "resize": 12},
        {"rand_crop": 0.5, "hue": 0.1},
    )
    random.seed(8)
    return epochs(mx.image.ImageDetIter(3, (3, 6, 7), **imglist(5), inter_method=1, **words[which]))


@compact(False, True)
def iterator_of_records(mx, with_index):
    root = tempfile.mkdtemp(dir=HOME)
    index, path = os.path.join(root, "x.idx"), os.path.join(root, "x.rec")
    writer = mx.recordio.MXIndexedRecordIO(index, path, "w")
    for i in range(5):
        header = mx.recordio.IRHeader(0, labels(1 + i % 3, i, 6, 4), i, 0)
        writer.write_idx(i, mx.recordio.pack(header, png(pixels(8, 8, 3, i))))
    writer.close()
    random.seed(9)
    words = {"path_imgidx": index, "shuffle": True} if with_index else {}
    it = mx.image.ImageDetIter(2, (3, 8, 8), path_imgrec=path, rand_mirror=True, **words)
    return [epochs(it), it.label_shape]


@compact()
def iterator_of_file(mx):
    given = imglist(4, before=4)
    path = os.path.join(given["path_root"], "x.lst")
    with open(path, "w") as file:
        for i, (*numbers, name) in enumerate(given["imglist"]):
            file.write("\t".join(map(str, [i, *numbers, name])) + "\n")
    it = mx.image.ImageDetIter(
        2, (3, 8, 8), path_imglist=path, path_root=given["path_root"], data_name="d", label_name="l", num_parts=2, part_index=1
    )
    return [epochs(it), [list(d) for d in it.provide_data + it.provide_label], it.num_image]


@compact()
def own_augmenters(mx):
    class Away(mx.image.DetAugmenter):
        """Drops the boxes of every picture with three."""

        def __call__(self, src, label):
            if len(label) == 3:
                label = label * 0
            return src, label

    it = mx.image.ImageDetIter(2, (3, 8, 10), aug_list=[Away(), mx.image.DetBorrowAug(mx.image.CastAug())], **imglist(7))
    return [epochs(it), it.auglist[0].dumps()]


@compact()
def classless(mx):
    given = imglist(4)
    given["imglist"][2][2] = -1
    return epochs(mx.image.ImageDetIter(2, (3, 8, 10), **given))


@compact("short", "width", "area", "none", "data", "data_4", "fewer", "wider", "three", "sync", "sync_width")
def iterator_wrong(mx, what):
    given = imglist(3)
    if what == "short":
        given["imglist"][1] = [2, 5, 1, 0.1, "1.png"]
    elif what == "width":
        given["imglist"][1].insert(3, 0.5)
    elif what == "area":
        given["imglist"][1] = [2, 5, 1, 0.5, 0.5, 0.5, 0.7, "1.png"]
    elif what == "none":
        given = {"imglist": None}
    it = mx.image.ImageDetIter(2, (3, 8, 10), **given)
    if what.startswith("data"):
        it.reshape({"data": (1, 8, 8), "data_4": (8, 8)}[what])
    elif what == "sync":
        it.sync_label_shape(3)
    elif what == "sync_width":
        it.sync_label_shape(mx.image.ImageDetIter(2, (3, 8, 10), **imglist(3, width=6)))
    else:
        it.reshape(label_shape={"fewer": (2, 5), "wider": (3, 6), "three": (1, 3, 5)}[what])


@compact()
def reshape(mx):
    it = mx.image.ImageDetIter(3, (3, 8, 10), **imglist(3), aug_list=[mx.image.DetBorrowAug(mx.image.ForceResizeAug((4, 5), 1))])
    it.reshape((3, 5, 4), (5, 5))
    out = [epochs(it, 1), it.label_shape, it.data_shape, it.provide_data, it.provide_label]
    it.reshape(label_shape=(6, 5))
    return [out, it.provide_data, it.provide_label, epochs(it, 1)]


@compact(False, True)
def sync(mx, other_way):
    i = mx.image.ImageDetIter
    one, other = i(2, (3, 8, 10), **imglist(4)), i(3, (3, 8, 10), **imglist(1))
    if other_way:
        one, other = other, one
    same = one.sync_label_shape(other, verbose=True) is other
    return [same, one.label_shape, other.label_shape, one.provide_label, other.provide_label, epochs(one, 1), epochs(other, 1)]


@compact()
def names(mx):
    i = mx.image
    kinds = (i.DetBorrowAug, i.DetRandomSelectAug, i.DetHorizontalFlipAug, i.DetRandomCropAug, i.DetRandomPadAug)
    return [
        [issubclass(kind, i.DetAugmenter) and not issubclass(kind, i.Augmenter) for kind in kinds],
        issubclass(i.ImageDetIter, i.ImageIter),
        i.det.ImageDetIter is i.detection.ImageDetIter is i.ImageDetIter,
    ]
