"""Neurons behind an average pool, which fire by rounding alone.

They read means of spikes, X ≤ 1. With a = σ(w) < 1 and the threshold 1, the potential after t steps of X = 1 is
H[t] = 1 − (1 − a)ᵗ < 1 (Na et al. 2022, section 2, with H and X as in engine.model.neurons), and with less input it is
less: in exact arithmetic such a neuron never fires. In floating point of p bits H becomes 1 from (1 − a)ᵗ ≤ 2^−(p + 1)
on, which is half of what separates 1 from the number below it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.config.network import NetworkConfig
from engine.config.words import listed

FLOAT32, FLOAT64 = 24, 53
"""Bits of a significand."""


def rounded_layers(network: NetworkConfig) -> tuple[str, ...]:
    """The layers, by name, whose neurons fire by rounding alone: average pools of PLIF with the threshold 1."""
    neuron, macro = network.neuron, network.macro
    if neuron.info.leak != "learned" or neuron.threshold != 1:
        return ()
    pools = [str(number) for number, layer in enumerate(macro.layers, 1) if layer.kind == "avg_pool"]
    return (*pools, "GAP") if macro.global_average_pooling else tuple(pools)


def least_w(steps: int, bits: int = FLOAT32) -> float:
    """The w from which on a pool that reads X = 1 fires within so many steps, to about 0.01.

    (1 − σ(w))^steps = 2^−(bits + 1). Below w = 0 a step a·(1 − V) is rounded away before V becomes 1.
    """
    left = 2.0 ** (-(bits + 1) / steps)  # 1 − σ(w)
    return max(0.0, math.log((1 - left) / left))


def rounding_note(network: NetworkConfig) -> str:
    """What stands wherever spikes are shown by layer; "" for a network without such layers."""
    names = rounded_layers(network)
    return f"Average pooling: {by_rounding(network, names)}" if names else ""


def noted(network: NetworkConfig) -> dict[str, str]:
    """The note as an entry of a JSON answer that has spikes by layer; no entry without one."""
    note = rounding_note(network)
    return {"note": note} if note else {}


def by_rounding(network: NetworkConfig, names: Sequence[str], of: str = "") -> str:
    """Why these layers fire, in two sentences; `of` names the network where it is not clear."""
    steps, subject = network.time_steps, f"the neurons of {of_layers(names)}{of and f' of {of}'}"
    return (
        f"{subject} read averages of spikes and never reach the threshold in exact arithmetic. What they fire is "
        f"float32 rounding: a patch that always fires rounds to the threshold within T = {steps} where the layer's w "
        f"is {least_w(steps):.2f} or more. So N depends on the precision."
    )


def of_layers(names: Sequence[str]) -> str:
    """`layer 2`, `layers 2 and 5`, `layer 2 and GAP`."""
    numbers, others = [name for name in names if name.isdigit()], [name for name in names if not name.isdigit()]
    pools = [f"layer{'s' if len(numbers) > 1 else ''} {listed(numbers)}"] if numbers else []
    return " and ".join([*pools, *others])
