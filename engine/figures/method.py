"""Method section of a paper, filled in from a study's config and events."""

from __future__ import annotations

import re

from engine.config.recipe import Recipe
from engine.config.study import StudyConfig
from engine.figures.citations import data_key
from engine.figures.record import Record
from engine.figures.text import latex

SEARCHES = {
    "evolution": "spike-aware evolution",
    "random_search": "random search, a random population each generation,",
    "random_sampling": "one random sample of the space",
    "exhaustive": "an exhaustive search",
    "nsga2": "NSGA-II on accuracy and spikes",
}
FITNESS = r"$\mathrm{accuracy}\cdot(N/N_{\mathrm{avg}})^{\lambda}$"
AVERAGE = r"$N_{\mathrm{avg}}$"


def method(record: Record) -> str:
    """The method in plain text, one paragraph per phase. Numbers that are not known yet are left out."""
    steps = [_space(record), _supernet(record), _search(record), _retraining(record), _counting(record), _seeds(record)]
    return "\n".join(step for step in steps if step) + "\n"


def method_tex(record: Record) -> str:
    """The method for LaTeX, with citations, the fitness as a formula, and checksums that may break across lines."""
    found = latex(method(record).strip().replace("\n", "\0")).replace("\0", "\n\n")
    found = found.replace("AutoSNN (Na et al., ICML 2022)", r"AutoSNN~\cite{na2022autosnn}")
    if key := data_key(record):
        title = latex(record.config.data.info.title)
        found = found.replace(f"The data are {title}", rf"The data are {title}~\cite{{{key}}}")
    found = found.replace(latex("accuracy · (N / N_avg)^λ"), FITNESS).replace(latex("N_avg"), AVERAGE)
    return re.sub(r"\b[0-9a-f]{64}\b", lambda digest: _breakable(digest.group()), found) + "\n"


def _breakable(digest: str) -> str:
    return r"\texttt{" + r"\allowbreak ".join(digest[i : i + 8] for i in range(0, len(digest), 8)) + "}"


def _space(record: Record) -> str:
    config = record.config
    network = config.network
    neuron = network.neuron
    kind = f"{neuron.info.title} {'neurons' if neuron.info.spiking else 'units'}"
    details = "" if not neuron.info.spiking else (
        f" (threshold {neuron.threshold:g}, {neuron.reset} reset, {neuron.surrogate} surrogate gradient"
        + (f", τ = {neuron.tau:g}" if neuron.info.leak != "none" else "") + ")"
    )  # fmt: skip
    return (
        f"With AutoSNN (Na et al., ICML 2022) as implemented in AutoSNN Studio we searched {config.space.size:,} "
        f"architectures: {len(config.space.choices)} searched layers, {network.time_steps} time steps, {kind}"
        f"{details}. The data are {_data(record)}."
    )


def _data(record: Record) -> str:
    data, started = record.config.data, record.started
    size = f"{data.info.title} at {data.image_size}×{data.image_size} pixels"
    split = (
        f"the last {data.validation_fraction:.0%} of the training set by index"
        if data.split == "contiguous"
        else f"{data.validation_fraction:.0%} of the training set, stratified by class"
    )
    if started is None:
        return f"{size}; the search evaluated on {split}"
    return (
        f"{size} (SHA-256 {started.data_digest[:12]}): {started.train_samples:,} for training the supernet, "
        f"{started.validation_samples:,} for evaluation ({split}), {started.test_samples:,} for testing"
    )


def _supernet(record: Record) -> str:
    return (
        f"A weight-sharing supernet was trained for {_recipe(record.config.supernet)}, each batch on one "
        "uniformly drawn architecture."
    )


def _recipe(recipe: Recipe) -> str:
    optimizer = "Adam" if recipe.optimizer == "adam" else "SGD with momentum 0.9"
    loss = "mean squared error on firing rates" if recipe.loss == "mse" else "cross-entropy on firing rates"
    extras = ""
    if recipe.weight_decay:
        extras += f", weight decay {recipe.weight_decay:g}"
    if recipe.spike_regularisation:
        extras += f", λ_reg = {recipe.spike_regularisation:g}"
    if recipe.cutout:
        extras += f", cutout {recipe.cutout}"
    return (
        f"{recipe.epochs} epochs ({optimizer}, learning rate {recipe.learning_rate:g}, {recipe.schedule} schedule, "
        f"batch size {recipe.batch_size}, {loss}{extras})"
    )


def _search(record: Record) -> str:
    search, count = record.config.search, len(record.evaluated)
    evaluated = f"evaluated {count:,} architectures" if count else "evaluates architectures"
    average = "" if record.average_spikes is None else f" and N_avg = {record.average_spikes:,.1f}"
    bred = (
        f" in generations of {search.population} ({search.parents} parents, {search.mutations} by mutation with "
        f"probability {search.mutation_probability:g}, {search.crossovers} by crossover)"
        if search.algorithm in ("evolution", "nsga2")
        else ""
    )
    return (
        f"With the supernet's weights, {SEARCHES[search.algorithm]} {evaluated}{bred} on the validation split by the "
        f"fitness accuracy · (N / N_avg)^λ with λ = {search.fitness_lambda:g}{average}."
    )


def _retraining(record: Record) -> str:
    found = record.finished
    if found is None:
        return ""
    return (
        f"The fittest, {found.architecture}, was trained from scratch on training and validation images for "
        f"{_recipe(record.config.retrain)}. After the last epoch it reached {found.test_accuracy:.2%} on the test "
        f"split with {found.test_spikes:,.1f} spikes per {record.sample} (firing rate {found.firing_rate:.4f}, "
        f"{found.parameters:,} parameters)."
    )


def _counting(record: Record) -> str:
    if not record.config.network.neuron.info.spiking:
        return f"N counts activations that are not zero, per {record.sample}."
    return (
        f"N counts every spike of every neuron layer, pools and output neurons included, over all "
        f"{record.config.network.time_steps} time steps, per {record.sample}."
    )


def _seeds(record: Record) -> str:
    config: StudyConfig = record.config
    device = "" if record.started is None else f" on {record.started.device}"
    if config.runtime.precision != "float32":
        device += f", convolutions in {config.runtime.precision}"
    return (
        f"Seed {config.seed}; {config.runtime.threads} CPU threads{device}; config SHA-256 {record.digest}. "
        "Accuracies of the search are on the validation split with supernet weights, of the winner on the test split, "
        "retrained."
    )
