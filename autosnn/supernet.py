"""A trained supernet, used again without training: to evaluate architectures, and to search anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autosnn.config import AnyPath
from autosnn.search import Custom
from autosnn.table import Axes, Table
from engine.cli.fork_folder import fork_folder
from engine.config.assign import assigned
from engine.errors import ConfigError
from engine.inspection.request import Request, Split
from engine.space.architecture import Architecture
from engine.storage.files import is_there

if TYPE_CHECKING:
    from autosnn.study import Study
    from engine.evaluation.tally import Tally
    from engine.inspection.source import Source

COLUMNS = ("architecture", "accuracy", "spikes", "firing_rate", "fitness", "parameters")
EVALUATED_ON: tuple[Split, ...] = ("validation", "test")


class Supernet:
    """The supernet of a study. Raises CheckpointError where it is not trained yet, or was not kept."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._source  # noqa: B018 - opened now, so that what is missing is said here

    @cached_property
    def _source(self) -> Source:
        from engine.inspection.source import open_source

        return open_source(self.study.workdir, self.study.data_root, self.study.config.study)

    def evaluate(self, genomes: str | Sequence[str], split: Split = "validation") -> Table:
        """Accuracy and spikes of these architectures, as the search evaluates them: the same numbers to the last digit.

        Raises ArchitectureError for a genome outside the space. Whoever chooses by the test split selects on it.
        """
        if split not in EVALUATED_ON:
            raise ConfigError([f"split: must be validation or test, got {str(split)[:20]!r}"])
        space = self._source.config.space
        codes = [genomes] if isinstance(genomes, str) else list(dict.fromkeys(genomes))
        paths = [space.require(Architecture.from_code(code)) for code in codes]
        rows = [self._row(path, tally) for path, tally in zip(paths, self._tallies(paths, split), strict=True)]
        return Table.of(f"supernet on the {split} split", COLUMNS, rows, Axes("spikes", "accuracy"))

    def _tallies(self, paths: Sequence[Architecture], split: Split) -> Iterator[Tally]:
        """All at once, or with recalibration one by one: each then has batch-norm statistics of its own."""
        together = len(paths) if not self._source.config.search.recalibration_batches else 1
        for first in range(0, len(paths), max(together, 1)):
            yield from self._evaluated(paths[first : first + together], split)

    def _evaluated(self, paths: Sequence[Architecture], split: Split) -> list[Tally]:
        from engine.evaluation.prefix_tree import PrefixTree, evaluate_batches
        from engine.evaluation.tally import Tally
        from engine.training.trainer import evaluation_batches

        source, tallies = self._source, [Tally() for _ in paths]
        request = Request("evaluation", paths[0].code, "supernet", split)
        images, size = source.images(split), source.config.search.batch_size
        with source.network(request, paths[0]) as network:
            batches = evaluation_batches(images, source.data.encoding, size, source.device)
            for _ in evaluate_batches(PrefixTree(network, paths), batches, tallies):
                pass
        return tallies

    def _row(self, path: Architecture, tally: Tally) -> dict[str, Any]:
        from engine.metrics.fitness import fitness
        from engine.metrics.spike_map import firing_rate
        from engine.space.shapes import layer_specs

        config, state = self._source.config, self._source.state
        layers = layer_specs(config.network.macro, path, config.input, config.neuron_parameters)
        spikes, average = tally.average_spikes, state.average_spikes if state else 0.0
        return {
            "architecture": path.code,
            "accuracy": tally.accuracy,
            "spikes": spikes,
            "firing_rate": firing_rate(spikes, layers, config.network.time_steps),
            "fitness": fitness(tally.accuracy, spikes, average, config.search.fitness_lambda),
            "parameters": sum(layer.parameters for layer in layers),
        }

    def search(
        self,
        algorithm: str | Custom | None = None,
        *,
        workdir: AnyPath,
        lam: float | None = None,
        seed: int | None = None,
        **search: Any,
    ) -> Study:
        """A study, not run yet, that searches this supernet again from the first generation on, in a folder of its own.

        `algorithm` is a search's name, or one of your own; `lam` is λ of the fitness, `seed` the search's own; others
        are fields of `search`, such as `generations=5`. Where the folder holds this study already, it goes on. Its data
        stay where they are: whoever opens it anew gives `data_root`. Raises ConfigError, a line for each wrong field.
        """
        name = algorithm.registered() if isinstance(algorithm, Custom) else algorithm
        named = {"fitness_lambda": lam, "seed": seed, "algorithm": name}
        fields = {name: value for name, value in named.items() if value is not None} | search
        config = assigned(self.study.config.study, [(f"search.{name}", value) for name, value in fields.items()])
        if not is_there(Path(workdir)):
            fork_folder(self.study.workdir, 0, Path(workdir), config)
        return type(self.study)(config, workdir=workdir, data_root=self.study.data_root)

    def __repr__(self) -> str:
        return f"<autosnn.Supernet of {self.study.workdir}, {self.study.config.study.space.size:,} architectures>"
