"""The estimate of memory beside what a process takes, and the refusal of what cannot fit."""

import pytest

from benchmarks.workers import Place, Work, Worker
from engine.backends.cpu import build
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.cost.memory import (
    CUDA,
    MEMO_BYTES,
    PROCESS,
    TRITON,
    available_memory,
    gpu_memory,
    kept_on_gpu,
    memory_limit,
    peak_memory,
    require_gpu_memory,
    require_memory,
    runs_compiled,
    training_memory,
)
from engine.errors import ConfigError
from engine.run.session import Session
from tests.engine.tiny import tiny_config

CASES = [
    ("paper-cifar10", "R5-R5-R3-R3-R5", 48, "ours"),
    ("n-mnist-small", "R5-R5-R5", 96, "ours"),
    ("quick-look", "R5-R5-R3", 96, "ours in torch"),
]


def with_batch(preset: str, size: int, **parts: dict[str, object]):
    document = PRESETS[preset].config.model_dump(mode="json")
    for part in ("supernet", "search", "retrain"):
        document[part] |= {"batch_size": size}
    for part, values in parts.items():
        document[part] |= values
    return parse_config(document)


@pytest.mark.parametrize(("preset", "code", "samples", "contender"), CASES)
def test_the_estimate_is_within_a_fifth_of_what_training_takes(preset, code, samples, contender):
    if contender == "ours" and build.compile_kernels() is None:
        pytest.skip("no C++ compiler: plain torch is measured alone")
    work = Work(contender, "train", preset=preset, code=code, samples=samples, place=Place(threads=1))
    with Worker(work.command) as worker:
        worker.go()
        peak = worker.go()["peak"]
    estimated = training_memory(with_batch(preset, samples), compiled=contender == "ours")
    assert 0.8 <= estimated / peak <= 1.2, f"{estimated / 1e6:.0f} MB estimated, {peak / 1e6:.0f} MB measured"


@pytest.fixture
def with_triton(monkeypatch):
    monkeypatch.setattr("engine.cost.memory.find_spec", lambda name: object())


@pytest.mark.usefixtures("with_triton")
def test_what_grows_with_the_config_grows():
    """Three times the batch takes three times what is above the process's own."""
    small, large = with_batch("paper-cifar10", 32), with_batch("paper-cifar10", 96)
    for compiled in (False, True):
        more, less = (training_memory(config, compiled) - PROCESS - TRITON for config in (large, small))
        assert more == pytest.approx(3 * less, rel=0.1)
    assert training_memory(large, compiled=True) < 0.6 * training_memory(large, compiled=False)


@pytest.mark.usefixtures("with_triton")
def test_triton_s_library_counts_where_it_is_installed(monkeypatch):
    config = with_batch("paper-cifar10", 32)
    with_it = peak_memory(config)
    monkeypatch.setattr("engine.cost.memory.find_spec", lambda name: None)
    assert with_it - peak_memory(config) == TRITON


def test_coded_images_pass_the_stem_at_every_time_step():
    """Rate coding makes T frames of an image; the stem's output is kept, and worked on the way back, of each."""
    direct = PRESETS["paper-cifar10"].config.model_dump(mode="json")["data"]
    once, often = (
        with_batch("paper-cifar10", 48, data=direct | {"encoding": coding}, search={"recalibration_batches": 1})
        for coding in ("direct", "rate")
    )
    array = 48 * 16 * 32 * 32 * 4
    assert training_memory(often, compiled=True) - training_memory(once, compiled=True) == 4 * 7 * array
    assert training_memory(often, compiled=False) == training_memory(once, compiled=False)


def test_a_search_s_memo_is_counted_up_to_its_bound():
    recalibrating = with_batch("paper-cifar10", 2, search={"recalibration_batches": 1})
    evaluated_alike = with_batch("paper-cifar10", 2)
    assert 0 < peak_memory(evaluated_alike, kernels=True) - peak_memory(recalibrating, kernels=True) <= MEMO_BYTES


def test_a_study_that_cannot_fit_is_refused_with_the_numbers():
    config = with_batch("paper-cifar10", 96, retrain={"batch_size": 4096})
    needed = peak_memory(config)
    require_memory(config, needed)
    numbers = rf"^retrain\.batch_size: .* {needed / 1e9:.1f} GB .* there are 1\.0 GB; lower"
    with pytest.raises(ConfigError, match=numbers):
        require_memory(config, 10**9)


def test_a_search_that_no_checkpoint_could_hold_is_refused_with_the_numbers():
    """400 bytes, and 10 layers × 8 steps × 4 bytes in base64, a candidate; safetensors takes a header of 100 MB."""
    require_memory(with_batch("paper-cifar10", 96, search={"generations": 1000, "population": 80}), None)
    whole = with_batch("paper-cifar10", 96, search={"generations": 1000, "population": 1000})
    with pytest.raises(ConfigError, match=r"^search\.population: .* at most 108,958 architectures, .* make 1,000,000"):
        require_memory(whole, None)


def test_a_run_of_it_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.run.session.memory_limit", lambda: 10**8)
    with pytest.raises(ConfigError, match="batch_size: the study needs about"):
        Session.open(tiny_config(), tmp_path, tmp_path, 0, None, 5.0)


def test_depthwise_blocks_are_estimated_as_plain_torch():
    document = PRESETS["quick-look"].config.model_dump(mode="json")
    document["network"]["candidates"] = ["DSIB_k3_e1", "SCB_k3"]
    config = parse_config(document)
    assert not runs_compiled(config)
    assert peak_memory(config, kernels=True) == peak_memory(config, kernels=False)


def test_on_a_gpu_the_gpu_s_memory_counts():
    """AutoSNN_16, batch 96: what is kept for the way back takes half in bfloat16."""
    on_gpu = with_batch("paper-cifar10", 96, runtime={"device": "cuda"})
    small = with_batch("paper-cifar10", 96, runtime={"device": "cuda", "precision": "bfloat16"})
    assert kept_on_gpu(small, small.supernet) == pytest.approx(kept_on_gpu(on_gpu, on_gpu.supernet) / 2, rel=0.01)
    assert CUDA < gpu_memory(small) < gpu_memory(on_gpu) < 4e9
    require_gpu_memory(on_gpu, 80 * 10**9)
    with pytest.raises(ConfigError, match=r"retrain\.batch_size|supernet\.batch_size") as refused:
        require_gpu_memory(with_batch("paper-cifar10", 4096, runtime={"device": "cuda"}), 8 * 10**9)
    assert "of the GPU's memory, there are 8.0 GB" in str(refused.value)


def test_beside_a_gpu_a_large_batch_takes_no_more_of_the_machine():
    sizes = [peak_memory(with_batch("paper-cifar10", size, runtime={"device": "cuda"})) for size in (96, 4096)]
    assert sizes[0] == sizes[1]


def test_this_machine_has_memory():
    limit, available = memory_limit(), available_memory()
    assert limit is not None
    assert available is not None
    assert 0 < available <= limit
