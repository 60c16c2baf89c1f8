"""Equal votes in the Triton kernels: the output neurons tie as in plain torch, and the lowest class is the answer."""

import pytest
import torch

from engine.backends.gpu.stage import FusedStage
from engine.backends.plan import Plans
from engine.model.decision import predicted
from tests.engine.backends.tied_votes import ANSWER, HALF, SAMPLES, TIED, tied_network, without_the_winners


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    ("network", "answer", "tied"), [(tied_network(), ANSWER, TIED), (without_the_winners(tied_network()), *HALF)]
)
def test_equal_votes_go_to_the_lowest_class(network, answer, tied, dtype, device):
    stage = network.to(device).classifier
    fused = FusedStage(stage, Plans().of(network.stages(network.only_architecture))[-1], dtype)
    x = (torch.rand(3, SAMPLES, 6, 4, 4, generator=torch.Generator().manual_seed(0)) < 0.5).to(device, dtype)
    rates = network.rates(fused(x)[0])
    assert torch.equal(rates, network.rates(stage(x.float())[0]))
    assert (rates[:, answer] > 0).all()
    assert torch.equal(rates[:, answer], rates[:, tied])
    assert predicted(rates).tolist() == [answer] * SAMPLES
