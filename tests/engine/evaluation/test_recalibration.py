"""Recalibrated batch norm: averages over the batches alone, the supernet left as it was, interruptible."""

import pytest
import torch

from engine.evaluation.recalibration import recalibrated
from engine.model.network import build_supernet
from tests.engine.test_study import collect, run_in_pieces
from tests.engine.tiny import tiny_config


def recalibrating():
    config = tiny_config()
    return config.model_copy(update={"search": config.search.model_copy(update={"recalibration_batches": 2})})


def test_statistics_are_plain_averages_over_the_batches():
    config = tiny_config()
    network = build_supernet(config, 0)
    architecture = config.space.at(4)
    batches = [torch.rand(8, 1, 8, 8), torch.rand(8, 1, 8, 8) + 1]
    with recalibrated(network, architecture, batches):
        found = network.stem.conv.bn.running_mean.clone()
        assert not network.training
    currents = [network.stem.conv.conv(batch) for batch in batches]  # the stem sees a static image once
    expected = torch.stack([current.mean(dim=(0, 2, 3)) for current in currents]).mean(0)
    assert torch.allclose(found, expected, atol=1e-6)


def test_the_supernet_is_left_as_it_was_even_after_an_error():
    config = tiny_config()
    network = build_supernet(config, 0)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    with (
        pytest.raises(RuntimeError, match="in the middle"),
        recalibrated(network, config.space.at(0), [torch.rand(4, 1, 8, 8)]),
    ):
        raise RuntimeError("in the middle")
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert network.stem.conv.bn.momentum == 0.1


def test_it_changes_what_the_search_sees_and_nothing_before(tmp_path):
    plain, _ = collect(tiny_config(), tmp_path / "plain")
    ours, _ = collect(recalibrating(), tmp_path / "ours")
    trained = [event for event in plain if event.get("phase") == "supernet"]
    assert trained == [event for event in ours if event.get("phase") == "supernet"]
    first = [[(c["accuracy"], c["spikes"]) for c in next(_generations(e))["candidates"]] for e in (plain, ours)]
    assert first[0] != first[1]


def _generations(events):
    return (event for event in events if event["kind"] == "generation_finished")


def test_leaving_at_every_commit_changes_nothing(tmp_path):
    expected, _ = collect(recalibrating(), tmp_path / "whole")
    pieces, attempts = run_in_pieces(recalibrating(), tmp_path / "pieces")
    assert pieces == expected
    assert attempts > 10
