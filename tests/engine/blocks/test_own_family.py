"""A family from outside the engine, registered by a call: searched, retrained, packaged and evaluated as any other."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from pydantic import ValidationError

from engine.__main__ import main
from engine.backends.cpu.library import library
from engine.backends.dispatch import attach
from engine.backends.plan import Plans
from engine.blocks.family import Block
from engine.blocks.registry import BLOCKS
from engine.cost.estimate import estimate
from engine.cost.memory import knows_all_blocks
from engine.exchange.nir_verdict import verdict
from engine.export.reproduce import reproduce
from engine.figures.genome import Portrait, genome_svg, genome_tex
from engine.model.network import build_supernet
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from tests import own_blocks
from tests.engine.test_study import collect
from tests.engine.tiny import tiny_config
from tests.own_blocks import DILATED, TWO_PATHS, registered

OWN = ("TPB_k3", "Dilated_k3")


@pytest.fixture(scope="module", autouse=True)
def own_families():
    with registered(TWO_PATHS, DILATED):
        yield


def searching(*candidates):
    """Both searched layers of the tiny study are down to these blocks."""
    return tiny_config(candidates=candidates)


@pytest.fixture(scope="module", params=[OWN[:1], OWN], ids=["wired", "with a module of its own"])
def searched(request, tmp_path_factory):
    workdir = tmp_path_factory.mktemp("own")
    config = searching(*request.param)
    return config, workdir, collect(config, workdir)[0]


def test_it_is_searched_and_retrained_and_its_package_reproduces_the_result(searched):
    config, workdir, events = searched
    evaluated = [one for event in events if event["kind"] == "generation_finished" for one in event["candidates"]]
    codes = {BLOCKS[name].code for name in config.network.candidates}
    assert {code for one in evaluated for code in one["architecture"].split("-")} == codes
    end = events[-1]
    assert end["kind"] == "study_finished"
    assert set(end["architecture"].split("-")) <= codes
    again = reproduce(workdir / "result", workdir, "test")
    assert (again["accuracy"], again["spikes"]) == (end["test_accuracy"], end["test_spikes"])


def test_its_name_is_in_the_config_the_digest_and_the_package(searched):
    config, workdir, events = searched
    assert events[0]["config_digest"] == config.digest() != tiny_config().digest()
    assert config.network.candidates[0] in config.canonical()
    content = config.model_dump(mode="json", exclude_defaults=True, exclude={"name", "version"})
    content["search"]["ties"] = "newest"  # no default of version 1, from which digests count
    source = hashlib.sha256(Path(own_blocks.__file__).read_bytes()).hexdigest()
    names = {BLOCKS[name].family for name in config.network.candidates}
    assert content["parts"] == {f"block_family.{name}": source for name in names}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert "TPB_k3" in text
    assert hashlib.sha256(text.encode()).hexdigest() == config.digest()
    packed = json.loads((workdir / "result" / "config.json").read_text())["study"]
    assert list(config.network.candidates) == packed["network"]["candidates"]
    assert events[-1]["architecture"] in (workdir / "result" / "README.md").read_text()


def test_the_command_line_runs_and_evaluates_it(tmp_path, capsys):
    study = tmp_path / "study.json"
    study.write_text(searching("TPB_k3").canonical())
    assert main(["run", str(study), "--workdir", str(tmp_path / "w")]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1]["architecture"] == "T3-T3"
    assert main(["evaluate", str(tmp_path / "w" / "result")]) == 0
    assert json.loads(capsys.readouterr().out)["spikes"] == told[-1]["test_spikes"]


def test_a_package_whose_family_is_not_registered_says_what_families_there_are(tmp_path, capsys):
    study = tmp_path / "study.json"
    study.write_text(searching("TPB_k3").canonical().replace("TPB_k3", "Unknown_k3"))
    assert main(["run", str(study), "--workdir", str(tmp_path / "w")]) == 2
    error = capsys.readouterr().err
    assert "network.candidates.0: must be a block of the families skip (skip_connect), scb (SCB_k3, " in error
    assert "two_paths (TPB_k3), dilated (Dilated_k3), got Unknown_k3" in error


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(("channels", "stride"), [(4, 1), (8, 1), (8, 2)])
def test_it_has_the_shapes_parameters_and_counts_its_wiring_says(name, channels, stride):
    config = searching(*OWN)
    macro = config.network.macro.model_copy(
        update={"layers": (config.network.macro.layers[0].model_copy(update={"channels": channels, "stride": stride}),)}
    )
    config = config.model_copy(update={"network": config.network.model_copy(update={"macro": macro})})
    architecture = Architecture((name,))
    network = build_supernet(config, 0)
    row = layer_specs(macro, architecture, config.input)[1]
    block = network.stages(architecture)[1]
    out, counted = block((torch.rand(2, 3, 4, 8, 8) < 0.5).float())
    assert tuple(out.shape) == (2, 3, *row.shape)
    assert sum(p.numel() for p in block.parameters()) == row.parameters
    assert 0 < counted.sum() <= 3 * 2 * row.output_elements


def test_what_its_wiring_says_the_compiled_back_ends_run_and_agree_on():
    """The kernels compute in another order, so a potential within rounding of the threshold may fall on either side."""
    network = build_supernet(searching("TPB_k3", "SRB_k3"), 0).train()
    path = Architecture(("TPB_k3", "SRB_k3"))
    assert knows_all_blocks(network.config)
    assert Plans().of(network.stages(path)) is not None
    images = torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    weights = list(network.parameters())
    results, gradients = [], []
    for back_end in ("torch", "cpu"):
        if back_end == "cpu" and library() is None:
            pytest.skip("no C++ compiler: there is plain torch alone")
        attach(network, back_end)
        results.append(network(images, path))
        gradients.append(torch.autograd.grad(results[-1][0].sum(), weights, allow_unused=True))
    torch.testing.assert_close(*(counts for _, counts in results), rtol=1e-3, atol=2)
    for theirs, ours in zip(*gradients, strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert (ours - theirs).norm() <= 1e-2 * theirs.norm() + 1e-6


def test_a_module_of_its_own_runs_in_plain_torch_and_the_others_paths_as_they_did():
    network = build_supernet(searching("Dilated_k3", "SCB_k3"), 0)
    plans = Plans()
    planned = {code: plans.of(network.stages(Architecture.from_code(code))) for code in ("W3-C3", "C3-W3", "C3-C3")}
    assert [code for code, plan in planned.items() if plan is not None] == ["C3-C3"]
    assert not knows_all_blocks(network.config)


def test_estimates_and_the_verdict_on_nir_count_it():
    assert verdict(searching("TPB_k3")).expressible
    [obstacle] = verdict(searching(*OWN)).obstacles
    assert obstacle == "network.candidates: the block dilated is a module of its own"
    # stem 1→4: 9·4 + 8 + 1; two paths 4→4 and 4→6, each (9 + 1)·c·c′ + 2·2·c′ + 1; output 6·4·4·20 + 1
    expected = 45 + (10 * 16 + 16 + 1) + (10 * 24 + 24 + 1) + 6 * 16 * 20 + 1
    assert estimate(searching("TPB_k3")).parameters.most == expected


def test_figures_draw_it_in_its_colour_and_shape():
    config = searching(*OWN)
    architecture = Architecture(OWN)
    portrait = Portrait(architecture.code, layer_specs(config.network.macro, architecture, config.input), None, "")
    svg = genome_svg(portrait)
    assert "#aaddaa" in svg
    assert ">T3<" in svg
    assert ">W3<" in svg
    assert r"\definecolor{two_paths3}{HTML}{AADDAA}" in genome_tex(portrait, "digest")


def test_a_family_whose_wiring_does_not_lead_to_the_layer_s_shape_is_refused_by_the_field():
    wrong = replace(
        TWO_PATHS, name="wrong", blocks=(Block("Wrong_k3", "X3", "wrong", 3),), wiring=lambda block, *place: ()
    )
    said = r"^network\.macro\.layers\.2: layer 3 \(Wrong_k3, stride 1\): its wiring ends in 4×4×4, the layer in 6×4×4$"
    with registered(wrong), pytest.raises(ValidationError) as refused:
        searching("Wrong_k3")
    assert re.search(said, refused.value.errors()[0]["msg"].removeprefix("Value error, "))
