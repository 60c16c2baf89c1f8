"""Method section of a paper, filled in from a study's config and events."""

from __future__ import annotations

import re

from engine.config.study import StudyConfig
from engine.config.words import counted
from engine.describe import data, network, search, training
from engine.describe.analysis import analysis, left_aside
from engine.describe.own_parts import own_parts
from engine.describe.runtime import runtime
from engine.figures.citations import data_key
from engine.figures.facts import warnings_of
from engine.figures.record import Record
from engine.figures.text import latex

FITNESS = r"$\mathrm{accuracy}\cdot(N/N_{\mathrm{avg}})^{\lambda}$"
AVERAGE = r"$N_{\mathrm{avg}}$"


def method(record: Record) -> str:
    """The method in plain text, one paragraph per phase. Numbers that are not known yet are left out."""
    did = _analysed(record) if record.config.analysis else _searched(record)
    steps = [_space(record), *did, _counting(record), _seeds(record), _warnings(record)]
    return "\n".join(step for step in steps if step) + "\n"


def _analysed(record: Record) -> list[str]:
    return [*analysis(record.config), left_aside(record.config)]


def _searched(record: Record) -> list[str]:
    more = training.after_search(record.config.retrain, record.config.seed)
    return [_supernet(record), _search(record), _retraining(record), more]


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
    did = "trained architectures of a space of" if config.analysis else "searched"
    return (
        f"With AutoSNN (Na et al., ICML 2022) as implemented in AutoSNN Studio we {did} {network.space(config)}. "
        f"{network.layers(config.network)} The data are {_data(record)}"
    )


def _data(record: Record) -> str:
    """Set, digest and splits; then subsets, coding and augmentation."""
    config, steps = record.config.data, record.config.network.time_steps
    return f"{data.clauses(config, steps)['set']}{_splits(record)}. {data.used(config, steps)}"


def _splits(record: Record) -> str:
    """Counts where the study has started; an analysis trains on training and validation samples together."""
    config, started = record.config.data, record.started
    if started is None:
        return "" if record.config.analysis else f"; the search evaluates on {data.split(config)}"
    trained, held = started.train_samples, started.validation_samples
    parts = (
        f"{trained:,} for training the supernet, {held:,} for evaluation ({data.split(config, started.data_note)})"
        if record.config.analysis is None
        else f"{trained + held:,} for training, {trained:,} of the training and {held:,} of the validation split"
    )
    return f" (SHA-256 {started.data_digest[:12]}): {parts}, {started.test_samples:,} for testing"


def _supernet(record: Record) -> str:
    return (
        f"A weight-sharing supernet was trained for {training.recipe(record.config.supernet)}, each batch on one "
        "uniformly drawn architecture."
    )


def _search(record: Record) -> str:
    config, count = record.config.search, len(record.evaluated)
    evaluated = f"evaluated {counted(count, 'architecture')}" if count else "evaluates architectures"
    average = "" if record.average_spikes is None else f" and N_avg = {record.average_spikes:,.1f}"
    return (
        f"With the supernet's weights, {search.done(config)} {evaluated} in generations of "
        f"{config.population}{search.bred(config)}, {search.planned(record.config)}, on the validation "
        f"split{search.rule(config)}{average}. "
        f"{search.evaluation(config)}"
    )


def _retraining(record: Record) -> str:
    found = record.finished
    if not record.config.retrain.winner:
        return "The study ends with its search, no winner is trained."
    if found is None:
        return f"The winner is then trained from scratch for {training.recipe(record.config.retrain)}."
    return (
        f"The fittest, {found.architecture}, was trained from scratch on training and validation {record.sample}s for "
        f"{training.recipe(record.config.retrain)}. After the last epoch it reached {found.test_accuracy:.2%} on the "
        f"test split with {found.test_spikes:,.1f} spikes per {record.sample} (firing rate {found.firing_rate:.4f}, "
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
    where = runtime(config, "" if record.started is None else record.started.device)
    measured = (
        "Accuracies are on the test split, after the last epoch."
        if config.analysis
        else "Accuracies of the search are on the validation split with supernet weights, of the winner on the test "
        "split, retrained."
    )
    return f"Seed {config.seed}; {where}; config SHA-256 {record.digest}. {measured} {own_parts(config)}".rstrip()


def _warnings(record: Record) -> str:
    """What makes the numbers worth little, in one paragraph."""
    found = warnings_of(record)
    return "" if not found else "Warnings: " + " ".join(one.message for one in found)
