"""`table`: the benchmark tables, asked, searched, and made; torch is loaded when one is made."""

from __future__ import annotations

from typing import Any

from engine.cli.output import print_json
from engine.config.search import Algorithm, SearchConfig
from engine.errors import ConfigError
from engine.tabular.columns import Source


def tables() -> None:
    """Every table by name, with its size."""
    from engine.tabular.shipped import load, names

    found = [load(name) for name in names()]
    print_json(
        [
            {"table": each.name, "architectures": len(each.genomes), "seeds": list(each.seeds), "best": each.best()}
            for each in found
        ]
    )


def show(table: str, genome: str | None, front: bool) -> None:
    """One architecture, the exact front, or the map: mean test accuracy and N of every architecture."""
    from engine.tabular.shipped import load

    found = load(table)
    if genome is not None:
        print_json({"genome": genome, "seeds": list(found.seeds), **found.record(genome)})
        return
    accuracy, spikes, fitness = found.means("test_accuracy"), found.means("test_spikes"), found.fitness()
    genomes = found.front() if front else found.genomes
    places = [found.index[genome] for genome in genomes]
    print_json(
        [
            {
                "genome": found.genomes[i],
                "test_accuracy": float(accuracy[i]),
                "test_spikes": float(spikes[i]),
                "fitness": float(fitness[i]),
            }
            for i in places
        ]
    )


def search(
    table: str, algorithm: Algorithm, source: Source, seed: int, repetitions: int, evaluations: int | None
) -> None:
    """A search run on a table: its first run's winner and regret; of several repetitions the spread too."""
    from engine.tabular import regret
    from engine.tabular.missed import missed
    from engine.tabular.shipped import load

    found = load(table)
    settings = _search(found.study.search, algorithm, evaluations)
    runs = regret.repetitions(found, settings, source, repetitions, seed)
    first: dict[str, Any] = {
        "seed": runs[0].seed,
        "winner": runs[0].winner,
        "evaluated": [candidate.architecture for candidate in runs[0].candidates],
        "regret": runs[0].regret.tolist(),
    }
    spread = {} if repetitions == 1 else {"regret": regret.spread(runs)}
    more = missed(found, runs, settings.fitness_lambda)
    print_json({"table": table, "algorithm": algorithm, "source": source, "first": first, **spread, "missed": more})


def report(table: str, repetitions: int) -> None:
    """The whole report of a table, computed anew."""
    from engine.tabular.report import report as make
    from engine.tabular.shipped import load

    print_json(make(load(table), repetitions))


def _search(search: SearchConfig, algorithm: Algorithm, evaluations: int | None) -> SearchConfig:
    """The table's search settings with another algorithm, and as many generations as the evaluations fill."""
    generations = search.generations if evaluations is None else -(-evaluations // search.population)
    if generations < 1:
        raise ConfigError([f"evaluations: must be at least 1, got {evaluations}"])
    return SearchConfig.model_validate(search.model_dump() | {"algorithm": algorithm, "generations": generations})
