"""What is taken for a package: all of its files, all as they were summed, in a format that this version reads."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import zipfile

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from engine.data.evaluated.content import sample_hashes
from engine.data.load import load as load_data
from engine.errors import CheckpointError
from engine.export.package import load, open_package
from tests.engine.cli.damage import interrupted
from tests.engine.export.untrained import of_version_1, of_version_1_1
from tests.engine.tiny import tiny_config

FILES = ("README.md", "SHA256SUMS", "config.json", "model.py", "model.safetensors", "samples.safetensors")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """The package of a finished study of 120 training samples and 40 of test."""
    work = tmp_path_factory.mktemp("w")
    interrupted(tiny_config(), work, 8)
    return work / "result"


@pytest.fixture
def copy(result, tmp_path):
    return shutil.copytree(result, tmp_path / "r")


def changed(model, path, change):
    """A model file with another document."""
    with safe_open(model, framework="pt") as file:
        document = json.loads(file.metadata()["autosnn"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    save_file(tensors, path, {"autosnn": json.dumps(change(document))})
    return path


def without(document, key):
    return {name: value for name, value in document.items() if name != key}


def how(document, **changes):
    """Another preprocessing."""
    return {**document, "preprocessing": {**document["preprocessing"], **changes}}


def zipped(folder):
    """The bytes of a zip of the folder's files, stored as a download stores them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return made.getvalue()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: {**d, "format": "autosnn-studio/3"}, "has the format 'autosnn-studio/3'; this version reads"),
        (lambda d: without(d, "preprocessing"), "is not a whole AutoSNN Studio model: preprocessing: Field required"),
        (lambda d: without(d, "classes"), "is not a whole AutoSNN Studio model: its record of the data is not whole"),
        (lambda d: how(d, mean=[0.5, 0.5]), "preprocessing.mean: 2, the network has 1"),
        (lambda d: how(d, time_steps=3), "preprocessing.time_steps: 3, the network has 2"),
        (lambda d: how(d, coding="morse"), "preprocessing.coding: Input should be"),
        (lambda d: {**d, "classes": ["0", "1"]}, "classes: 2, the network has 10"),
        (lambda d: {**d, "format": None}, "is not an AutoSNN Studio model: it names no format"),
        (lambda d: {k: v for k, v in d.items() if k != "results"}, "is not a whole AutoSNN Studio model: results"),
        (lambda d: {**d, "results": {}}, "is not a whole AutoSNN Studio model: results.architecture: Field required"),
        (lambda d: {**d, "results": {**d["results"], "accuracy": "high"}}, "results.accuracy: Input should be a valid"),
        (lambda d: {**d, "study": {**d["study"], "brand_new": 1}}, "brand_new: is no field of this format"),
        (lambda d: {**d, "study": "text"}, "is not a whole AutoSNN Studio model: study: Input should be"),
        (lambda d: {**d, "architecture": "C3"}, "holds no network of this version: 'C3' has 1 blocks"),
        (lambda d: {**d, "architecture": "S-S"}, "the weights do not fit the architecture it names"),
        (lambda d: [d], "is not an AutoSNN Studio model: its document is no JSON object"),
    ],
)  # fmt: skip
def test_another_document_is_refused_by_what_is_wrong_with_it(result, tmp_path, change, said):
    path = changed(result / "model.safetensors", tmp_path / "m.safetensors", change)
    with pytest.raises(CheckpointError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path} ") or str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)


def test_the_model_alone_is_a_network(result):
    _, document = load(result / "model.safetensors")
    assert document == json.loads((result / "config.json").read_text())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_one_wrong_byte_in_any_file_is_noticed(copy, tmp_path, name, packed):
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    path = copy
    if packed:
        path = tmp_path / "r.zip"
        path.write_bytes(zipped(copy))
    with pytest.raises(CheckpointError, match=r"SHA256SUMS( is damaged|; the download is damaged)"):
        load(path)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy, tmp_path, name, packed):
    (copy / name).unlink()
    path = copy
    if packed:
        path = tmp_path / "r.zip"
        path.write_bytes(zipped(copy))
    with pytest.raises(CheckpointError, match=f"(lacks|holds no) {name}"):
        load(path)


def test_a_zip_with_a_wrong_byte_anywhere_is_the_package_or_refused(result, tmp_path):
    """Some bytes say nothing of the content, such as a member's date."""
    whole, path = zipped(result), tmp_path / "r.zip"
    _, known = load(result)
    for place in [*range(60), *range(60, len(whole), 499), *range(len(whole) - 90, len(whole))]:
        data = bytearray(whole)
        data[place] ^= 0x81
        path.write_bytes(data)
        with contextlib.suppress(CheckpointError):
            assert load(path)[1] == known


def test_a_zip_with_a_folder_around_the_files_is_read(result, tmp_path):
    path = tmp_path / "r.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in FILES:
            archive.write(result / name, f"my network/{name}")
    assert load(path)[1] == load(result)[1]


def test_it_keeps_how_samples_become_its_input_and_which_it_saw(result):
    package = open_package(result)
    data = load_data(tiny_config(), result)
    told, how = package.document, package.document["preprocessing"]
    assert told["format"] == "autosnn-studio/2"
    assert told["classes"] == [str(digit) for digit in range(10)]
    assert (how["input"], how["coding"], how["time_steps"], how["seed"]) == ([1, 8, 8], "direct", 2, 0)
    assert (tuple(how["mean"]), tuple(how["std"])) == (data.encoding.mean, data.encoding.std)
    assert {key: told["samples"][key] for key in ("train", "validation", "test")} == {
        "train": 120, "validation": len(data.validation.labels), "test": 40
    }  # fmt: skip
    assert package.record.train.tolist() == sample_hashes(data.full_train).tolist()
    assert package.record.split("validation").tolist() == sample_hashes(data.validation).tolist()
    assert package.record.test.tolist() == sample_hashes(data.test).tolist()


def test_a_model_of_version_1_is_read_and_has_no_record(result, tmp_path):
    package = open_package(of_version_1(result / "model.safetensors", tmp_path / "m.safetensors"))
    assert (package.document["format"], package.record, package.samples) == ("autosnn-studio/1", None, None)
    assert not package.network.training


@pytest.mark.parametrize("packed", [False, True])
def test_a_package_of_version_1_1_is_read_and_keeps_no_samples(result, tmp_path, packed):
    path = of_version_1_1(result, tmp_path / "old")
    if packed:
        (tmp_path / "old.zip").write_bytes(zipped(path))
        path = tmp_path / "old.zip"
    package = open_package(path)
    assert (package.document["format"], package.samples) == ("autosnn-studio/1.1", None)
    assert package.record.test.tolist() == open_package(result).record.test.tolist()
    assert not package.network.training


@pytest.mark.parametrize("part", ["", "model.safetensors"])
def test_a_network_opens_in_eval_mode_and_running_it_changes_nothing(result, part):
    """Built for training, three batches would move its running statistics: the card of before 2 damaged it so."""
    network = open_package(result / part).network
    before = {name: values.clone() for name, values in network.state_dict().items()}
    assert not any(module.training for module in network.modules())
    network(torch.rand(4, 1, 8, 8))
    assert all(torch.equal(values, before[name]) for name, values in network.state_dict().items())


def test_its_layer_table_names_every_tensor_of_the_network_with_its_shape(result):
    package = open_package(result)
    layers = package.document["layers"]
    assert [layer["name"] for layer in layers] == ["stem", "1", "2", "3", "output"]
    named = {name: shape for layer in layers for name, shape in layer["tensors"].items()}
    assert named == {name: list(values.shape) for name, values in package.network.state_dict().items()}
    assert package.document["votes_per_class"] == 2
    assert layers[0]["tensors"]["stem.conv.conv.weight"] == [4, 1, 3, 3]
    assert layers[-1]["tensors"]["classifier.linear.weight"] == [20, 96]


def test_a_missing_model_file_of_a_package_without_one_is_no_fault(copy):
    """A network with a module of one's own has none, and its sums do not list one."""
    (copy / "model.py").unlink()
    sums = (copy / "SHA256SUMS").read_text().splitlines()
    (copy / "SHA256SUMS").write_text("".join(f"{line}\n" for line in sums if "model.py" not in line))
    assert open_package(copy).samples is not None


def test_sums_that_list_other_files_than_any_version_are_damaged(copy):
    sums = (copy / "SHA256SUMS").read_text().splitlines()
    (copy / "SHA256SUMS").write_text("".join(f"{line}\n" for line in sums if "README" not in line))
    with pytest.raises(CheckpointError, match="SHA256SUMS is damaged"):
        open_package(copy)


def test_a_studys_folder_is_refused_with_where_its_result_lies(result):
    with pytest.raises(CheckpointError, match=f"holds no model.safetensors; give {result}"):
        load(result.parent)
