"""What model.py takes for samples: pictures as the product takes them, arrays in their forms, and nothing else."""

import importlib.util
import io
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from engine.data.files.pixels import decode_image
from engine.data.reduce import resized
from engine.export.kept_samples import network_input
from engine.export.package import open_package
from tests.engine.export.model_file.random_packages import KINDS, write_random


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Of images [3, 16, 16], direct coding."""
    folder = tmp_path_factory.mktemp("p")
    write_random(KINDS["SNN_1, PLIF"], folder)
    return folder


@pytest.fixture
def model(package):
    """The package's model.py as a module."""
    return module_of(package)


def module_of(folder):
    found = importlib.util.spec_from_file_location("model_of_a_package", folder / "model.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def with_resize(model, resize):
    model.config()["preprocessing"] |= {"resize": resize}
    return model


def picture(path, size, mode="RGB"):
    draws = np.random.default_rng(sum(size))
    shape = (*reversed(size), len(mode)) if len(mode) > 1 else tuple(reversed(size))
    Image.fromarray(draws.integers(0, 256, shape, np.uint8), mode).save(path)
    return path


def as_the_product(path, resize):
    whole = decode_image(path.read_bytes(), path.name, 3, 16 if resize == "bilinear" else None)
    return whole if resize == "bilinear" else resized(whole[None], 16, resize)[0][0]


@pytest.mark.parametrize("resize", ["bilinear", "average", "enlarge"])
@pytest.mark.parametrize("size", [(16, 16), (48, 48), (32, 20), (9, 13), (8, 8)])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_a_picture_is_taken_as_in_training(model, tmp_path, resize, size, mode):
    path = picture(tmp_path / "a.png", size, mode)
    read = with_resize(model, resize).read(path)
    assert read.dtype == torch.uint8
    assert read[0].tolist() == as_the_product(path, resize).tolist()


def test_arrays_are_taken_in_every_form(model, tmp_path):
    pixels = torch.randint(0, 256, (5, 3, 16, 16), dtype=torch.uint8)
    torch.save(pixels, tmp_path / "a.pt")
    save_file({"x": pixels}, tmp_path / "a.safetensors")
    save_file({"inputs": pixels, "labels": torch.zeros(5)}, tmp_path / "b.safetensors")
    np.save(tmp_path / "a.npy", pixels.numpy())
    np.save(tmp_path / "last.npy", pixels.permute(0, 2, 3, 1).numpy())
    for name in ("a.pt", "a.safetensors", "b.safetensors", "a.npy", "last.npy"):
        assert torch.equal(model.read(tmp_path / name), pixels), name
    np.save(tmp_path / "one.npy", pixels[0].numpy())
    assert torch.equal(model.read(tmp_path / "one.npy"), pixels[:1])


def test_pixels_from_0_to_1_are_the_same_input_as_bytes(model):
    pixels = torch.randint(0, 256, (5, 3, 16, 16), dtype=torch.uint8)
    assert torch.equal(model.network_input(pixels), model.network_input(pixels.float() / 255))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (torch.zeros(2, 3, 8, 8, dtype=torch.uint8), r"samples must be \[N, 3, 16, 16\], got \[2, 3, 8, 8\]"),
        (torch.zeros(2, 3, 16, 16, dtype=torch.int64), "pixels must be uint8, or floating-point numbers from 0 to 1"),
        (torch.full((2, 3, 16, 16), 255.0), "pixels must be uint8, or floating-point numbers from 0 to 1"),
        (torch.zeros(0, 3, 16, 16, dtype=torch.uint8), r"samples must be \[N, 3, 16, 16\], got \[0, 3, 16, 16\]"),
    ],
)
def test_other_arrays_are_refused_with_what_is_wanted(model, tmp_path, values, said):
    torch.save(values, tmp_path / "a.pt")
    with pytest.raises(SystemExit, match=said):
        model.read(tmp_path / "a.pt")


@pytest.mark.parametrize(("missing", "file"), [("numpy", "a.npy"), ("PIL", "a.png")])
def test_what_is_not_installed_is_named_with_the_ways_on(model, tmp_path, monkeypatch, missing, file):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(
        SystemExit, match=f"{file}: reading .* needs .*pip install .*; .pt and .safetensors need nothing"
    ):
        model.read(tmp_path / file)


def test_it_prints_the_classes_by_name_with_their_rates_and_the_spikes(model, package, monkeypatch, capsys):
    samples = open_package(package).samples
    monkeypatch.setattr(sys, "argv", ["model.py", str(package / "samples.safetensors")])
    assert model.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(samples.labels)
    names = ("north", "east", "south", "west")
    for number, (line, answer) in enumerate(zip(lines, samples.predictions.tolist(), strict=True)):
        assert line.startswith(f"samples.safetensors[{number}]: {names[answer]} 0.") or "1.000" in line
        assert line.endswith(" spikes")
    told = sum(int(line.split("; ")[1].split()[0].replace(",", "")) for line in lines)
    assert told == round(samples.spikes * len(lines)), "the spikes of each sample are those of all together"


def test_without_arguments_or_with_a_missing_file_it_says_how_it_is_called(model, monkeypatch, capsys):
    for arguments, said in (([], "give IMAGES, or --check"), (["none.png"], "no such file: none.png")):
        monkeypatch.setattr(sys, "argv", ["model.py", *arguments])
        with pytest.raises(SystemExit) as ended:
            model.main()
        assert ended.value.code == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rate coding, IF", "latency coding, LIF", "events, IF", "ANN mode"])
def test_every_coding_gives_the_product_s_input_bit_for_bit(tmp_path, name):
    write_random(KINDS[name], tmp_path)
    package = open_package(tmp_path)
    found = module_of(tmp_path).network_input(package.samples.inputs)
    assert torch.equal(found, package.network_input(package.samples.inputs))
    assert torch.equal(found, network_input(package.samples.inputs, package.record.preprocessing.encoding))


def test_a_network_of_events_takes_no_pictures(tmp_path):
    write_random(KINDS["events, IF"], tmp_path)
    picture(tmp_path / "a.png", (16, 16))
    with pytest.raises(SystemExit, match="takes frames of events, as"):
        module_of(tmp_path).read(tmp_path / "a.png")


def test_a_check_without_the_samples_says_that_they_are_missing(tmp_path):
    write_random(KINDS["events, IF"], tmp_path)
    (tmp_path / "samples.safetensors").unlink()
    with pytest.raises(SystemExit, match=r"does not lie beside model\.py: there is nothing to check"):
        module_of(tmp_path).check()


def test_a_pickle_is_not_run(model, tmp_path):
    class Harm:
        def __reduce__(self):
            return (open, (str(tmp_path / "harm"), "w"))

    stored = io.BytesIO()
    torch.save(Harm(), stored)
    (tmp_path / "a.pt").write_bytes(stored.getvalue())
    with pytest.raises(Exception, match=r"[Ww]eights"):
        model.read(tmp_path / "a.pt")
    assert not (tmp_path / "harm").exists()
