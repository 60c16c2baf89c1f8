"""A whole study by the Triton kernels: its events, any interruption, and its package. Where there is no GPU, a
CUDA graph is the stage itself.
"""

import pytest
import torch

from engine.errors import ConfigError
from engine.export.reproduce import reproduce
from engine.model.network import Network
from tests.engine.backends.gpu.conftest import INTERPRETED
from tests.engine.test_study import collect, run_in_pieces
from tests.engine.tiny import tiny_config


@pytest.fixture(autouse=True)
def on_a_gpu(monkeypatch):
    """A study takes the CPU for a GPU."""
    if INTERPRETED:
        monkeypatch.setattr("engine.backends.gpu.graphs.cuda_graph", lambda stage, x: stage)


@pytest.fixture
def config():
    """Few images: enough for each phase, and for stages to become graphs."""
    config, short = tiny_config(), {"epochs": 1}
    return config.model_copy(
        update={
            "data": config.data.model_copy(update={"train_samples": 80, "test_samples": 10}),
            "supernet": config.supernet.model_copy(update=short),
            "retrain": config.retrain.model_copy(update=short),
            "runtime": config.runtime.model_copy(update={"device": "cpu" if INTERPRETED else "cuda"}),
        }
    )


def test_interruptions_leave_no_trace_and_the_package_gives_its_numbers_again(config, tmp_path, monkeypatch):
    plainly, in_torch = [], Network.forward_in_torch

    def forward_in_torch(network, *inputs):
        plainly.append(network.backend is not None or network.training)
        return in_torch(network, *inputs)

    monkeypatch.setattr(Network, "forward_in_torch", forward_in_torch)
    events, _ = collect(config, tmp_path / "whole")
    assert not any(plainly), "all of it is run by the kernels, but for what the package records of its samples"
    pieces, attempts = run_in_pieces(config, tmp_path / "pieces")
    assert attempts > 5
    assert pieces == events
    finished = events[-1]
    again = reproduce(tmp_path / "whole" / "result", tmp_path / "whole", "test")
    assert (again["accuracy"], again["spikes"]) == (finished["test_accuracy"], finished["test_spikes"])
    assert finished["test_spikes"] > 0


def test_bfloat16_needs_the_kernels(config, tmp_path, monkeypatch):
    """Where they are not trusted, or do not know a block, nothing computes in another precision than was asked for."""
    monkeypatch.setattr("engine.run.session.configure_device", lambda runtime, **_: torch.device("cpu"))
    rounded = config.model_copy(update={"runtime": config.runtime.model_copy(update={"precision": "bfloat16"})})
    collect(rounded, tmp_path / "known")
    network = rounded.network.model_copy(update={"candidates": ("DSIB_k3_e1", "SCB_k3")})
    with pytest.raises(ConfigError, match=r"runtime\.precision: bfloat16 .* take float32 or tf32"):
        collect(rounded.model_copy(update={"network": network}), tmp_path / "unknown")
    monkeypatch.setattr("engine.backends.dispatch.trusted", lambda device: False)
    with pytest.raises(ConfigError, match=r"runtime\.precision"):
        collect(rounded, tmp_path / "untrusted")
