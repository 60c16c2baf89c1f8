"""Tables of a study: population and front as CSV; front, fittest and results as LaTeX (booktabs)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.figures.record import RETRAINED, SEARCHED, Evaluated, Record
from engine.figures.text import caption, csv_text, latex, provenance

FITTEST = 20
"""Rows of the printed population; the CSV holds all of it."""
HEADER = (
    "candidate", "generation", "architecture", "accuracy", "spikes", "firing_rate", "fitness", "parameters", "origin",
    "on_front", "split", "weights", "seed", "config_sha256",
)  # fmt: skip


def population_csv(record: Record) -> str:
    """Every evaluated architecture with exact numbers; each line names split and weights."""
    return _csv(record, record.evaluated)


def front_csv(record: Record) -> str:
    """The Pareto front by rising spikes."""
    return _csv(record, record.front)


def _csv(record: Record, members: Sequence[Evaluated]) -> str:
    split, weights = SEARCHED.split(", ")
    on_front = {one.number for one in record.front}
    lines = (
        [one.number, one.generation + 1, one.architecture, one.accuracy, one.spikes, one.firing_rate, one.fitness,
         one.parameters, one.origin, "yes" if one.number in on_front else "no", split, weights, record.config.seed,
         record.digest]
        for one in members
    )  # fmt: skip
    return csv_text(HEADER, lines)


def front_table(record: Record) -> str:
    """The front as a booktabs table, the fittest in bold."""
    words = f"The Pareto front of {len(record.evaluated)} evaluated architectures, by spikes per {record.sample}."
    return _table(record, record.front, caption(record, words, SEARCHED), "tab:front")


def population_table(record: Record) -> str:
    """The fittest evaluated architectures as a booktabs table."""
    shown = record.ranked[:FITTEST]
    words = f"The {len(shown)} fittest of {len(record.evaluated)} evaluated architectures."
    return _table(record, shown, caption(record, words, SEARCHED), "tab:population")


def _table(record: Record, members: Sequence[Evaluated], words: str, label: str) -> str:
    best = record.fittest
    lines = [_line(one, bold=best is not None and one.number == best.number) for one in members]
    head = rf"genome & accuracy (\%) & spikes per {record.sample} & firing rate & fitness & parameters \\"
    return _float("lrrrrr", head, lines, words, f"{label}-{record.digest[:6]}", record)


def _line(one: Evaluated, *, bold: bool) -> str:
    cells = [
        rf"\texttt{{{latex(one.architecture)}}}", f"{100 * one.accuracy:.2f}", f"{one.spikes:,.0f}",
        f"{one.firing_rate:.4f}", f"{one.fitness:.4f}", f"{one.parameters:,}",
    ]  # fmt: skip
    if bold:
        cells[1:] = [rf"\textbf{{{cell}}}" for cell in cells[1:]]
    return " & ".join(cells) + r" \\"


def results_table(record: Record) -> str:
    """The winner as the search estimated it and as it was retrained; each line names split and weights."""
    lines = []
    if (found := record.finished) is not None:
        searched = next((one for one in record.evaluated if one.number == found.candidate), None)
        if searched is not None:
            lines.append(
                _result(searched.architecture, SEARCHED, searched.accuracy, searched.spikes, searched.firing_rate)
            )
        lines.append(_result(found.architecture, RETRAINED, found.test_accuracy, found.test_spikes, found.firing_rate))
    head = rf"genome & split & weights & accuracy (\%) & spikes per {record.sample} & firing rate \\"
    words = f"The winner as the search evaluated it and as it was retrained (last epoch). {provenance(record)}."
    return _float("lllrrr", head, lines, words, f"tab:results-{record.digest[:6]}", record)


def _result(code: str, tag: str, accuracy: float, spikes: float, rate: float) -> str:
    split, weights = tag.split(", ")
    numbers = f"{100 * accuracy:.2f} & {spikes:,.0f} & {rate:.4f}"
    return rf"\texttt{{{latex(code)}}} & {split} & {weights} & {numbers} \\"


def _float(columns: str, head: str, lines: Sequence[str], words: str, label: str, record: Record) -> str:
    return "\n".join(
        [
            f"% config SHA-256 {record.digest}, seed {record.config.seed}",
            r"% needs \usepackage{booktabs}",
            r"\begin{table}",
            r"  \centering",
            r"  \small",
            rf"  \caption{{{latex(words)}}}",
            rf"  \label{{{label}}}",
            rf"  \begin{{tabular}}{{{columns}}}",
            r"    \toprule",
            f"    {head}",
            r"    \midrule",
            *(f"    {line}" for line in lines),
            r"    \bottomrule",
            r"  \end{tabular}",
            r"\end{table}",
            "",
        ]
    )
