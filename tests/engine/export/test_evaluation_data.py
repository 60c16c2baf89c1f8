"""An evaluation takes every number from the package and none from the folder: only the samples themselves matter."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.__main__ import main
from engine.errors import DataError
from engine.export.reproduce import reproduce
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.readers.test_image_readers import npz, png
from tests.engine.export.untrained import of_version_1, package_on, pixels_of, study_on

CLASSES = ("cat", "dog", "owl")
TRAINED, TESTED = pixels_of(24), pixels_of(12, seed=1)
SCORE = ("accuracy", "spikes", "spikes_by_layer")


def pictures(split: str, pixels: np.ndarray, names: tuple[str, ...] = CLASSES, first: int = 0) -> dict[str, bytes]:
    """PNG files by path: picture k in the folder of class k modulo their number; no split folder for ""."""
    folder = f"{split}/" if split else ""
    return {f"{folder}{names[k % len(names)]}/{first + k:03d}.png": png(x) for k, x in enumerate(pixels)}


WHOLE = pictures("train", TRAINED) | pictures("test", TESTED)


@dataclass(frozen=True)
class Made:
    """A package and the score of its network where it was made."""

    folder: Path
    root: Path
    score: dict[str, object]

    def scored(self, root: Path, **options: object) -> dict[str, object]:
        found = reproduce(self.folder, root, **options)
        return {key: found[key] for key in SCORE}


@pytest.fixture(scope="module", params=["direct", "rate"])
def made(request, tmp_path_factory):
    """Rate coding draws by a sample's place in the evaluation, so its score feels the order too."""
    home = tmp_path_factory.mktemp(request.param)
    write_folder(home / "own", WHOLE)
    folder = package_on(study_on(encoding=request.param), home, home / "result")
    found = reproduce(folder, home)
    assert (found["same_data"], found["seen_in_training"], found["samples"]) == (True, 0, 12)
    assert found["preprocessing"]["from"] == "package"
    assert found["spikes"] > 0
    return Made(folder, home, {key: found[key] for key in SCORE})


# --- nothing but the samples themselves changes a score


@st.composite
def surroundings(draw: st.DrawFn) -> tuple[dict[str, bytes], str]:
    """The same test pictures, in any order, beside anything; and in which form they lie."""
    dark = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    trained = (TRAINED[: draw(st.integers(0, 24))] * dark).astype(np.uint8)
    order = draw(st.permutations(range(12)))
    tested = {f"test/{CLASSES[k % 3]}/{at:02d}.png": png(TESTED[k]) for at, k in enumerate(order)}
    others = draw(st.sampled_from([(), ("ant",), ("zebra", "ant")]))
    strange = pictures("train", TRAINED[:8], others) if others else {}
    return pictures("train", trained) | strange | tested, draw(st.sampled_from(["folder", "zip", "samples"]))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(around=surroundings())
def test_other_training_samples_classes_and_orders_beside_the_same_test_samples_leave_the_score(
    made, around, tmp_path_factory
):
    files, form = around
    home = tmp_path_factory.mktemp("around")
    if form == "zip":
        write_zip(home / "own.zip", files)
        (home / "own").mkdir()
        (home / "own.zip").rename(home / "own" / "own.zip")
    else:
        write_folder(home / "own", files)
    where = {"samples": home / "own"} if form == "samples" else {}
    assert made.scored(home, **where) == made.score


ARRAYS = {
    "bytes": {"x": TESTED},
    "floats": {"x": (TESTED / 255).astype(np.float32)},
    "channels last": {"x": TESTED[..., None]},
    "a test part": {"x_test": TESTED},
    "beside another training part": {"x_train": TRAINED[:3] // 4, "x_test": TESTED},
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("numbers", [False, True])
def test_the_same_samples_as_an_array_have_the_same_score_whatever_their_range_and_labels(
    made, name, numbers, tmp_path
):
    """Numbers are the places of the classes' names."""
    arrays = dict(ARRAYS[name])
    for key in tuple(arrays):
        labels = [k % 3 for k in range(len(arrays[key]))]
        arrays[key.replace("x", "y")] = labels if numbers else [CLASSES[k] for k in labels]
    (tmp_path / "held_out.npz").write_bytes(npz(**arrays))
    assert made.scored(tmp_path, samples=tmp_path / "held_out.npz") == made.score
    assert made.scored(tmp_path / "held_out.npz") == made.score


FORMS = {
    "test folder alone": pictures("test", TESTED),
    "class folders alone": pictures("", TESTED),
    "a table": {f"{k}.png": png(x) for k, x in enumerate(TESTED)}
    | {"labels.csv": b"file,label\n" + b"".join(f"{k}.png,{CLASSES[k % 3]}\n".encode() for k in range(12))},
    "in colour": {f"{CLASSES[k % 3]}/{k}.png": png(np.repeat(x[..., None], 3, axis=2)) for k, x in enumerate(TESTED)},
}


@pytest.mark.parametrize("name", FORMS)
def test_a_held_out_set_alone_has_the_same_score_at_the_data_s_place_and_anywhere(made, name, tmp_path):
    write_folder(tmp_path / "own", FORMS[name])
    assert made.scored(tmp_path) == made.score
    assert made.scored(tmp_path / "own") == made.score
    assert made.scored(tmp_path / "nowhere", samples=tmp_path / "own") == made.score


def test_a_set_with_some_of_the_classes_is_evaluated_by_their_names(made, tmp_path):
    """Of owls alone, with cats and dogs gone, an owl stays class 2."""
    owls = TESTED[2::3]
    write_folder(tmp_path / "own", pictures("", owls, ("owl",)))
    alone = reproduce(made.folder, tmp_path, samples=tmp_path / "own")
    by_class = [reproduce(made.folder, tmp_path, samples=array(tmp_path, owls, [k] * 4))["accuracy"] for k in range(3)]
    assert alone["accuracy"] == by_class[2]
    assert sum(by_class) == pytest.approx(1), "each owl is taken for exactly one of the three"


def array(folder: Path, x: np.ndarray, y: object) -> Path:
    path = folder / "array.npz"
    path.write_bytes(npz(x=x, y=y))
    return path


def test_an_unknown_class_is_refused_by_its_name(made, tmp_path):
    write_folder(tmp_path / "own", pictures("", TESTED, ("cat", "dog", "ibis")))
    with pytest.raises(DataError, match="the network has no class 'ibis'; its 3 classes are cat, dog, owl"):
        reproduce(made.folder, tmp_path)
    with pytest.raises(DataError, match="the network has no class '3'; its 3 classes"):
        reproduce(made.folder, tmp_path, samples=array(tmp_path, TESTED[:4], [0, 1, 2, 3]))


# --- what it was trained on


def test_the_training_samples_themselves_are_counted_and_never_pass_for_a_test(made, tmp_path):
    write_folder(tmp_path / "own", pictures("", TRAINED))
    found = reproduce(made.folder, tmp_path, "test")
    assert (found["samples"], found["seen_in_training"], found["split"]) == (24, 24, "all")


def test_some_of_them_among_others_are_counted_whatever_their_files_and_labels(made, tmp_path):
    mixed = np.concatenate([TESTED[:5], TRAINED[[3, 7, 11]]])
    found = reproduce(made.folder, tmp_path, samples=array(tmp_path, mixed, [0] * 8))
    assert (found["samples"], found["seen_in_training"], found["same_data"]) == (8, 3, False)


def test_a_folder_of_training_samples_by_its_name_has_no_test_split(made, tmp_path):
    write_folder(tmp_path / "own", pictures("train", TRAINED))
    with pytest.raises(DataError, match="the files name no test split, only train; choose one of these"):
        reproduce(made.folder, tmp_path)
    assert reproduce(made.folder, tmp_path, "train")["seen_in_training"] == 24


def test_the_study_s_own_splits_are_found_by_content_where_the_files_name_none(tmp_path):
    """A fifth was drawn as test split; files that are renamed and come in another order change no split."""
    write_folder(tmp_path / "own", pictures("", TRAINED))
    folder = package_on(study_on(), tmp_path, tmp_path / "result")
    first = {split: reproduce(folder, tmp_path, split) for split in ("train", "validation", "test")}
    renamed = {f"{CLASSES[k % 3]}/{99 - k}.png": png(x) for k, x in enumerate(TRAINED)}
    write_folder(tmp_path / "moved" / "own", renamed)
    for split, known in first.items():
        again = reproduce(folder, tmp_path / "moved", split)
        assert {key: again[key] for key in (*SCORE, "samples", "split", "same_data")} == {
            key: known[key] for key in (*SCORE, "samples", "split", "same_data")
        }
    assert (first["train"]["samples"], first["test"]["samples"]) == (18, 6)
    assert (first["test"]["seen_in_training"], first["train"]["seen_in_training"]) == (0, 18)
    assert first["validation"]["seen_in_training"] == first["validation"]["samples"] == 3


# --- sizes, ranges and label numbers are those of the training


@pytest.mark.parametrize("trained_on", ["pictures", "arrays"])
def test_pictures_and_arrays_come_to_the_network_s_size_as_in_training(trained_on, tmp_path):
    """16 × 16 pixels are resampled where pictures were trained on, and averaged where arrays were."""
    large, tested = pixels_of(24, 16, 2), pixels_of(12, 16, 3)
    whole = pictures("train", large) | pictures("test", tested)
    labels = {"y_train": [CLASSES[k % 3] for k in range(24)], "y_test": [CLASSES[k % 3] for k in range(12)]}
    forms = {"pictures": whole, "arrays": {"a.npz": npz(x_train=large, x_test=tested, **labels)}}
    write_folder(tmp_path / "own", forms[trained_on])
    folder = package_on(study_on(), tmp_path, tmp_path / "result")
    first = reproduce(folder, tmp_path)
    for name, files in forms.items():
        found = reproduce(folder, write_folder(tmp_path / f"as {name}" / "own", files).parent)
        assert [found[key] for key in SCORE] == [first[key] for key in SCORE]
        assert found["same_data"]


def test_a_part_of_an_array_is_scaled_by_the_range_of_the_training(tmp_path):
    """Of numbers in −1…1, those of bright pixels alone would pass for 0…1."""
    scaled = (TRAINED / 127.5 - 1).astype(np.float32)
    bright = (np.maximum(TESTED, 128) / 127.5 - 1).astype(np.float32)
    known = {"x_train": scaled, "y_train": [k % 3 for k in range(24)], "x_test": bright, "y_test": [0] * 12}
    write_folder(tmp_path / "own", {"a.npz": npz(**known)})
    folder = package_on(study_on(), tmp_path, tmp_path / "result")
    first = reproduce(folder, tmp_path)
    alone = reproduce(folder, tmp_path, samples=array(tmp_path, bright, [0] * 12))
    assert [alone[key] for key in SCORE] == [first[key] for key in SCORE]
    assert bright.min() >= 0
    with pytest.raises(DataError, match=r"x holds float32 from 0.* to 3; the network was trained on -1…1"):
        reproduce(folder, tmp_path, samples=array(tmp_path, np.where(bright > 0.5, 3, bright), [0] * 12))


# --- the command tells, and its exit status


def command(capsys, *arguments: object) -> tuple[int, dict, str]:
    status = main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return status, json.loads(out), err


@pytest.mark.parametrize("name", ["evaluate", "energy"])
def test_the_command_says_how_many_were_trained_on_and_strict_exits_with_3(name, made, tmp_path, capsys):
    write_folder(tmp_path / "own", pictures("", TRAINED))
    status, found, told = command(capsys, name, made.folder, "--data", tmp_path, "--split", "test")
    assert (status, found["seen_in_training"], found["samples"]) == (0, 24, 24)
    assert "warning: 24 of 24 were trained on" in told
    assert command(capsys, name, made.folder, "--data", tmp_path, "--strict")[0] == 3
    status, _, told = command(capsys, name, made.folder, "--data", made.root, "--strict")
    assert status == 0
    assert "0 of 12 were trained on" in told
    assert "warning" not in told


def test_a_package_of_version_1_is_evaluated_with_estimates_which_is_said(made, tmp_path, capsys):
    model = of_version_1(made.folder / "model.safetensors", tmp_path / "model.safetensors")
    status, found, told = command(capsys, "evaluate", model, "--data", made.root, "--strict")
    assert (status, found["seen_in_training"], found["same_data"]) == (0, 0, True)
    assert {key: found[key] for key in SCORE} == made.score
    assert found["preprocessing"]["from"] == "estimated from the same data"
    assert "warning: the package, of an earlier version, does not keep its preprocessing" in told
    dark = {name: png(np.zeros((8, 8), np.uint8)) for name in pictures("train", TRAINED)}
    write_folder(tmp_path / "own", WHOLE | dark)
    status, found, told = command(capsys, "evaluate", model, "--data", tmp_path, "--strict")
    assert (status, found["seen_in_training"], found["same_data"]) == (3, None, False)
    assert found["preprocessing"]["from"] == "estimated from other data"
    assert "which is not the one the network was trained on" in told


def test_a_package_of_version_1_is_evaluated_on_other_samples_by_the_data_of_its_study(made, tmp_path):
    model = of_version_1(made.folder / "model.safetensors", tmp_path / "model.safetensors")
    write_folder(tmp_path / "own", pictures("", TESTED))
    assert replace(made, folder=model).scored(made.root, samples=tmp_path / "own") == made.score


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ("nowhere", "samples: .*nowhere: there is no such file or folder"),
        ("void", "samples: .*void holds no images with classes; python -m engine data --formats"),
    ],
)
def test_what_holds_no_samples_is_refused(samples, said, made, tmp_path):
    (tmp_path / "void").mkdir()
    with pytest.raises(DataError, match=said):
        reproduce(made.folder, made.root, samples=tmp_path / samples)


def test_a_validation_split_is_asked_of_files_that_name_it_or_hold_the_study_s(made, tmp_path):
    write_folder(tmp_path / "own", pictures("", TESTED))
    with pytest.raises(DataError, match="split: the files name no splits, and hold not every validation sample"):
        reproduce(made.folder, tmp_path, "validation")
    shutil.copytree(made.root / "own" / "test", tmp_path / "named" / "val")
    found = reproduce(made.folder, tmp_path, "validation", samples=tmp_path / "named")
    assert (found["split"], found["samples"]) == ("validation", 12)
