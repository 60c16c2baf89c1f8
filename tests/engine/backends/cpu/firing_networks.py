"""Networks that fire at their outputs too: of an untrained network, which is silent, equal spikes prove nothing."""

import copy

import torch

from engine.backends.dispatch import place
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.model.network import build_child
from engine.space.architecture import Architecture


def config_of(preset: str, **network: object) -> StudyConfig:
    """A preset with parts of its network changed; `neuron` names only what differs."""
    document = PRESETS[preset].config.model_dump(mode="json")
    neuron = network.pop("neuron", {})
    document["network"] |= network
    document["network"]["neuron"] |= neuron
    return parse_config(document)


def firing_network(config: StudyConfig, code: str, samples: int = 4, seed: int = 0):
    """A network that fires, by the kernels where there are; a copy that runs in plain torch; images and labels."""
    network = build_child(config, Architecture.from_code(code), 1)
    with torch.no_grad():
        network.classifier.linear.weight.mul_(15)
        for module in network.modules():
            if hasattr(module, "running_mean"):
                module.bias.fill_(0.3)
    torch.manual_seed(seed)
    data = config.input
    images = torch.randn(samples, data.channels, data.height, data.width)
    labels = torch.randint(0, data.classes, (samples,))
    plain = copy.deepcopy(network)
    return place(network, torch.device("cpu")), plain, images, labels
