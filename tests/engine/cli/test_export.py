"""`export`: the file, its report, and what is told where there is none."""

import json

import nir
import numpy as np
import pytest

from engine.__main__ import main
from engine.exchange.layers import Convolution
from tests.engine.export.untrained import package_on, pixels_of, study_on


@pytest.fixture
def made(tmp_path):
    """A package, and samples of its kind beside it."""
    np.savez(tmp_path / "own.npz", x=pixels_of(60)[..., None], y=np.arange(60) % 3)
    return package_on(study_on(path="own.npz"), tmp_path, tmp_path / "result"), tmp_path / "own.npz"


def test_a_package_is_written_in_nir_and_proven_on_samples(made, tmp_path, capsys):
    package, samples = made
    out = tmp_path / "net.nir"
    arguments = ["export", str(package), "--to", "nir", "--out", str(out), "--samples", str(samples), "--count", "5"]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["agrees"], told["flips"], told["float64_flips"], told["samples"]) == (True, 0, 0, 5)
    assert told == json.loads((tmp_path / f"{out.name}.report.json").read_text())
    assert "stem_neurons" in nir.read(out).nodes
    assert main(arguments) == 0
    assert "net.nir: 0 of" in capsys.readouterr().out


def test_without_samples_the_study_s_own_are_taken(made, tmp_path, capsys):
    package, _ = made
    out = tmp_path / "net.onnx"
    assert main(["export", str(package), "--to", "onnx", "--out", str(out), "--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["samples"] == 12  # the fifth that is held out


def test_what_does_not_agree_is_told_and_not_written(made, tmp_path, capsys, monkeypatch):
    package, samples = made
    monkeypatch.setattr(
        Convolution, "folded", lambda drive: (drive.weight.double(), drive.norm.running_mean.double() + 3)
    )
    out = tmp_path / "net.onnx"
    assert main(["export", str(package), "--to", "onnx", "--out", str(out), "--samples", str(samples)]) == 2
    assert "is not written, for it does not agree with the network: " in capsys.readouterr().err
    assert not out.exists()
    assert not (tmp_path / f"{out.name}.report.json").exists()


def test_bad_input_names_the_option(made, tmp_path, capsys):
    package, _ = made
    with pytest.raises(SystemExit):
        main(["export", str(package), "--to", "tflite", "--out", str(tmp_path / "x")])
    assert "argument --to: invalid choice: 'tflite'" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "none"), "--to", "nir", "--out", str(tmp_path / "x")]) == 2
    assert "none" in capsys.readouterr().err
