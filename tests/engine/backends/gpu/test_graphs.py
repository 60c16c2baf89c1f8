"""Graphs of stages: made once for full batches, trusted only where they agree, and never in the way."""

import logging

import pytest
import torch

from engine.backends.gpu.graphs import AFTER, StageGraphs
from engine.backends.gpu.stage import FusedStage
from engine.backends.plan import Plans
from tests.engine.backends.cpu.firing_networks import config_of, firing_network


@pytest.fixture
def stage(device):
    network, *_ = firing_network(config_of("quick-look", time_steps=2), "R3-C3-S")
    stages = network.to(device).train().stages(network.only_architecture)
    return FusedStage(stages[1], Plans().of(stages)[1], torch.float32)


def spikes(device, images=4):
    generator = torch.Generator().manual_seed(images)
    channels_last = (torch.rand(2, images, 8, 8, 8, generator=generator) < 0.3).float().to(device)
    return channels_last.permute(0, 1, 4, 2, 3).requires_grad_()


class Recorded:
    """In the place of CUDA: what it returns is the stage itself, or something that is wrong."""

    def __init__(self, spoil=None):
        self.made, self.spoil, self.replays = [], spoil, 0

    def __call__(self, stage, x):
        self.made.append(tuple(x.shape))
        stage(torch.zeros_like(x))  # warming up leaves its marks on the statistics

        def replay(x):
            self.replays += 1
            made, counts = stage(x)
            return (made, counts) if self.spoil is None else self.spoil(made, counts)

        return replay


def statistics(stage):
    return [buffer.clone() for buffer in stage.buffers()]


def test_a_stage_becomes_a_graph_once_it_has_run_a_few_times(stage, device):
    graph = Recorded()
    graphs, x = StageGraphs(graph), spikes(device)
    for _ in range(AFTER):
        graphs.run(stage, x)
    assert not graph.made
    for _ in range(3):
        graphs.run(stage, x)
    assert graph.made == [tuple(x.shape)]
    assert graph.replays == 1 + 3, "one to be compared, then each run"


def test_making_a_graph_leaves_the_statistics_alone(stage, device):
    x, plain = spikes(device), StageGraphs(Recorded(spoil=lambda made, counts: (made * 0, counts)))
    for _ in range(AFTER):
        plain.run(stage, x)
    before = statistics(stage)
    plain.run(stage, x)
    after = statistics(stage)
    for buffer, value in zip(stage.buffers(), before, strict=True):
        buffer.copy_(value)
    stage(x)
    assert all(torch.equal(one, two) for one, two in zip(after, statistics(stage), strict=True))


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda made, counts: (made.roll(1, 1), counts), "spikes"),
        (lambda made, counts: (made, counts + 1), "spikes"),
        (lambda made, counts: (made + 0.001 * (made - made.detach()), counts), "gradients"),
    ],
)
def test_a_graph_that_disagrees_is_not_used(stage, device, caplog, spoil, what):
    graphs, x = StageGraphs(Recorded(spoil)), spikes(device)
    with caplog.at_level(logging.WARNING):
        for _ in range(AFTER + 2):
            made, counts = graphs.run(stage, x)
    assert f"whose {what} differ" in caplog.text
    assert caplog.text.count("without a CUDA graph") == 1, "it is not tried again"
    expected, expected_counts = stage(x)
    assert torch.equal(made, expected)
    assert torch.equal(counts, expected_counts)


def test_where_cuda_cannot_the_stage_runs_as_it_is(stage, device, caplog):
    def fails(stage, x):
        raise RuntimeError("operation not permitted when stream is capturing")

    graphs, x = StageGraphs(fails), spikes(device)
    with caplog.at_level(logging.WARNING):
        for _ in range(AFTER + 1):
            made, _ = graphs.run(stage, x)
    assert "not permitted when stream is capturing" in caplog.text
    assert torch.equal(made, stage(x)[0])


def test_a_smaller_last_batch_gets_none(stage, device):
    graph = Recorded()
    graphs = StageGraphs(graph)
    for _ in range(AFTER + 3):
        graphs.run(stage, spikes(device))
        graphs.run(stage, spikes(device, images=3))
    assert graph.made == [(2, 4, 8, 8, 8)]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_real_graph_is_trusted(stage, device, caplog):
    graphs, x = StageGraphs(), spikes(device)
    with caplog.at_level(logging.WARNING):
        for _ in range(AFTER + 3):
            made, _ = graphs.run(stage, x)
    assert not caplog.text
    assert torch.equal(made, stage(x)[0])
