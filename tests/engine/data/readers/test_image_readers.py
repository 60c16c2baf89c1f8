"""CIFAR-100, SVHN, Tiny-ImageNet, idx and one's own images: real samples, and the same pixels from every form."""

import gzip
import io
import pickle
import struct
import zipfile

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from PIL import Image
from scipy.io import savemat

from engine.data.files.file_trees import open_tree
from engine.data.readers import arrays, cifar100, idx, image_folder, svhn, tiny_imagenet
from engine.errors import DataError
from tests.engine.data.files.test_tree import write_folder, write_zip

RNG = np.random.default_rng(4)


def png(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def npz(**named: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **{key: np.asarray(value) for key, value in named.items()})
    return file.getvalue()


# --- CIFAR-100 ---


@pytest.mark.data
def test_cifar100_sample(test_data):
    raw = cifar100.read(open_tree(test_data / "samples" / "cifar-100-python"))
    assert raw.train.images.shape == (400, 3, 32, 32)
    assert raw.test.images.shape == (150, 3, 32, 32)
    assert raw.class_names[raw.train.labels[0]] == "cattle"  # file bos_taurus_s_000507.png, white in its corner
    assert raw.train.images[0, :, 0, 0].tolist() == [255, 255, 255]
    assert "a part (400 of 50,000" in raw.note


def test_cifar100_binary_reads_the_fine_labels(tmp_path):
    pixels, fine = RNG.integers(0, 256, (6, 3072), np.uint8), np.array([0, 99, 3, 4, 5, 6], np.uint8)
    records = np.concatenate([np.full((6, 1), 7, np.uint8), fine[:, None], pixels], 1).tobytes()
    raw = cifar100.read(open_tree(write_folder(tmp_path / "d", {"train.bin": records, "test.bin": records[:3074]})))
    np.testing.assert_array_equal(raw.train.images, pixels.reshape(-1, 3, 32, 32))
    assert raw.train.labels.tolist() == fine.tolist()


@pytest.mark.parametrize(
    ("batch", "reason"),
    [
        ({"data": np.zeros((2, 3072), np.float32), "fine_labels": [0, 1]}, "`data` must be uint8"),
        ({"data": np.zeros((2, 3072), np.uint8), "fine_labels": [0]}, "`fine_labels` must be a list of 2"),
        ({"data": np.zeros((2, 3072), np.uint8), "fine_labels": [0, 100]}, "labels must be 0 to 99, got 0 to 100"),
        ({"data": np.zeros((2, 3072), np.uint8), "fine_labels": ["a", "b"]}, "labels must be 2 whole numbers"),
    ],
)
def test_a_malformed_cifar100_is_refused(batch, reason, tmp_path):
    files = {"train": pickle.dumps(batch, 2), "test": pickle.dumps(batch, 2), "meta": pickle.dumps({}, 2)}
    with pytest.raises(DataError, match=f"train: {reason}"):
        cifar100.read(open_tree(write_folder(tmp_path / "d", files)))


# --- SVHN ---


@pytest.mark.data
def test_svhn_sample(test_data):
    raw = svhn.read(open_tree(test_data / "samples" / "svhn"))
    assert (len(raw.train.labels), len(raw.test.labels)) == (55, 20)
    assert raw.train.labels[:10].tolist() == [1, 9, 2, 3, 9, 3, 3, 1, 2, 8]  # the well-known first labels
    assert raw.train.images[0, :, 0, 0].tolist() == [33, 30, 38]
    assert np.bincount(raw.train.labels).tolist() == [3, 8, 14, 7, 5, 3, 4, 3, 4, 4]  # 0 is stored as 10


def mat(**named: object) -> bytes:
    file = io.BytesIO()
    savemat(file, named, do_compression=True)
    return file.getvalue()


GOOD_MAT = {"X": np.zeros((32, 32, 3, 4), np.uint8), "y": np.array([[1], [2], [3], [10]], np.uint8)}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"rubbish", "not a MATLAB 5 file"),
        (mat(**GOOD_MAT)[:-20], r"declares .* bytes, .* are left; truncated\?"),
        (mat(X=np.zeros((32, 32, 3, 4)), y=GOOD_MAT["y"]), r"X must be uint8 \[32, 32, 3, N\], got float64"),
        (mat(X=GOOD_MAT["X"], y=[1, 2]), "y must be 4 whole numbers"),
        (mat(X=GOOD_MAT["X"], y=np.array([1, 2, 3, 11], np.uint8)), "labels must be 1 to 10, got 1 to 11"),
        (mat(X={"a": 1}, y=[1]), "cell, struct, object or text"),
    ],
)
def test_a_malformed_svhn_is_refused(content, reason, tmp_path):
    folder = write_folder(tmp_path / "d", {"train_32x32.mat": content, "test_32x32.mat": mat(**GOOD_MAT)})
    with pytest.raises(DataError, match=rf"train_32x32\.mat: .*{reason}"):
        svhn.read(open_tree(folder))


def mat73(**named: np.ndarray) -> bytes:
    """As MATLAB writes version 7.3: HDF5 behind 512 bytes, axes turned round."""
    file = io.BytesIO()
    with h5py.File(file, "w", userblock_size=512) as archive:
        for key, value in named.items():
            archive.create_dataset(key, data=value.T, compression="gzip")
    return b"MATLAB 7.3 MAT-file".ljust(512, b" ") + file.getvalue()[512:]


def test_svhn_saved_again_as_matlab_73_gives_the_same_images(tmp_path):
    x = RNG.integers(0, 256, (32, 32, 3, 4), np.uint8)
    old, new = mat(X=x, y=GOOD_MAT["y"]), mat73(X=x, y=GOOD_MAT["y"].astype(float))
    first, second = (
        svhn.read(open_tree(write_folder(tmp_path / name, {"train_32x32.mat": data, "test_32x32.mat": data})))
        for name, data in (("old", old), ("new", new))
    )
    np.testing.assert_array_equal(first.train.images, second.train.images)
    assert first.train.labels.tolist() == second.train.labels.tolist() == [1, 2, 3, 0]


def test_a_cut_matlab_73_is_named(tmp_path):
    data = mat73(**GOOD_MAT)[:1200]
    folder = write_folder(tmp_path / "d", {"train_32x32.mat": data, "test_32x32.mat": mat(**GOOD_MAT)})
    with pytest.raises(DataError, match=r"train_32x32\.mat: .*(truncated|not a readable)"):
        svhn.read(open_tree(folder))


def test_a_mat_that_declares_terabytes_is_refused_from_its_header(tmp_path):
    plain = io.BytesIO()
    savemat(plain, GOOD_MAT)
    data = plain.getvalue().replace(struct.pack("<4i", 32, 32, 3, 4), struct.pack("<4i", 32, 32, 3, 2**30))
    folder = write_folder(tmp_path / "d", {"train_32x32.mat": data, "test_32x32.mat": mat(**GOOD_MAT)})
    with pytest.raises(DataError, match=r"declares a matrix of \[32, 32, 3, 1073741824\]; SVHN has at most 700,000"):
        svhn.read(open_tree(folder))


# --- Tiny-ImageNet ---


@pytest.mark.data
def test_tiny_imagenet_sample(test_data):
    raw = tiny_imagenet.read(open_tree(test_data / "samples" / "tiny-imagenet-200_sample.zip"))
    assert raw.train.images.shape == (400, 3, 64, 64)
    assert np.bincount(raw.train.labels).tolist() == [40] * 10
    assert np.bincount(raw.test.labels).tolist() == [10] * 10
    assert raw.class_names[:2] == ("Egyptian cat", "reel")


def tiny_files(sorted_validation: bool) -> dict[str, bytes]:
    picture = png(np.full((64, 64), 90, np.uint8), "JPEG")  # grey, as some official ones are
    files = {"wnids.txt": b"n2\nn1\n", "words.txt": b"n1\tone, uno\nn2\ttwo\n"}
    files |= {f"train/{wnid}/images/{wnid}_{k}.JPEG": picture for wnid in ("n1", "n2") for k in range(3)}
    if sorted_validation:
        files |= {"val/n1/val_0.JPEG": picture, "val/n2/val_1.JPEG": picture}
    else:
        files |= {"val/images/val_0.JPEG": picture, "val/images/val_1.JPEG": picture}
        files["val/val_annotations.txt"] = b"val_0.JPEG\tn1\t0\t0\t9\t9\nval_1.JPEG\tn2\t0\t0\t9\t9\n"
    return {f"tiny-imagenet-200/{name}": data for name, data in files.items()}


@pytest.mark.parametrize("sorted_validation", [False, True])
def test_tiny_imagenet_takes_val_annotated_or_sorted(sorted_validation, tmp_path):
    raw = tiny_imagenet.read(open_tree(write_zip(tmp_path / "t.zip", tiny_files(sorted_validation))))
    assert raw.class_names == ("two", "one")
    assert raw.train.labels.tolist() == [1, 1, 1, 0, 0, 0]
    assert raw.test.labels.tolist() == [1, 0]
    assert raw.train.images[0, :, 0, 0].tolist() == [90, 90, 90]


def test_a_tiny_imagenet_picture_of_another_size_is_named(tmp_path):
    files = tiny_files(False) | {
        "tiny-imagenet-200/train/n1/images/n1_0.JPEG": png(np.zeros((32, 64), np.uint8), "JPEG")
    }
    with pytest.raises(DataError, match=r"n1_0\.JPEG: must be 64×64 pixels, got 64×32"):
        tiny_imagenet.read(open_tree(write_zip(tmp_path / "t.zip", files)))


# --- MNIST's format ---


def idx_bytes(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def idx_files(packed: bool) -> dict[str, bytes]:
    images, labels = RNG.integers(0, 256, (5, 28, 28), np.uint8), np.array([9, 0, 1, 2, 3], np.uint8)
    files = {
        "train-images-idx3-ubyte": idx_bytes(images),
        "train-labels-idx1-ubyte": idx_bytes(labels),
        "t10k-images-idx3-ubyte": idx_bytes(images[:2]),
        "t10k-labels-idx1-ubyte": idx_bytes(labels[:2]),
    }
    return {f"raw/{name}.gz": gzip.compress(data) for name, data in files.items()} if packed else files


@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_plain_or_packed(packed, tmp_path):
    files = idx_files(packed)
    raw = idx.read(open_tree(write_folder(tmp_path / "d", files)), "MNIST", idx.DIGITS)
    assert raw.train.images.shape == (5, 1, 28, 28)
    assert raw.train.labels.tolist() == [9, 0, 1, 2, 3]
    assert len(raw.test.labels) == 2
    if not packed:
        assert raw.train.images[0, 0].tobytes() == files["train-images-idx3-ubyte"][16 : 16 + 784]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (idx_bytes(np.zeros((5, 28, 28), np.uint8))[:-1], r"declares \[5, 28, 28\] = 3,920 bytes, holds 3,919"),
        (bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**31, 2**31, 4), r"declares \[2147483648, 2147483648, 4\]"),
        (bytes([0, 0, 13, 3]) + bytes(100), "not an idx file of unsigned bytes"),
        (idx_bytes(np.zeros((5, 27, 28), np.uint8)), "images must be 28×28, got 27×28"),
        (idx_bytes(np.zeros((4, 28, 28), np.uint8)), "4 images but 5 labels"),
        (gzip.compress(bytes(1000))[:-9], "damaged or truncated gzip"),
        (gzip.compress(bytes(250_000_000), 1), "unpacks to more than 200,000,000 bytes"),
    ],
)
def test_a_malformed_idx_is_refused(content, reason, tmp_path):
    files = idx_files(False) | {"train-images-idx3-ubyte": content}
    with pytest.raises(DataError, match=f"train-images-idx3-ubyte: .*{reason}|train-images-idx3-ubyte: {reason}"):
        idx.read(open_tree(write_folder(tmp_path / "d", files)), "MNIST", idx.DIGITS)


# --- one's own images ---


def class_folders(per_class: int, split: str = "") -> dict[str, bytes]:
    return {
        f"{split}{name}/{k}.png": png(np.full((20, 30, 3), [value, k, 0], np.uint8))
        for name, value in (("cat", 50), ("dog", 200))
        for k in range(per_class)
    }


def test_class_folders_without_a_test_split_hold_out_a_fixed_fifth(tmp_path):
    tree = open_tree(write_zip(tmp_path / "own.zip", class_folders(10)))
    raw = image_folder.read(tree, 16, 3)
    assert raw.class_names == ("cat", "dog")
    assert np.bincount(raw.test.labels).tolist() == [2, 2]
    assert raw.train.images.shape == (16, 3, 16, 16)
    assert set(raw.train.images[raw.train.labels == 1][:, 0].ravel().tolist()) == {200}
    again = image_folder.read(tree, 16, 3)
    np.testing.assert_array_equal(raw.test.images, again.test.images)


@pytest.mark.parametrize("test", ["test/", "val/", "Validation/"])
def test_folders_train_and_test_are_the_splits(test, tmp_path):
    files = class_folders(3, "mine/train/") | class_folders(2, f"mine/{test}")
    raw = image_folder.read(open_tree(write_folder(tmp_path / "d", files)), 8, 1)
    assert (len(raw.train.labels), len(raw.test.labels)) == (6, 4)
    assert raw.train.images.shape[1:] == (1, 8, 8)


def test_a_picture_of_60000_by_60000_pixels_is_refused_by_its_header(tmp_path):
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 60_000, 60_000, 8, 2, 0, 0, 0) + bytes(4)
    files = class_folders(3) | {"cat/0.png": header}
    with pytest.raises(DataError, match=r"cat/0\.png: .*(60,000 × 60,000 pixels; at most|not a readable)"):
        image_folder.read(open_tree(write_zip(tmp_path / "own.zip", files)), 8, 3)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<html>", "it is a web page"),
        (b"<svg onload='alert(1)'/>", "it is an SVG drawing"),
        (b"", "it is empty"),
        (b"\xff\xd8\xff rubbish", "its first bytes are of no known kind"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "it is WebP, which is not read"),
        (b"version https://git-lfs.github.com/spec/v1", "it is a Git LFS pointer: fetch the file itself"),
    ],
)
def test_what_is_no_picture_is_named(content, kind, tmp_path):
    with pytest.raises(DataError, match=rf"cat/0\.png: not a readable PNG, JPEG, BMP, GIF, TIFF or PPM: {kind}"):
        image_folder.read(open_tree(write_zip(tmp_path / "own.zip", class_folders(3) | {"cat/0.png": content})), 8, 3)


def test_one_class_is_no_classification(tmp_path):
    files = {name: data for name, data in class_folders(3).items() if name.startswith("cat")}
    with pytest.raises(DataError, match="holds 1 class folder of images; 2 to 10,000 are needed"):
        image_folder.read(open_tree(write_zip(tmp_path / "own.zip", files)), 8, 3)


@pytest.mark.parametrize("layout", ["NHWC", "NCHW", "npy", "two files"])
def test_every_layout_of_arrays_gives_the_same_images(layout, tmp_path):
    x, y = RNG.integers(0, 256, (6, 8, 8, 3), np.uint8), np.array([0, 1, 2, 0, 1, 2])
    first = x.transpose(0, 3, 1, 2)
    files = {
        "NHWC": {"own.npz": npz(x_train=x, y_train=y, x_test=x[:3], y_test=y[:3])},
        "NCHW": {"own.npz": npz(x_train=first, y_train=y, x_test=first[:3], y_test=y[:3])},
        "two files": {"train.npz": npz(x=x, y=y), "test.npz": npz(x=x[:3], y=y[:3])},
    }
    if layout == "npy":
        files["npy"] = {}
        for key, value in {"x_train": x, "y_train": y, "x_test": x[:3], "y_test": y[:3]}.items():
            file = io.BytesIO()
            np.save(file, value)
            files["npy"][f"{key}.npy"] = file.getvalue()
    raw = arrays.read(open_tree(write_folder(tmp_path / "d", files[layout])), 8, 3)
    np.testing.assert_array_equal(raw.train.images, first)
    assert (raw.train.labels.tolist(), raw.test.labels.tolist()) == (y.tolist(), y[:3].tolist())


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (
            {"x": np.full((4, 8, 8), 255.5, np.float32), "y": [0, 1, 0, 1]},
            r"x must be uint8 .* got float32 from 255.5 to 255.5",
        ),
        ({"x": np.zeros((4, 8, 8), np.uint8), "y": [0, 1]}, "labels must be 4 whole numbers"),
        ({"x": np.zeros((4, 8, 8), np.uint8)}, "has no array y; it has x|x_train and y_train must be given together"),
        ({"x": np.zeros((4, 8, 8, 3), np.uint8), "y": [0, 1, 0, 1]}, "the study says 1 channels"),
        ({"x": np.array([{}] * 4, object), "y": [0, 1, 0, 1]}, "would need pickle"),
        ({"x": np.zeros((4, 8, 8), np.uint8), "y": [0, -1, 0, 1]}, "labels 0 to 9,999"),
    ],
)
def test_malformed_arrays_are_refused(named, reason, tmp_path):
    with pytest.raises(DataError, match=reason):
        arrays.read(open_tree(write_folder(tmp_path / "d", {"own.npz": npz(**named)})), 8, 1)


def test_a_128_byte_array_that_claims_terabytes_is_refused(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (2**22, 1024, 1024)})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", header.getvalue())
        archive.writestr("y.npy", header.getvalue())
    with pytest.raises(DataError, match=r"x: declares .* = 4,398,046,511,104 bytes; at most"):
        arrays.read(open_tree(write_folder(tmp_path / "d", {"own.npz": file.getvalue()})), 8, 1)


@given(arrays_of.arrays(np.uint8, st.tuples(st.integers(10, 30), st.just(8), st.just(8))), st.integers(2, 4))
def test_arrays_come_back_as_they_were_saved(x, classes):
    from engine.data.files.npy import read_npz

    y = np.arange(len(x)) % classes
    found = read_npz(npz(x=x, y=y), "own.npz", "xy", 10**6)
    np.testing.assert_array_equal(found["x"], x)
    np.testing.assert_array_equal(found["y"], y)
