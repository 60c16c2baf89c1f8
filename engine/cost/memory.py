"""How much memory a study will take at its peak, from its config alone, and how much there is.

A training step keeps each convolution's output (float32) for the backward pass. The CPU kernels keep nothing else of
that size; plain torch also keeps potentials and spikes. tests/engine/cost/test_memory.py holds the estimate to what
processes take.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from engine.backends.cpu import build
from engine.backends.layout import LANES
from engine.config.recipe import Recipe
from engine.config.study import StudyConfig
from engine.cost.estimate import UNKNOWN_SAMPLES
from engine.errors import ConfigError
from engine.space.shapes import LayerSpec, PlacedBlock, every_choice, layer_specs

GROUP = Path("/sys/fs/cgroup")
FLOAT = 4
PROCESS = 340_000_000
"""Resident after the first step whatever the network: Python, torch, its libraries and their threads."""
TRITON = 85_000_000
"""Resident besides where Triton is installed: torch loads its library (0.5 GB, mapped as far as it is read) on a CPU
too.
"""
CUDA = 600_000_000
"""What a process takes of a GPU before its first tensor: context, cuDNN's and cuBLAS's own; as commonly seen."""
CUDA_PROCESS = 3_000_000_000
"""Resident beside a GPU: CUDA's libraries are large; as commonly seen."""
PER_WEIGHT = 5 * FLOAT
"""A weight, its gradient, Adam's two moments, and a copy while a checkpoint is written."""
GRADIENTS = 2
"""Gradients of spikes, of each size, that are there at once."""
PARTS = 16
"""The kernels sum a convolution's weight gradient in so many parts of a batch."""
STEM_TRAINED = 4
"""The kernels leave the stem to torch: its output is kept, and the backward pass works on three arrays of its size."""
STEM_EVALUATED = 2
"""Its output as torch makes it, and as the kernels read it."""
TORCH_KEEPS = 3
"""Plain torch: arrays kept for each layer of neurons: the convolution's output, potentials, spikes."""
TORCH_WORKS = 6
"""Plain torch: arrays of the largest size at work at once, besides."""
MEMO_BYTES = 1 << 29
"""How much of earlier evaluations a search keeps to spare later ones the same."""
MEMO_SHARE = 16
"""A leading part of a path is kept where its spikes of all batches take at most a MEMO_SHARE-th of the bound: deep
parts, which save the most, are small, and many of them fit."""

RECORD_BYTES = 90_000_000
"""Of what a checkpoint says besides its tensors; safetensors takes 100 MB."""
CANDIDATE_BYTES = 400
"""A candidate in it, without its spike map."""


def peak_memory(config: StudyConfig, kernels: bool | None = None) -> int:
    """Bytes resident at the study's peak, a GPU's own aside; `kernels`: by the compiled ones (None: where this machine
    can compile).
    """
    if config.runtime.device == "cuda":
        return CUDA_PROCESS + _data(config) + PER_WEIGHT * _supernet_weights(config)
    compiled = runs_compiled(config) and (build.compiler() is not None if kernels is None else kernels)
    searched = config.analysis is None
    steps = [_training(config, config.retrain, compiled)]
    if searched:
        steps += [_training(config, config.supernet, compiled), _search(config, compiled)]
    return _process() + _data(config) + PER_WEIGHT * _supernet_weights(config) + max(steps)


def training_memory(config: StudyConfig, compiled: bool) -> int:
    """Of these, what a process takes that does nothing but train the supernet's heaviest path."""
    return _process() + _training(config, config.supernet, compiled)


def knows_all_blocks(config: StudyConfig) -> bool:
    """Whether the kernels, and the GPU's programs, know all of the space's blocks and its neuron."""
    _, layers = _choices(config)
    return config.network.neuron.info.compiles and all(block.compiles for choices in layers for block in choices)


def runs_compiled(config: StudyConfig) -> bool:
    """Whether the kernels for CPUs can run the study."""
    return knows_all_blocks(config) and config.runtime.device != "cuda"


def gpu_memory(config: StudyConfig) -> int:
    """Bytes of the GPU's memory at the study's peak, CUDA graphs aside, which take of what is left."""
    steps = [_gpu_step(config, config.retrain)]
    if config.analysis is None:
        steps.append(_gpu_step(config, config.supernet))
    return CUDA + PER_WEIGHT * _supernet_weights(config) + max(steps)


def kept_on_gpu(config: StudyConfig, recipe: Recipe) -> int:
    """Bytes of what the heaviest path keeps for the backward pass: each convolution's output, each layer's spikes."""
    fixed, layers = _choices(config)
    outputs = sum(size * count for size, count in _largest_of_each(layers, lanes=1).items())
    frames, still = recipe.batch_size * config.network.time_steps, fixed[0].output_elements * recipe.batch_size
    spikes = outputs + sum(row.output_elements for row in fixed)
    return FLOAT * still + _spike_bytes(config) * frames * (outputs + spikes)


def require_gpu_memory(config: StudyConfig, limit: int) -> None:
    """Raise ConfigError, with the numbers and what to change, where a study cannot fit into a GPU of `limit` bytes."""
    _require(config, gpu_memory(config), limit, "the GPU's memory")


def require_memory(config: StudyConfig, limit: int | None) -> None:
    """Raise ConfigError, with the numbers and what to change, where a study cannot fit into `limit` bytes, or its
    search's candidates into a checkpoint.
    """
    _require(config, peak_memory(config), limit, "memory")
    _require_record(config)


def _require(config: StudyConfig, needed: int, limit: int | None, kind: str) -> None:
    if limit is None or needed <= limit:
        return
    sizes = {part: getattr(config, part).batch_size for part in _parts(config)}
    largest = max(sizes, key=lambda part: sizes[part])
    raise ConfigError(
        [
            f"{largest}.batch_size: the study needs about {needed / 1e9:.1f} GB of {kind}, there are "
            f"{limit / 1e9:.1f} GB; lower {', '.join(f'{part}.batch_size ({size})' for part, size in sizes.items())}, "
            f"network.time_steps ({config.network.time_steps}) or data.image_size ({config.data.image_size})"
        ]
    )


def _require_record(config: StudyConfig) -> None:
    """A checkpoint names every candidate so far with its spike map: float32 in base64."""
    if config.analysis is not None:
        return
    space, search = config.space, config.search
    layers = len(layer_specs(space.macro, space.at(0), config.input, config.neuron_parameters))
    each = CANDIDATE_BYTES + 4 * FLOAT * layers * config.network.time_steps // 3
    count = space.size if search.algorithm == "exhaustive" else config.generations * search.population
    if count * each > RECORD_BYTES:
        raise ConfigError(
            [
                f"search.population: a search of {layers} layers over {config.network.time_steps} time steps evaluates "
                f"at most {RECORD_BYTES // each:,} architectures, search.generations × search.population make {count:,}"
            ]
        )


def available_memory() -> int | None:
    """Bytes this machine, or the container around it, still has; None where that cannot be told."""
    found = [value for value in (_of_machine("MemAvailable:"), _free_of_group()) if value is not None]
    return min(found) if found else None


def memory_limit() -> int | None:
    """Bytes this machine, or the container around it, has in all."""
    found = [value for value in (_of_machine("MemTotal:"), _group_limit()) if value is not None]
    return min(found) if found else None


def _process() -> int:
    return PROCESS + TRITON * (find_spec("triton") is not None)


def _parts(config: StudyConfig) -> Sequence[str]:
    return ("supernet", "search", "retrain") if config.analysis is None else ("retrain",)


def _of_machine(entry: str) -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(entry))
    except (OSError, StopIteration, ValueError):
        return None


def _group_limit() -> int | None:
    """The bound of the control group (version 2) around this process."""
    try:
        bound = (GROUP / "memory.max").read_text().strip()
        return None if bound == "max" else int(bound)
    except (OSError, ValueError):
        return None


def _free_of_group() -> int | None:
    """What is left below that bound; files that could be dropped at once count as free."""
    bound = _group_limit()
    try:
        used = int((GROUP / "memory.current").read_text())
        lines = (GROUP / "memory.stat").read_text().splitlines()
        files = next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, StopIteration, ValueError):
        return None
    return None if bound is None else max(0, bound - used + files)


def _data(config: StudyConfig) -> int:
    """Every split as it lies in memory; the training set twice, whole and split."""
    info, data = config.data.info, config.input
    train, test = (info.train, info.test) if info.train else UNKNOWN_SAMPLES
    samples = 2 * min(config.data.train_samples or train, train) + min(config.data.test_samples or test, test)
    frames = config.network.time_steps if info.kind == "events" else 1
    return samples * frames * data.channels * data.height * data.width


def _supernet_weights(config: StudyConfig) -> int:
    fixed, layers = _choices(config)
    return sum(row.parameters for row in fixed) + sum(sum(_weights(block)) for choices in layers for block in choices)


def _training(config: StudyConfig, recipe: Recipe, compiled: bool) -> int:
    """The arrays of one step of the heaviest path."""
    frames = recipe.batch_size * config.network.time_steps
    fixed, layers = _choices(config)
    kept = _largest_of_each(layers)
    if not compiled:
        elements = sum(size * count for size, count in kept.items()) + sum(row.output_elements for row in fixed)
        return FLOAT * frames * (TORCH_KEEPS * elements + TORCH_WORKS * max([*kept, fixed[0].output_elements]))
    sizes = set(kept) | {row.output_elements for row in fixed}
    gradients = sum(GRADIENTS * size for size in sizes)
    parts = {size for choices in layers for block in choices for size in _weights(block)}
    by_parts = min(PARTS, recipe.batch_size) * sum(parts)
    elements = sum(size * count for size, count in kept.items()) + sum(
        row.output_elements for row in fixed[1:] if row.macs
    )
    stem = STEM_TRAINED * _stem(config, fixed[0], recipe.batch_size)
    return FLOAT * (frames * (elements + gradients) + stem + by_parts)


def _gpu_step(config: StudyConfig, recipe: Recipe) -> int:
    """What a training step keeps, and at work on its largest layer: potentials, gradients of currents and of spikes,
    what goes into and comes out of a convolution.
    """
    fixed, layers = _choices(config)
    largest = _largest(fixed, layers, lanes=1)
    frames = recipe.batch_size * config.network.time_steps
    return kept_on_gpu(config, recipe) + frames * largest * (2 * FLOAT + 3 * _spike_bytes(config))


def _spike_bytes(config: StudyConfig) -> int:
    return FLOAT // 2 if config.runtime.precision == "bfloat16" else FLOAT


def _search(config: StudyConfig, compiled: bool) -> int:
    """Evaluation keeps nothing for a backward pass: spikes alone as bits, or some arrays of plain torch."""
    frames = config.search.batch_size * config.network.time_steps
    fixed, layers = _choices(config)
    largest = _largest(fixed, layers)
    if compiled:
        stem = STEM_EVALUATED * _stem(config, fixed[0], config.search.batch_size)
        return FLOAT * max(config.search.batch_size * largest, stem) + _memo(config)
    return FLOAT * frames * TORCH_WORKS * largest


def _stem(config: StudyConfig, stem: LayerSpec, samples: int) -> int:
    """Elements of its output: an image passes it once; events, and images coded as spikes, do at every time step."""
    coded = config.data.info.kind == "events" or config.data.encoding != "direct"
    channels, height, width = stem.shape
    return samples * (config.network.time_steps if coded else 1) * _filled(channels) * height * width


def _memo(config: StudyConfig) -> int:
    """Spikes kept behind every leading part that the search can meet, a bit each, up to the bound."""
    if config.search.recalibration_batches:
        return 0
    space, train = config.space, config.data.info.train or UNKNOWN_SAMPLES[0]
    validation = round(min(config.data.train_samples or train, train) * config.data.validation_fraction)
    evaluated = min(config.generations * config.search.population, space.size)
    searched = {str(i) for i, layer in enumerate(space.macro.layers, 1) if layer.kind == "search"}
    total, paths, choices = 0, 1, iter(space.choices)
    for row in layer_specs(space.macro, space.at(0), config.input, config.neuron_parameters)[:-1]:
        paths *= len(next(choices)) if row.name in searched else 1
        channels, height, width = row.shape
        spikes = validation * config.network.time_steps * _filled(channels) * height * width // 8
        if spikes * MEMO_SHARE <= MEMO_BYTES:
            total += min(paths, evaluated) * spikes
    return min(total, MEMO_BYTES)


def _largest(fixed: list[LayerSpec], layers: list[list[PlacedBlock]], lanes: int = LANES) -> int:
    """Elements, per image and time step, of the largest array: a convolution's output, or the stem's."""
    return max(
        [size for blocks in layers for block in blocks for size in _outputs(block, lanes)] + [fixed[0].output_elements]
    )


def _largest_of_each(layers: list[list[PlacedBlock]], lanes: int = LANES) -> Counter[int]:
    """How many arrays of each size a path holds at most: what one path needs, another uses again."""
    total: Counter[int] = Counter()
    for choices in layers:
        most: Counter[int] = Counter()
        for block in choices:
            most |= Counter(_outputs(block, lanes))
        total += most
    return total


def _choices(config: StudyConfig) -> tuple[list[LayerSpec], list[list[PlacedBlock]]]:
    return every_choice(config.space, config.input, config.neuron_parameters)


def _outputs(placed: PlacedBlock, lanes: int = LANES) -> list[int]:
    """Elements, per image and time step, of each convolution's output, channels filled up to groups of `lanes`."""
    return [_filled(shape[0], lanes) * shape[1] * shape[2] for _, shape in placed.convolutions]


def _weights(placed: PlacedBlock) -> list[int]:
    """The weights of each convolution."""
    return [conv.weights for conv, _ in placed.convolutions]


def _filled(channels: int, lanes: int = LANES) -> int:
    return -(-channels // lanes) * lanes
