"""The settings of a study's process, and the configs it refuses."""

import os

import pytest
import torch

from engine.config.runtime import RuntimeConfig
from engine.errors import ConfigError, EngineError
from engine.process.device import apply_runtime, configure_device, resolve_device


@pytest.fixture(autouse=True)
def restored():
    threads, convolutions = torch.get_num_threads(), torch.backends.cudnn.allow_tf32
    yield
    torch.set_num_threads(threads)
    torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = convolutions, False
    os.environ.pop("CUBLAS_WORKSPACE_CONFIG", None)


def gpu(monkeypatch, there):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)


def test_threads_are_the_config_s_or_those_a_study_was_started_with():
    configure_device(RuntimeConfig(threads=2, device="cpu"))
    assert torch.get_num_threads() == 2
    configure_device(RuntimeConfig(threads=2, device="cpu"), threads=1)
    assert torch.get_num_threads() == 1


def test_a_study_restores_its_settings_after_another_one_ran():
    precise, rounded = RuntimeConfig(precision="float32"), RuntimeConfig(precision="tf32")
    apply_runtime(rounded, 2, torch.device("cuda"))
    assert torch.backends.cudnn.allow_tf32
    apply_runtime(precise, 1, torch.device("cuda"))
    assert torch.get_num_threads() == 1
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32


def test_a_study_stays_on_the_kind_of_device_it_was_started_on(monkeypatch):
    gpu(monkeypatch, there=True)
    assert configure_device(RuntimeConfig(device="auto")).type == "cuda"
    assert configure_device(RuntimeConfig(device="auto"), device="cpu").type == "cpu"
    gpu(monkeypatch, there=False)
    assert configure_device(RuntimeConfig(device="auto")).type == "cpu"
    with pytest.raises(EngineError, match=r"runtime\.device.*this worker has none"):
        configure_device(RuntimeConfig(device="auto"), device="cuda")


@pytest.mark.parametrize(("precision", "rounded"), [("float32", False), ("tf32", True), ("bfloat16", False)])
def test_a_gpu_multiplies_as_the_config_says_and_the_same_bits_every_time(monkeypatch, precision, rounded):
    """torch's default is tf32 in convolutions, which no config asks for."""
    gpu(monkeypatch, there=True)
    configure_device(RuntimeConfig(device="cuda", precision=precision))
    assert torch.backends.cudnn.allow_tf32 == torch.backends.cuda.matmul.allow_tf32 == rounded
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("precision", ["tf32", "bfloat16"])
def test_a_cpu_computes_in_single_precision_and_says_so(precision):
    with pytest.raises(ConfigError, match=rf"runtime.precision: {precision} needs a GPU.*take float32"):
        configure_device(RuntimeConfig(threads=1, device="cpu", precision=precision))


def test_a_gpu_that_is_not_there_is_named(monkeypatch):
    gpu(monkeypatch, there=False)
    with pytest.raises(EngineError, match="this worker has none"):
        resolve_device("cuda")
