"""What is taken for a package: all four files, all as they were summed, in the format of this version."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import zipfile

import pytest
from safetensors import safe_open
from safetensors.torch import save_file

from engine.errors import CheckpointError
from engine.export.package import load, zip_bytes
from tests.engine.cli.damage import interrupted
from tests.engine.tiny import tiny_config

FILES = ("MODEL_CARD.md", "SHA256SUMS", "config.json", "model.safetensors")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """The package of a finished study."""
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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: {**d, "format": "autosnn-studio/2"}, "has the format 'autosnn-studio/2'; this version reads"),
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
        path.write_bytes(zip_bytes(copy))
    with pytest.raises(CheckpointError, match=r"SHA256SUMS( is damaged|; the download is damaged)"):
        load(path)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy, tmp_path, name, packed):
    whole = zip_bytes(copy)
    (copy / name).unlink()
    path = copy
    if packed:
        path = tmp_path / "r.zip"
        path.write_bytes(without(whole, name))
    with pytest.raises(CheckpointError, match=f"(lacks|holds no) {name}"):
        load(path)


def without(archive, name):
    """The zip without one of its files."""
    left = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(left, "w") as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
    return left.getvalue()


def test_a_zip_with_a_wrong_byte_anywhere_is_the_package_or_refused(result, tmp_path):
    """Some bytes say nothing of the content, such as a member's date."""
    whole, path = zip_bytes(result), tmp_path / "r.zip"
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


def test_a_studys_folder_is_refused_with_where_its_result_lies(result):
    with pytest.raises(CheckpointError, match=f"holds no model.safetensors; give {result}"):
        load(result.parent)
