"""JSON-LD of data sets and studies: every reference has its entry, every file its hash, and nothing is made up."""

import hashlib
import json

import pytest

from engine.__main__ import main
from engine.data.preview.check import inspect_usual
from engine.linked.context import CONTEXT
from engine.linked.croissant import croissant
from engine.linked.ro_crate import entries_of, ro_crate
from tests.engine.tiny import tiny_config


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return inspect_usual("digits", tmp_path_factory.mktemp("data")).report


def test_croissant_of_the_digits(digits):
    found = croissant(digits)
    assert (found["@type"], found["conformsTo"]) == ("sc:Dataset", "http://mlcommons.org/croissant/1.0")
    assert found["name"] == "UCI optical digits"
    assert found["description"].startswith("Images of 10 classes, 1 × 8 × 8: 1,438 train, 359 test. UCI optical digits")
    assert found["license"] == "CC BY 4.0"
    assert found["identifier"] == f"sha256:{digits['content_sha256']}"
    classes, splits = found["recordSet"]
    assert classes["data"][3] == {"classes/label": 3, "classes/name": "3"}
    assert splits["data"] == [
        {"splits/name": "train", "splits/samples": 1438}, {"splits/name": "test", "splits/samples": 359}
    ]  # fmt: skip
    assert splits["dataType"] == "cr:Split"


def test_every_key_and_value_of_a_record_set_names_one_of_its_fields(digits):
    for records in croissant(digits)["recordSet"]:
        fields = {field["@id"] for field in records["field"]}
        assert records["key"]["@id"] in fields
        assert all(set(row) == fields for row in records["data"])
    plain = {key for key in croissant(digits) if not key.startswith("@")}
    assert plain <= {*CONTEXT, "name", "description", "license", "identifier", "distribution"}  # @vocab has the rest


def test_official_files_are_named_with_address_and_sum(digits):
    found = croissant(digits | {"dataset": "svhn"}, title="Mine", licence="mine alone", citation="Me, 2026")
    assert (found["name"], found["license"], found["citeAs"]) == ("Mine", "mine alone", "Me, 2026")
    assert [one["@id"] for one in found["distribution"]] == ["train_32x32.mat", "test_32x32.mat"]
    assert found["distribution"][1]["md5"] == "eb5a983be6a315427106f1b164d9cef3"


def test_the_command_prints_croissant(tmp_path, capsys, digits):
    assert main(["data", "--dataset", "digits", "--croissant", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out) == croissant(digits)


def folder(tmp_path):
    (tmp_path / "result").mkdir()
    (tmp_path / "study.json").write_text(tiny_config().canonical())
    (tmp_path / "events.jsonl").write_text("{}\n")
    (tmp_path / "result" / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "result" / "other.bin").write_bytes(b"not of the study")
    return tmp_path


def test_ro_crate_names_every_file_with_its_hash_and_what_made_it(tmp_path):
    found = ro_crate(
        tiny_config(), entries_of(folder(tmp_path)), published="2026-11-30", licence="CC BY 4.0", version="7"
    )
    assert found["@context"] == "https://w3id.org/ro/crate/1.2/context"
    by_id = {one["@id"]: one for one in found["@graph"]}
    descriptor, root = by_id["ro-crate-metadata.json"], by_id["./"]
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert (root["name"], root["datePublished"], root["@type"]) == ("Tiny", "2026-11-30", "Dataset")
    assert root["description"] == "9 architectures of spiking neural networks on UCI optical digits, T = 2, seed 0."
    assert [one["@id"] for one in root["hasPart"]] == ["study.json", "events.jsonl", "result/model.safetensors"]
    model = by_id["result/model.safetensors"]
    assert (model["contentSize"], model["sha256"]) == ("7", hashlib.sha256(b"weights").hexdigest())
    assert by_id["#run"]["object"] == {"@id": "study.json"}
    assert by_id["#software"]["softwareVersion"] == "7"
    assert by_id["#licence"]["name"] == "CC BY 4.0"


def test_every_reference_of_a_crate_has_its_entry(tmp_path):
    found = ro_crate(tiny_config(), entries_of(folder(tmp_path)), published="2026-11-30", licence="mine", version="7")
    ids = {one["@id"] for one in found["@graph"]}
    referred = {
        value["@id"]
        for one in found["@graph"]
        for values in one.values()
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, dict)
    }
    assert referred - ids == {"https://w3id.org/ro/crate/1.2"}


def test_the_command_writes_it_into_the_folder(tmp_path, capsys):
    folder(tmp_path)
    assert main(["crate", str(tmp_path), "--licence", "CC BY 4.0"]) == 0
    written = json.loads((tmp_path / "ro-crate-metadata.json").read_text())
    assert {"@id": "#licence", "@type": "CreativeWork", "name": "CC BY 4.0"} in written["@graph"]
    assert "ro-crate-metadata.json: 3 files" in capsys.readouterr().err
