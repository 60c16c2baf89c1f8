"""The model card of a trained network, README.md: what it is, what it reached, how it was made and is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.analysis.rounding import rounding_note
from engine.analysis.sanity import ResultWarning
from engine.config.study import StudyConfig
from engine.config.words import counted
from engine.describe import data as data_words
from engine.describe import network, search, training
from engine.describe.analysis import analysis
from engine.describe.own_parts import own_parts
from engine.describe.runtime import runtime
from engine.export.document import FineTuning
from engine.export.energy_section import energy_section
from engine.export.front_matter import front_matter
from engine.export.markdown import escaped, table
from engine.space.architecture import Architecture, genome_strip

WITHOUT_THE_PRODUCT = """## Use
`model.py` is the network as a file of its own. It needs torch and safetensors alone; pictures need Pillow, `.npy` needs
numpy.
```sh
python model.py --check               # accuracy and spikes on the kept samples, beside those recorded
python model.py samples.safetensors   # classes, rates and spikes: of pictures, .npy, .pt or .safetensors
```
```python
from safetensors.torch import load_file
from model import load, network_input

network = load()  # in eval mode: in training mode batch norm would take statistics of the batch, and lose the learned
rates, spikes = network(network_input(load_file("samples.safetensors")["inputs"]))
```
The answer is the class of the highest rate, of equally high ones the one of lowest index: `rates.argmax(1)`. `spikes`
are those of each layer and time step, summed over the batch; `config.json` lists the layers.
"""
NO_FILE = """## Use
There is no `model.py` in this package: {reason}, which no file of its own can rebuild. AutoSNN Studio runs the network
where that module is registered.
"""
WITH_THE_PRODUCT = """## With AutoSNN Studio
```sh
python -m engine evaluate model.safetensors                  # accuracy and spikes, as above
python -m engine evaluate model.safetensors --samples PATH   # of your own samples of these classes
python -m engine show model.safetensors                      # architecture, shapes, parameters
```
Preprocessing, classes and the content hashes of the samples lie in `model.safetensors`. An evaluation takes them from
there, whatever lies beside the samples, and says how many of the samples the network was trained on.
```python
from pathlib import Path
from engine.export.package import open_package

package = open_package(Path("model.safetensors"))
network = package.network  # a torch.nn.Module in eval mode; encoded images [N, C, H, W] → (rates, spikes)
```
The answer is the class of the highest rate, of equally high ones the one of lowest index: `rates.argmax(1)`.
"""

MAX_CLASSES = 20
"""Classes that the card names."""


@dataclass(frozen=True)
class Outcome:
    """Results of the retrained winner on the test split after the last epoch, and its estimates in the search.

    Accuracies and firing rate are 0…1; `spikes`, `search_spikes` and `average_spikes` (N_avg) are per sample.
    """

    architecture: str
    accuracy: float
    spikes: float
    spikes_by_layer: dict[str, float]
    samples: int
    best_test_accuracy: float
    search_accuracy: float
    search_spikes: float
    average_spikes: float
    parameters: int
    firing_rate: float


@dataclass(frozen=True)
class DataFacts:
    """What the data came to: training samples of the winner, validation samples of the search, SHA-256, and a note.

    `mean` and `std` are per channel of pixels in 0…1, empty but for direct coding; `classes` are names.
    """

    trained_on: int
    validation: int
    digest: str
    note: str
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptFacts:
    """Of the samples in a package: how many, accuracy 0…1 and spikes N in single and in double precision.

    `no_file` says why the package has no model.py; empty where it has one.
    """

    samples: int
    accuracy: float
    spikes: float
    double_accuracy: float
    double_spikes: float
    no_file: str = ""


def model_card(
    config: StudyConfig,
    outcome: Outcome,
    data: DataFacts,
    kept: KeptFacts,
    warnings: Sequence[ResultWarning] = (),
    tuned: Sequence[FineTuning] = (),
) -> str:
    """The model card. `kept` tells what lies beside the network, `warnings` what makes the result worth little.

    Of a network that was `tuned` after its study, the results are those on the samples in its package.
    """
    parts = [
        front_matter(config, outcome.accuracy, outcome.spikes, outcome.samples),
        f"# {escaped(config.name)}",
        _origin(config),
        _fine_tuning(config, tuned),
        _results(config, outcome, tuned=bool(tuned)),
        _warnings(warnings),
        NO_FILE.format(reason=kept.no_file) if kept.no_file else WITHOUT_THE_PRODUCT,
        _kept(config, kept),
        _data(config, data),
        _preprocessing(config, data),
        _network(config),
        _recipe(config, outcome),
        _layers(config, outcome),
        energy_section(config, outcome.architecture, outcome.spikes_by_layer),
        WITH_THE_PRODUCT,
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _kept(config: StudyConfig, kept: KeptFacts) -> str:
    """The samples beside the network: whoever gets the package gets them too."""
    sample, own = data_words.sample(config.data), config.data.dataset in ("images", "events")
    whose = (
        f"They are {sample}s of your own data set: whoever gets this package gets them too. If they are not yours to "
        "pass on, pass on the other files; the network opens without them."
        if own
        else f"They belong to {config.data.info.title}; its terms are those of that data set."
    )
    lines = [
        ("single precision, as trained", f"{kept.accuracy:.2%}", f"{kept.spikes:,.2f}"),
        ("double precision, the same on every machine", f"{kept.double_accuracy:.2%}", f"{kept.double_spikes:,.2f}"),
    ]
    held = f"`samples.safetensors` holds {counted(kept.samples, f'test {sample}')} with labels, and what the network"
    return f"## Samples in this package\n{held} answered and fired on them in plain torch. {whose}\n\n" + table(
        ("", "accuracy", "spikes N"), lines, numbers=2
    )


def _origin(config: StudyConfig) -> str:
    """What the network is, and what found it."""
    kind = "spiking neural network" if config.network.neuron.info.spiking else "neural network in ANN mode"
    if config.analysis is not None:
        return f"A {kind}, trained from scratch without a search by AutoSNN Studio."
    found = search.found_by(config.search.algorithm)
    return (
        f"A {kind} found by {found} with the weights of a supernet (AutoSNN: Na et al., ICML 2022) and trained by "
        "AutoSNN Studio."
    )


def _fine_tuning(config: StudyConfig, tuned: Sequence[FineTuning]) -> str:
    if not tuned:
        return ""
    sample = data_words.sample(config.data)
    did = "; ".join(
        f"{counted(one.samples, sample)}, {counted(one.epochs, 'epoch')}, learning rate {one.learning_rate:g}"
        for one in tuned
    )
    return (
        f"Fine-tuned after its study on: {did}. So its results are no longer the study's: they are those on the "
        "samples in this package."
    )


def _results(config: StudyConfig, outcome: Outcome, *, tuned: bool) -> str:
    strip = genome_strip(config.network.macro, Architecture.from_code(outcome.architecture)).replace("|", "/")
    sample = data_words.sample(config.data)
    found = f"{outcome.search_accuracy:.2%}, {outcome.search_spikes:,.1f} spikes (validation, supernet)"
    best = f"{outcome.best_test_accuracy:.2%} (selects on the test split, the reference's way)"
    where = (
        f"{outcome.samples:,} test {sample}s" if tuned else f"the test split, {outcome.samples:,} {sample}s, last epoch"
    )
    lines = [
        ("architecture", f"`{strip}` (genome `{outcome.architecture}`; / is a pool)"),
        ("accuracy", f"{outcome.accuracy:.2%} on {where}"),
        ("spikes N", f"{outcome.spikes:,.1f} per {sample}, firing rate {outcome.firing_rate:.3f}"),
        ("parameters", f"{outcome.parameters:,}"),
        *([] if tuned else [("best test accuracy of any epoch", best), ("estimate in the search", found)]),
    ]
    return table(("result", ""), lines)


def _warnings(warnings: Sequence[ResultWarning]) -> str:
    if not warnings:
        return ""
    return "\n".join(["## Warnings", *(f"- {one.message} {one.advice}" for one in warnings)])


def _data(config: StudyConfig, data: DataFacts) -> str:
    words = data_words.clauses(config.data, config.network.time_steps)
    return (
        f"## Data\n{words['set']}; {escaped(data.note)}.\n{data_words.used(config.data, config.network.time_steps)}\n"
        f"Trained on {data.trained_on:,} {data_words.sample(config.data)}s; the search evaluated on "
        f"{data.validation:,} of them ({data_words.split(config.data, data.note)}).\n"
        f"SHA-256 of the data used: `{data.digest}`."
    )


def _preprocessing(config: StudyConfig, data: DataFacts) -> str:
    """What a sample goes through on its way to the network, with the numbers to do it again."""
    own, coding = config.input, data_words.coding(config.data, config.network.time_steps)
    lines = [f"Input: {own.channels} × {own.height} × {own.width}, {coding}."]
    if data.mean:
        lines.append(
            f"A pixel in 0…1 becomes (pixel − mean) ÷ deviation, with mean {_numbers(data.mean)} and deviation "
            f"{_numbers(data.std)} by channel."
        )
    if data.classes:
        shown = ", ".join(escaped(name) for name in data.classes[:MAX_CLASSES])
        lines.append(f"Classes: {shown}{', …' if len(data.classes) > MAX_CLASSES else ''}.")
    return "\n".join(["## Preprocessing", *lines])


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(map(repr, values))


def _network(config: StudyConfig) -> str:
    among = "Of a space of" if config.analysis else "Found among"
    return f"## Network\n{among} {network.space(config)}.\n{network.layers(config.network)}"


def _recipe(config: StudyConfig, outcome: Outcome) -> str:
    end = f"Seed {config.seed}; config SHA-256 `{config.digest()}`; {runtime(config)}."
    did = [escaped(line) for line in analysis(config)] or _searched(config, outcome)
    own = own_parts(config)
    return "\n".join(["## Recipe", *did, end, *([own] if own else [])])


def _searched(config: StudyConfig, outcome: Outcome) -> list[str]:
    did, more = config.search, training.after_search(config.retrain, config.seed)
    return [
        f"Supernet: {training.recipe(config.supernet)}, each batch on one uniformly drawn architecture.",
        f"Search: {search.found_by(did.algorithm)}, {search.planned(config)} of {did.population}{search.bred(did)}"
        f"{search.rule(did)}, N_avg = {outcome.average_spikes:,.1f}. {search.evaluation(did)}",
        f"Retraining: {training.retraining(config.retrain)}. {more}".rstrip(),
    ]


def _layers(config: StudyConfig, outcome: Outcome) -> str:
    spikes = [(name, f"{count:,.1f}") for name, count in outcome.spikes_by_layer.items()]
    note = rounding_note(config.network)
    counted = table(("layer", "spikes"), spikes, numbers=1)
    return f"## Spikes by layer (per {data_words.sample(config.data)})\n{counted}" + (note and f"\n\n{note}")
