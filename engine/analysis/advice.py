"""What to try where networks are silent, saturated or learned nothing, and where candidates are tied."""

from __future__ import annotations

from collections.abc import Iterator

from engine.config.study import StudyConfig

LEAST_TAU = 1.05
"""A time constant near 1 passes on nearly all of its input; it can be no lower."""


def fire_more(config: StudyConfig) -> str:
    """What makes neurons fire."""
    return _sentence(_more_spikes(config))


def _more_spikes(config: StudyConfig) -> Iterator[str]:
    network, neuron = config.network, config.network.neuron
    if neuron.info.spiking:
        yield f"lower the threshold (network.neuron.threshold, now {neuron.threshold:g})"
    if neuron.info.leak != "none" and neuron.tau > LEAST_TAU:
        yield f"lower the time constant τ (network.neuron.tau, now {neuron.tau:g})"
    yield from _longer(config)
    averages = [layer for layer in network.macro.layers if layer.kind == "avg_pool"]
    if averages or network.macro.global_average_pooling:
        yield "leave out average pooling and global average pooling, whose neurons see small averages"
    if config.supernet.spike_regularisation or config.retrain.spike_regularisation:
        yield "switch off spike_regularisation, which rewards silence"
    if neuron.info.spiking:
        yield f"more time steps (network.time_steps, now {network.time_steps})"


def fire_less(config: StudyConfig) -> str:
    """What keeps neurons from firing always."""
    neuron = config.network.neuron
    steps = [f"raise the threshold (network.neuron.threshold, now {neuron.threshold:g})"]
    if neuron.info.leak != "none":
        steps.append(f"raise the time constant τ (network.neuron.tau, now {neuron.tau:g})")
    steps += ["switch on or raise spike_regularisation (λ_reg)", "lower the learning rate"]
    return _sentence(steps)


def learn_more(config: StudyConfig) -> str:
    """What lifts an accuracy above chance."""
    return _sentence([*_longer(config), *_data(config), *list(_more_spikes(config))[:1]])


def _longer(config: StudyConfig) -> Iterator[str]:
    parts = (
        (("retrain", config.retrain),)
        if config.analysis
        else (("supernet", config.supernet), ("retrain", config.retrain))
    )
    epochs = ", ".join(f"{name}.epochs, now {recipe.epochs}" for name, recipe in parts)
    rates = ", ".join(f"{name}.learning_rate, now {recipe.learning_rate:g}" for name, recipe in parts)
    yield f"more epochs ({epochs})"
    yield f"a larger learning rate ({rates})"


def _data(config: StudyConfig) -> Iterator[str]:
    if config.data.train_samples is not None:
        yield f"more training samples (data.train_samples, now {config.data.train_samples:,})"
    yield "look at the samples and their classes on the data set's page, where a wrong label shows"


def fewer_ties(config: StudyConfig) -> str:
    """What tells architectures apart."""
    steps = ["more validation samples (data.validation_fraction, data.train_samples)"]
    steps.append(f"a supernet trained longer (supernet.epochs, now {config.supernet.epochs})")
    return _sentence(steps)


def no_rounding() -> str:
    """What lets pools pass on spikes in exact arithmetic too."""
    return _sentence(
        ["max-pools in the place of average pools (network.macro)", "a threshold below 1 (network.neuron.threshold)"]
    )


def _sentence(steps: Iterator[str] | list[str]) -> str:
    """`Try: a; b; c.`"""
    return f"Try: {'; '.join(steps)}."


def search_again(config: StudyConfig) -> str:
    """What makes a search of which every generation was bred under its own λ."""
    exponent = config.search.fitness_lambda
    return f"For a search that λ = {exponent:g} steers from its start, fork the study at generation 0."
