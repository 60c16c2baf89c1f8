"""A network whose output votes tie, worked by hand: what every back end must answer alike."""

import torch

from engine.evaluation.prefix_tree import PrefixTree
from engine.evaluation.tally import Tally
from engine.model.decision import predicted
from engine.model.network import build_child
from engine.space.architecture import Architecture
from tests.engine.tiny import hand_neuron, tiny_config

ANSWER, TIED, HALF = 3, 7, (5, 6)
"""Both votes of 3 and of 7 fire at every step with a spike below; one vote each of 5 and 6, so their rate is half."""
SAMPLES = 3


def tied_network():
    """Two votes a class, T = 3; integrate-and-fire outputs that read every spike with weight 1, or −1: never fire."""
    config = tiny_config(neuron=hand_neuron().model_copy(update={"threshold": 0.3}), time_steps=3)
    network = build_child(config, Architecture(("SRB_k3", "SRB_k3")), 1)
    with torch.no_grad():
        network.classifier.linear.weight.fill_(-1.0)
        votes = network.classifier.linear.weight.view(10, 2, -1)  # [classes, votes, features]
        votes[[ANSWER, TIED]] = 1.0
        votes[HALF[0], 0] = votes[HALF[1], 1] = 1.0
    return network


def images():
    """Drive the stem enough to fire in every sample."""
    return 3 * torch.randn(SAMPLES, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def without_the_winners(network):
    """The same network where only the two halves fire: they tie at half of the rate, with another vote each."""
    with torch.no_grad():
        network.classifier.linear.weight.view(10, 2, -1)[[ANSWER, TIED]] = -1.0
    return network


def assert_ties_go_to_the_lowest(network, answer, tied):
    """Classes `answer` < `tied` have one rate above all others, and evaluation and forward pass answer the lower."""
    device = next(network.parameters()).device
    pictures = images().to(device)
    for training in (False, True):
        with torch.set_grad_enabled(training):
            rates, _ = network.train(training)(pictures)
        assert torch.equal(rates[:, answer], rates[:, tied])
        assert (rates[:, answer] == rates.max(1).values).all()
        assert (rates[:, answer] > 0).all(), "a tie of silent classes would show nothing"
        assert predicted(rates).tolist() == [answer] * SAMPLES
    for label, correct in ((answer, SAMPLES), (tied, 0)):
        tally = Tally()
        labels = torch.full((SAMPLES,), label, device=device)
        PrefixTree(network, [network.only_architecture]).evaluate(pictures, labels, [tally])
        assert tally.correct == correct
