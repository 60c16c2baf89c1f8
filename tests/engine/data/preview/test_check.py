"""What a path holds, as `python -m engine data` tells it; and what is refused, quickly and with little memory."""

import json
import subprocess
import sys

import numpy as np
import pytest

from engine.__main__ import main
from engine.data.preview.check import inspect
from engine.data.preview.preview import StoredPreview
from engine.data.readers import known_idx
from engine.data.readers.recognition import recognise
from engine.errors import DataError
from tests import hostile
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.readers.test_image_readers import class_folders, idx_bytes, npz

SAMPLES = {
    "samples/cifar-10-batches-py": ("cifar10", 540, 100, 10),
    "samples/cifar-100-python": ("cifar100", 400, 150, 100),
    "cifar100_part": ("cifar100", 1117, 416, 100),
    "samples/svhn": ("svhn", 55, 20, 10),
    "samples/tiny-imagenet-200_sample.zip": ("tiny_imagenet", 400, 100, 10),
    "samples/N-MNIST": ("n_mnist", 13, 7, 10),
    "nmnist_1000/nmnist_train1000.zip": ("n_mnist", 801, 199, 10),
    "samples/cifar10dvs_container": ("cifar10_dvs", 10, 10, 10),
    "samples/DvsGesture": ("dvs128_gesture", 21, 11, 11),
    "dvs128_objects/dvs128_objects_session1.zip": ("events", 133, 34, 5),
}


@pytest.mark.data
@pytest.mark.parametrize("path", SAMPLES)
def test_real_samples_are_told_apart_and_counted(path, test_data):
    found = inspect(test_data / path).report
    dataset, train, test, classes = SAMPLES[path]
    assert found["dataset"] == dataset
    assert (found["splits"]["train"]["samples"], found["splits"]["test"]["samples"]) == (train, test)
    assert len(found["classes"]) == classes
    assert sum(found["splits"]["train"]["class_counts"]) == train
    assert len(found["content_sha256"]) == 64


def test_one_s_own_images_and_arrays(tmp_path):
    folders = inspect(write_zip(tmp_path / "own.zip", class_folders(10))).report
    assert (folders["dataset"], folders["classes"]) == ("images", ["cat", "dog"])
    assert folders["config"] == {"dataset": "images", "image_size": 16, "channels": 3, "classes": 2}
    x, y = np.zeros((20, 28, 28), np.uint8), np.arange(20) % 2
    arrays = inspect(write_folder(tmp_path / "d", {"own.npz": npz(x=x, y=y)})).report
    assert arrays["config"] == {"dataset": "images", "image_size": 28, "channels": 1, "classes": 2}


def idx_of(openings: tuple[str, str]) -> dict[str, bytes]:
    """Files of MNIST's names whose labels are these."""
    files = {}
    for part, opening in zip(("train", "t10k"), openings, strict=True):
        labels = np.array(list(map(int, opening)), np.uint8)
        files[f"{part}-labels-idx1-ubyte"] = idx_bytes(labels)
        files[f"{part}-images-idx3-ubyte"] = idx_bytes(np.zeros((len(labels), 28, 28), np.uint8))
    return files


@pytest.mark.parametrize(("known", "dataset"), [(known_idx.MNIST, "mnist"), (known_idx.FASHION, "fashion_mnist")])
def test_idx_files_are_mnist_or_fashion_by_their_labels(known, dataset, tmp_path):
    found = inspect(write_folder(tmp_path / "d", idx_of(known.openings))).report
    assert found["dataset"] == dataset
    assert f"its labels begin as those of {known.title}" in found["why"]


def test_idx_files_of_mnist_s_names_with_other_labels_are_one_s_own(tmp_path):
    found = inspect(write_folder(tmp_path / "d", idx_of(("870142" * 5, "210987" * 5)))).report
    assert found["dataset"] == "images"
    assert "in MNIST's format, not MNIST's own" in found["note"]
    assert "not MNIST: its labels are not those of MNIST" in found["why"]


def test_what_is_no_data_set_says_what_is_there(tmp_path):
    with pytest.raises(DataError, match=r"no known data set: it holds a\.txt, b\.txt"):
        inspect(write_folder(tmp_path / "d", {"a.txt": b"1", "b.txt": b"2"}))
    inner = write_zip(tmp_path / "inner.zip", class_folders(3)).read_bytes()
    with pytest.raises(DataError, match=r"it holds the archive 'inner\.zip'; unpack that one level"):
        inspect(write_zip(tmp_path / "nested.zip", {"inner.zip": inner}))
    with pytest.raises(DataError, match=r"nowhere: there is no such file or folder"):
        inspect(tmp_path / "nowhere")


def test_every_refusal_of_an_unknown_file_says_what_is_read(tmp_path):
    for name, content in (("a.txt", b"1"), ("a.arrow", b"ARROW1"), ("a/b.webp", b"RIFF")):
        folder = write_folder(tmp_path / name.replace("/", "_"), {name: content})
        with pytest.raises(DataError, match=r"read are pictures \(PNG, .* in class folders.*data --formats"):
            inspect(folder)


def test_the_formats_are_listed(capsys):
    assert main(["data", "--formats"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {known["kind"] for known in listed} == {"files", "images", "events", "not read"}
    assert all(known["title"] and known["about"] for known in listed)
    assert main(["data"]) == 2
    assert "name a PATH, or --formats" in capsys.readouterr().err


def test_the_files_own_validation_split_is_a_split_of_the_report_and_of_the_preview(tmp_path):
    files = class_folders(4, "train/") | class_folders(3, "val/") | class_folders(2, "test/")
    found = inspect(write_zip(tmp_path / "own.zip", files))
    counts = {name: split["class_counts"] for name, split in found.report["splits"].items()}
    assert counts == {"train": [4, 4], "validation": [3, 3], "test": [2, 2]}
    assert "val = validation (6)" in found.report["note"]
    found.preview.write(tmp_path / "preview")
    train, validation = StoredPreview(tmp_path / "preview").validation("stratified", 0.5, 7)
    assert (train.tolist(), validation.tolist()) == (list(range(8)), list(range(8, 14)))


def test_a_specific_reader_that_fails_leaves_its_files_to_the_general_one(tmp_path):
    files = {f"{split}/{wnid}/{k}.png": data for split in ("train", "val") for wnid in ("n00000001", "n00000002")
             for k, data in enumerate(class_folders(3).values())}  # fmt: skip
    found = inspect(write_folder(tmp_path / "d", files | {"wnids.txt": b"n00000001\nn00000002\n"})).report
    assert (found["dataset"], found["classes"]) == ("images", ["n00000001", "n00000002"])
    assert "not taken as Tiny-ImageNet-200: train/n00000001/0.png: must be 64×64 pixels, got 30×20" in found["note"]


def test_labels_in_tables_of_gestures_are_never_read_as_folders(tmp_path):
    session = {"a/user01_led.aedat": b"#!AER-DAT3.1\r\n", "b/user02_led.aedat": b"#!AER-DAT3.1\r\n"}
    tables = {
        f"{name.removesuffix('.aedat')}_labels.csv": b"class,startTime_usec,endTime_usec\n1,9,5\n" for name in session
    }
    path = write_folder(tmp_path / "d", session | tables)
    with pytest.raises(DataError, match=r"DVS128 Gesture.*a/user01_led_labels\.csv, line 2: the start must come"):
        inspect(path)
    assert next(recognise(path)).others == ()


def test_the_command_prints_json_or_one_line_of_reason(tmp_path, capsys):
    assert main(["data", str(write_zip(tmp_path / "own.zip", class_folders(10)))]) == 0
    assert json.loads(capsys.readouterr().out)["dataset"] == "images"
    assert main(["data", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.startswith("error: ")


MEASURE = """
import os, resource, sys, time
from pathlib import Path
from engine.data.preview.check import inspect
from engine.errors import DataError

def measured(path):
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        inspect(Path(path))
    except DataError as error:
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        return f"{grown} {time.process_time() - started} {error}"
    return "read"

for line in sys.stdin:
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        print(measured(line.rstrip()).replace(chr(10), " "), flush=True)
        os._exit(0)
"""
"""Inspects each path of its input in a process of its own, whose memory it tells; the imports are done once."""


@pytest.fixture(scope="module")
def measure():
    command = [sys.executable, "-c", MEASURE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as started:
        assert started.stdin
        assert started.stdout

        def of(path):
            started.stdin.write(f"{path}\n")
            return started.stdout.readline().rstrip()

        yield of
        started.stdin.close()
        assert started.wait(20) == 0


@pytest.mark.parametrize("name", hostile.NAMES)
def test_hostile_files_are_refused_in_under_a_second_and_50_megabytes(name, measure, tmp_path):
    """Processor time, since machines are shared; names that no file system takes are the upload's to refuse."""
    file, content = hostile.hostile(tmp_path / "canary")[name]
    path = tmp_path / ("a.zip" if name.startswith("20") else file)
    path.write_bytes(content)
    told = measure(path)
    if told != "read":
        kilobytes, seconds, _ = told.split(" ", 2)
        assert int(kilobytes) < 50_000
        assert float(seconds) < 1
    else:
        assert name[:3] in ("20c", "20d", "20e", "20f"), "only its name is hostile"
    assert not (tmp_path / "canary").exists()
