"""Energy with memory accesses: of a spiking network, and of an ANN of the same layers.

Source: Lemaire, Cordone, Castagnetti, Novac, Courtois and Miramond, "An Analytical Estimation of Spiking Neural
Networks Energy Efficiency", ICONIP 2022 (arXiv 2210.13107), as SpikingJelly 2.0 has it (`analytical_energy`). Each
layer has its weights, its potentials and its input in memories of their own, and an access costs the more the larger
the memory is. Where a stride or a border leaves out products, they are left out here; Lemaire et al. count k² for every
spike. `/docs/energy` lists all assumptions.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields

from engine.metrics.energy import PJ_PER_NJ
from engine.space.dataflow import INPUT, Connection, DataflowLayer

SOURCE = (
    "Lemaire et al., ICONIP 2022 (arXiv 2210.13107), as in SpikingJelly 2.0; operations and memories: Horowitz, ISSCC "
    "2014, 45 nm"
)
ACCESS_PJ = ((0.0, 0.0), (8 * 1024, 10.0), (32 * 1024, 20.0), (1024 * 1024, 100.0))
"""Capacity of a memory in bytes, and energy of one access of 32 bits to it in pJ."""
ACCESS_BYTES = 4
MESSAGE_BYTES, QUEUE = 4, 1000
"""A spike is the address of its neuron, of 32 bits; a layer's queue holds 1,000 of them."""


@dataclass(frozen=True)
class Precision:
    """Width of weights, potentials and activations, and the energy of an addition and a multiplication, in pJ."""

    bits: int
    add_pj: float
    multiply_pj: float

    @property
    def mac_pj(self) -> float:
        return self.add_pj + self.multiply_pj

    @property
    def width(self) -> float:
        """Bytes of one word."""
        return self.bits / 8


INT32 = Precision(32, 0.1, 3.1)
INT8 = Precision(8, 0.03, 0.2)
"""Integers (Horowitz, ISSCC 2014). Addresses are computed with 32 bits at either precision."""


@dataclass(frozen=True)
class Parts:
    """Energy per sample in pJ: of arithmetic, addresses, input and output, parameters, and membrane potentials."""

    arithmetic: float = 0.0
    addresses: float = 0.0
    inputs_outputs: float = 0.0
    parameters: float = 0.0
    potentials: float = 0.0

    def __add__(self, other: Parts) -> Parts:
        return Parts(*(getattr(self, part.name) + getattr(other, part.name) for part in fields(self)))

    @property
    def total(self) -> float:
        return self.arithmetic + self.addresses + self.inputs_outputs + self.parameters + self.potentials

    def as_nj(self) -> dict[str, float]:
        """Each part and their sum, in nJ."""
        found = {part.name: getattr(self, part.name) / PJ_PER_NJ for part in fields(self)}
        return {**found, "total": self.total / PJ_PER_NJ}


def access_pj(capacity: float, width: float) -> float:
    """Energy in pJ of an access of `width` bytes to a memory of `capacity` bytes; from 1 MiB on the same.

    Linear between the four capacities that Lemaire et al. name, and proportional to the width.
    """
    for (low, cheap), (high, dear) in itertools.pairwise(ACCESS_PJ):
        if capacity <= high:
            return (cheap + (dear - cheap) * (capacity - low) / (high - low)) * width / ACCESS_BYTES
    return ACCESS_PJ[-1][1] * width / ACCESS_BYTES


MESSAGE_PJ = access_pj(QUEUE * MESSAGE_BYTES, MESSAGE_BYTES)
"""Energy of one spike written into a queue, or read from it."""


@dataclass(frozen=True)
class Run:
    """How a spiking network runs: T, how often it computes its input (once if static, else T), whether neurons leak."""

    time_steps: int
    input_passes: int
    leaks: bool

    @property
    def static(self) -> bool:
        """Whether one pass over the input serves all time steps."""
        return self.input_passes == 1


def ann_parts(layer: DataflowLayer, precision: Precision) -> Parts:
    """Energy of one pass of an ANN's layer, per sample: every product, every access."""
    found = sum((_dense(drive, layer, precision) for drive in layer.drives), Parts())
    return found + _bias(layer, 1, precision) + Parts(inputs_outputs=_words(layer.elements, layer.elements, precision))


def snn_parts(layer: DataflowLayer, spikes: Sequence[float], own: float, run: Run, precision: Precision) -> Parts:
    """Energy of a spiking network's layer, per sample over all time steps.

    `spikes` are those of every layer by its place, per sample over all time steps; `own` are this layer's.
    """
    drives = (_driven(drive, layer, spikes, run, precision) for drive in layer.drives)
    return sum(drives, Parts()) + _neurons(layer, own, run, precision)


def _driven(drive: Connection, layer: DataflowLayer, spikes: Sequence[float], run: Run, precision: Precision) -> Parts:
    if drive.source != INPUT:
        return _events(drive, layer, spikes[drive.source], precision)
    once = _dense(drive, layer, precision)
    passes = sum((once for _ in range(run.input_passes)), Parts())
    kept = run.time_steps + 1 if run.static else 0  # a static image's current: written once, read T times
    return passes + Parts(inputs_outputs=kept * _words(layer.elements, layer.elements, precision))


def _dense(drive: Connection, layer: DataflowLayer, precision: Precision) -> Parts:
    """One pass over all inputs. A convolution reads an input for each product, a linear layer once."""
    reads = drive.operations if drive.kind == "conv" else drive.inputs
    each = precision.mac_pj if drive.weights else precision.add_pj
    return Parts(
        arithmetic=drive.operations * each,
        addresses=(drive.inputs + layer.elements + drive.kernel) * INT32.add_pj,
        inputs_outputs=_words(reads, drive.inputs, precision),
        parameters=_words(drive.operations, layer.parameters, precision) if drive.weights else 0.0,
    )


def _events(drive: Connection, layer: DataflowLayer, arrived: float, precision: Precision) -> Parts:
    """What `arrived` spikes cost: each meets its weights, and each product reads and writes a potential."""
    products = drive.operations * arrived / drive.inputs
    located = 2 * arrived * INT32.mac_pj if drive.kind == "conv" else 0.0  # of each spike the row and the column
    return Parts(
        arithmetic=products * precision.add_pj,
        addresses=products * INT32.add_pj + located,
        inputs_outputs=arrived * MESSAGE_PJ,
        parameters=_words(products, layer.parameters, precision) if drive.weights else 0.0,
        potentials=_words(2 * products, layer.elements, precision) if layer.neurons else 0.0,
    )


def _neurons(layer: DataflowLayer, own: float, run: Run, precision: Precision) -> Parts:
    """Each neuron at each step: its potential read and written, leak and bias; each spike: a reset, and a message."""
    written = Parts(inputs_outputs=own * MESSAGE_PJ)
    if not layer.neurons:
        return written
    updates = layer.elements * run.time_steps
    leak = updates * precision.mac_pj if run.leaks else 0.0
    return (
        written
        + _bias(layer, run.time_steps, precision)
        + Parts(arithmetic=leak + own * precision.add_pj, potentials=_words(2 * updates, layer.elements, precision))
    )


def _bias(layer: DataflowLayer, passes: int, precision: Precision) -> Parts:
    """The bias that batch norm leaves, read and added for each output element in each pass."""
    if not layer.weighted:
        return Parts()
    reads = layer.elements * passes
    return Parts(arithmetic=reads * precision.add_pj, parameters=_words(reads, layer.parameters, precision))


def _words(accesses: float, capacity: float, precision: Precision) -> float:
    """Energy in pJ of accesses to a memory of `capacity` words."""
    return accesses * access_pj(capacity * precision.width, precision.width)
