"""What later versions added to a package is taken out, and nothing else."""

from __future__ import annotations

import json

import pytest
from safetensors.numpy import load, save

from tests.stored.additions import as_then, model_as_then, text_as_then
from tests.stored.facts import metadata_of
from tests.stored.files import sha256


@pytest.fixture
def files(stored):
    """A package of then."""
    folder = stored / "evolution" / "finished" / "result"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def later(files, tmp_path, form="autosnn-studio/1.1", **changes):
    """The same as a later version would write it."""
    (tmp_path / "m").write_bytes(files["model.safetensors"])
    document = metadata_of(tmp_path / "m") | {"format": form, "classes": ["a"], **changes}
    tensors = load(files["model.safetensors"])
    model = save(tensors | {"samples/train": next(iter(tensors.values()))}, {"autosnn": json.dumps(document)})
    config = json.loads(files["config.json"]) | {"format": form, "classes": ["a"], **changes}
    told = {"model.safetensors": model, "config.json": (json.dumps(config, indent=2) + "\n").encode()}
    sums = files["SHA256SUMS"].decode()
    for name, data in told.items():
        sums = sums.replace(sha256(files[name]), sha256(data))
    return {**files, **told, "SHA256SUMS": sums.encode()}


def of_version_2(files, tmp_path):
    """The same as version 2 would write it: two files more, and the model card under another name."""
    made = later(files, tmp_path, "autosnn-studio/2", layers=[{"name": "stem"}], votes_per_class=2, kept_samples={})
    made["README.md"] = made.pop("MODEL_CARD.md")
    new = {"model.py": b"pass\n", "samples.safetensors": b"..."}
    sums = made["SHA256SUMS"].decode().replace("MODEL_CARD.md", "README.md")
    sums += "".join(f"{sha256(data)}  {name}\n" for name, data in new.items())
    return {**made, **new, "SHA256SUMS": sums.encode()}


def test_a_package_of_then_stays_as_it_is(files):
    assert as_then(files) == files
    assert model_as_then(files["model.safetensors"]) == files["model.safetensors"]


def test_the_record_of_the_data_is_taken_out_to_the_byte(files, tmp_path):
    assert as_then(later(files, tmp_path)) == files


def test_the_files_and_keys_of_version_2_are_taken_out_to_the_byte(files, tmp_path):
    assert as_then(of_version_2(files, tmp_path)) == files


def test_any_other_change_is_left_in(files, tmp_path):
    assert as_then(later(files, tmp_path, torch="1.0"))["config.json"] != files["config.json"]
    assert as_then(later(files, tmp_path, torch="1.0"))["model.safetensors"] != files["model.safetensors"]


def test_a_wrong_sum_is_noticed(files, tmp_path):
    broken = {**later(files, tmp_path), "SHA256SUMS": files["SHA256SUMS"]}
    with pytest.raises(AssertionError, match=r"SHA256SUMS does not list model\.safetensors as it is"):
        as_then(broken)


def test_a_digest_that_was_told_becomes_that_of_then(files, tmp_path):
    (tmp_path / "result").mkdir()
    model = later(files, tmp_path)["model.safetensors"]
    (tmp_path / "result" / "model.safetensors").write_bytes(model)
    assert text_as_then(f"sha256 {sha256(model)}, 1", tmp_path) == f"sha256 {sha256(files['model.safetensors'])}, 1"
