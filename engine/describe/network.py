"""The searched network in words: macro architecture, candidate blocks, neurons, batch norm."""

from __future__ import annotations

from itertools import groupby

from engine.config.network import NetworkConfig, NeuronConfig
from engine.config.study import StudyConfig
from engine.config.words import counted
from engine.describe.clauses import Clauses
from engine.space.candidates import Candidates
from engine.space.macro import Layer, MacroArchitecture

EXTRA_STEMS = {
    "none": "",
    "pool_conv": " with an extra stem of a max pool and a 3×3 convolution",
    "pool_conv_pool": " with an extra stem of a max pool, a 3×3 convolution and a max pool",
}
POOLS = {"max_pool": "max pool", "avg_pool": "average pool with neurons"}
STATISTICS = {
    "per_step": "batch-norm statistics per time step",
    "over_time": "batch-norm statistics over all time steps together",
}


def space(config: StudyConfig) -> str:
    """Size of the search space, time steps and neurons."""
    network = config.network
    return (
        f"{config.space.size:,} architectures: {counted(len(config.space.choices), 'searched layer')}, "
        f"{counted(network.time_steps, 'time step')}, {neuron(network.neuron)}"
    )


def neuron(config: NeuronConfig) -> str:
    """Kind, threshold, reset, surrogate gradient and time constant, as far as the kind has them."""
    info = config.info
    if not info.spiking:
        return f"{info.title} units (ANN mode: N counts activations that are not zero)"
    known = info.title.upper() == config.kind.upper()
    details = [] if known else [info.title]
    details += [f"threshold {config.threshold:g}", f"{config.reset} reset"]
    details.append(f"{config.surrogate} surrogate gradient with α = {config.surrogate_alpha:g}")
    if info.leak == "learned":
        details.append(f"τ = {config.tau:g} at the start and learned in each layer")
    elif info.leak == "fixed" or info.module is not None:
        details.append(f"τ = {config.tau:g}")
    return f"{info.title if known else config.kind.upper()} neurons ({', '.join(details)})"


def layers(config: NetworkConfig) -> str:
    """The macro architecture from stem to output, the candidate blocks, and batch norm."""
    parts = clauses(config)
    return (
        f"The macro architecture has {parts['stem']}, {parts['pooling']} and {parts['output']}. {parts['layers']}. "
        f"{parts['candidates']}; {parts['batch norm']}."
    )


def clauses(config: NetworkConfig) -> Clauses:
    """The network by topic."""
    macro = config.macro
    return {
        "time": counted(config.time_steps, "time step"),
        "neuron": neuron(config.neuron),
        "stem": f"a 3×3 stem convolution with {counted(macro.stem_channels, 'channel')}{EXTRA_STEMS[macro.extra_stem]}",
        "layers": f"Its layers are, in order: {_listed(macro)}",
        "pooling": "spiking global average pooling" if macro.global_average_pooling else "no global average pooling",
        "output": f"{counted(macro.votes_per_class, 'output neuron')} for each class",
        "candidates": f"The candidate blocks are {_blocks(config.candidates)}",
        "batch norm": STATISTICS[config.batch_norm],
    }


def _listed(macro: MacroArchitecture) -> str:
    """Every layer in order; equal neighbours are counted."""
    runs = [(layer, len(list(same))) for layer, same in groupby(macro.layers)]
    return "; ".join(_layer(layer) + (f" (×{count})" if count > 1 else "") for layer, count in runs)


def _layer(layer: Layer) -> str:
    if layer.kind != "search":
        return POOLS[layer.kind]
    width = "as many channels as before" if layer.channels is None else counted(layer.channels, "channel")
    stride = "" if layer.stride == 1 else f", stride {layer.stride}"
    own = "" if layer.candidates is None else f", only {_blocks(layer.candidates)}"
    return f"a searched layer with {width}{stride}{own}"


def _blocks(names: Candidates) -> str:
    return ", ".join(names)
