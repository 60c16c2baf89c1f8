"""A data set of one's own: what its function gives is held to its descriptor, hashed, and shown."""

import numpy as np
import pytest

from engine.__main__ import main
from engine.config.data import DataConfig
from engine.config.own_datasets import OwnDataset
from engine.config.study import StudyConfig
from engine.data.load import load
from engine.data.preview.check import inspect_usual
from engine.errors import DataChangedError, DataError, PartError, RegistryError
from tests.engine.tiny import tiny_config
from tests.own_blocks import registered

IMAGES = np.arange(20 * 64, dtype=np.uint8).reshape(20, 1, 8, 8)
LABELS = np.arange(20) % 2


def own(images=IMAGES, labels=LABELS, **changes):
    """Twenty images of two classes for training, four for testing."""
    told = {"name": "mine", "title": "Mine", "shape": (1, 8, 8), "classes": ("no", "yes")} | changes
    return OwnDataset(**told, load=lambda folder: ((images, labels), (images[:4], labels[:4])))


def study(**data) -> StudyConfig:
    document = tiny_config().model_dump()
    return StudyConfig.model_validate(document | {"data": {"dataset": "mine", "image_size": 8} | data})


def test_a_study_trains_on_it_and_evaluates_on_its_test_split(tmp_path):
    with registered(own()):
        data = load(study(), tmp_path)
        assert (len(data.train.labels), len(data.validation.labels), len(data.test.labels)) == (16, 4, 4)
        assert data.class_names == ("no", "yes")
        assert data.note == "Mine (own data set)"
        assert data.digest != load_changed(tmp_path).digest


def load_changed(tmp_path):
    with registered():
        from engine.config import own_datasets
        from engine.config.catalog import CATALOG

        del CATALOG["mine"], own_datasets.OWN["mine"]
        own_datasets.register(own(images=IMAGES[::-1].copy()))
        return load(study(), tmp_path)


def test_it_is_given_its_folder(tmp_path):
    seen = []

    def function(folder):
        seen.append(folder)
        return (IMAGES, LABELS), (IMAGES, LABELS)

    with registered(OwnDataset("mine", "Mine", (1, 8, 8), ("no", "yes"), function)):
        load(study(), tmp_path)
        load(study(path="other"), tmp_path)
    assert seen == [tmp_path / "mine", tmp_path / "other"]


def test_event_frames_have_the_t_of_the_study(tmp_path):
    frames = np.random.default_rng(0).integers(0, 3, (20, 2, 2, 8, 8)).astype(np.int16)
    with registered(own(frames, shape=(2, 8, 8), time_steps=2)):
        assert load(study(), tmp_path).train.images.shape == (16, 2, 2, 8, 8)
        longer = study().model_copy(update={"network": study().network.model_copy(update={"time_steps": 3})})
        with pytest.raises(DataError, match="time_steps: the frames of Mine have T = 2, got 3"):
            load(longer, tmp_path)
        report = inspect_usual("mine", tmp_path).report
        assert report["splits"]["train"]["shape"] == [2, 2, 8, 8]


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        (IMAGES[:, 0], LABELS, r"its training images must be \[N, 1, 8, 8\], got \[20, 8, 8\]"),
        (IMAGES.astype(float), LABELS, "images must be uint8"),
        (IMAGES, LABELS[:5], r"its training labels must be whole numbers \[20\]"),
        (IMAGES, LABELS / 2, r"its training labels must be whole numbers \[20\], got float64"),
        (IMAGES, LABELS + 1, "its training labels must be 0 to 1, got 1 to 2"),
        (IMAGES[:0], LABELS[:0], "its training images must be"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, images, labels, said):
    with registered(own(images, labels)), pytest.raises(DataError, match=said):
        load(study(), tmp_path)


def test_a_function_that_fails_is_told_with_its_line(tmp_path):
    def fails(folder):
        raise FileNotFoundError("no such file: mine.npy")

    broken = OwnDataset("mine", "Mine", (1, 8, 8), ("no", "yes"), fails)
    said = r"data set 'mine' failed: FileNotFoundError: no such file: mine.npy \(test_own_dataset.py, line "
    with registered(broken), pytest.raises(PartError, match=said):
        load(study(), tmp_path)


def test_its_content_can_be_held_to_a_hash_that_the_command_tells(tmp_path, capsys):
    with registered(own()):
        assert main(["data", "--dataset", "mine", str(tmp_path), "--preview", str(tmp_path / "shown")]) == 0
        content = inspect_usual("mine", tmp_path).report["content_sha256"]
        assert content in capsys.readouterr().out
        load(study(content_sha256=content), tmp_path)
        with pytest.raises(DataChangedError, match=r"Mine has changed: its SHA-256 is .{16}…, the study wants abab"):
            load(study(content_sha256="ab" * 32), tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shape": (1, 8, 9)}, r"shape must be \(1 or 3, H, H\) with H from 8 to 128, got \(1, 8, 9\)"),
        ({"shape": (2, 8, 8)}, r"shape must be \(1 or 3, H, H\)"),
        ({"shape": (1, 8, 8), "time_steps": 4}, r"shape must be \(2, H, H\)"),
        ({"classes": ("a", "a")}, "classes must be at least 2 different names"),
        ({"name": "mnist"}, "data set 'mnist' is registered already"),
    ],
)
def test_a_descriptor_that_says_no_data_set_is_refused(changes, said):
    with pytest.raises(RegistryError, match=said), registered(own(**changes)):
        pass


def test_its_size_is_that_of_its_shape():
    with registered(own()), pytest.raises(ValueError, match="Mine comes in 8 pixels, got 16"):
        DataConfig(dataset="mine", image_size=16)
