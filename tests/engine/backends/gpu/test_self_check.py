"""Before a study uses the Triton kernels, they must agree with plain torch on the machine at hand."""

import logging

import pytest
import torch

from engine.backends.gpu import self_check
from engine.backends.gpu.stage import FusedStage


@pytest.fixture(autouse=True)
def untried():
    self_check._agree.cache_clear()
    yield
    self_check._agree.cache_clear()


def test_they_agree_here(device):
    assert self_check.disagreement(device) == ""


def spoiled(change):
    run = FusedStage.forward
    return lambda self, x: change(*run(self, x))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda spikes, counts: (1 - spikes, counts), "spikes differ"),
        (lambda spikes, counts: (spikes * 0, counts), "spikes differ"),
        (lambda spikes, counts: (spikes, counts * 1.1), "counts differ"),
        (lambda spikes, counts: (spikes + 0.5 * (spikes - spikes.detach()), counts), "gradients of"),
        (lambda spikes, counts: (spikes + float("nan") * (spikes - spikes.detach()), counts), "differ"),
    ],
)
def test_what_is_wrong_is_found(device, monkeypatch, change, wrong):
    monkeypatch.setattr(FusedStage, "forward", spoiled(change))
    assert wrong in self_check.disagreement(device)


def test_a_study_takes_plain_torch_where_they_fail(device, monkeypatch, caplog):
    def fails(self, x):
        raise OSError("ptxas: not found")

    monkeypatch.setattr(self_check, "usable", lambda device: True)
    monkeypatch.setattr(FusedStage, "forward", fails)
    with caplog.at_level(logging.WARNING):
        assert not self_check.trusted(device)
    assert "OSError: ptxas: not found" in caplog.text


def test_they_are_for_gpus_and_can_be_switched_off(monkeypatch):
    assert self_check.usable(torch.device("cuda"))
    assert not self_check.usable(torch.device("cpu"))
    monkeypatch.setenv("AUTOSNN_KERNELS", "off")
    assert not self_check.usable(torch.device("cuda"))
