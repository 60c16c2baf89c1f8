"""The config that baselines are tested under: low threshold, so that narrow networks fire to the end."""

from engine.config.network import NeuronConfig
from engine.config.study import StudyConfig
from tests.engine.tiny import tiny_config


def zoo_config(time_steps: int = 1, threshold: float = 0.1) -> StudyConfig:
    """The tiny study's seed and recipe at T steps; a baseline takes its layers and votes from its plan."""
    return tiny_config(time_steps=time_steps, neuron=NeuronConfig(threshold=threshold))
