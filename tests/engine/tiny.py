"""A study small enough to run in seconds, on real digits."""

from engine.config.data import DataConfig
from engine.config.network import NetworkConfig, NeuronConfig
from engine.config.recipe import RetrainConfig, SupernetConfig
from engine.config.runtime import RuntimeConfig
from engine.config.search import SearchConfig
from engine.config.study import StudyConfig
from engine.space.macro import Layer, MacroArchitecture


def tiny_config(seed: int = 0, **network: object) -> StudyConfig:
    """Digits at 8×8, two searched layers, T = 2, two epochs, two generations; threshold 0.3, so that outputs fire."""
    macro = MacroArchitecture(
        stem_channels=4,
        layers=(Layer(channels=4), Layer(kind="max_pool", stride=2), Layer(channels=6)),
        votes_per_class=2,
    )
    settings = {
        "macro": macro,
        "candidates": ("skip_connect", "SCB_k3", "SRB_k3"),
        "time_steps": 2,
        "neuron": NeuronConfig(threshold=0.3),
        **network,
    }
    return StudyConfig(
        name="Tiny",
        seed=seed,
        data=DataConfig(dataset="digits", image_size=8, train_samples=120, test_samples=40),
        network=NetworkConfig.model_validate(settings),
        supernet=SupernetConfig(epochs=2, batch_size=16, learning_rate=2e-2),
        search=SearchConfig(generations=2, population=4, parents=2, mutations=2, crossovers=2, batch_size=10),
        retrain=RetrainConfig(epochs=2, batch_size=16, learning_rate=2e-2),
        runtime=RuntimeConfig(threads=1, device="cpu"),
    )


def hand_neuron() -> NeuronConfig:
    """Integrate-and-fire with threshold 1: sums one can do by hand."""
    return NeuronConfig(kind="if")
