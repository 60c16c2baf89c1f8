"""A table of nine architectures whose numbers one can follow by hand."""

from engine.config.study import StudyConfig
from engine.space.architecture import Architecture
from engine.tabular.table import Table, table_of
from tests.engine.tiny import tiny_config

NAMES = (
    *("test_accuracy", "test_spikes", "validation_accuracy", "validation_spikes", "firing_rate", "parameters"),
    *("effective_macs", "effective_acs", "training_loss", "training_accuracy", "spikes_stem", "spikes_output"),
    *("supernet_accuracy", "supernet_spikes", "synflow", "snip", "grad_norm", "hamming"),
)
GENOMES = ("S-S", "S-C3", "S-R3", "C3-S", "C3-C3", "C3-R3", "R3-S", "R3-C3", "R3-R3")
ACCURACY = dict(zip(GENOMES, (0.5, 0.6, 0.7, 0.55, 0.65, 0.8, 0.6, 0.75, 0.9), strict=True))
SPIKES = dict(zip(GENOMES, (100, 200, 300, 150, 250, 500, 160, 400, 600), strict=True))
"""Mean test results. Exact front: S-S, C3-S, R3-S, C3-C3, S-R3, R3-C3, C3-R3, R3-R3; S-C3 is worse than R3-S."""


FEW = ("skip_connect", "SCB_k3")
"""Blocks of the four architectures S-S, S-C3, C3-S and C3-C3, whose orders are soon counted."""


def study(blocks: tuple[str, ...] = (*FEW, "SRB_k3")) -> StudyConfig:
    """Two searched layers of these blocks."""
    return tiny_config(candidates=blocks)


def row(genome: str, seed: int, **other: float) -> dict[str, float | str]:
    """Seed 1 is 0.02 more accurate than seed 0 on test; validation shows seed 0 the truth and seed 1 the reverse."""
    shift = 0.01 if seed else -0.01
    accuracy, spikes = ACCURACY[genome], float(SPIKES[genome])
    seen = accuracy if seed == 0 else 1.4 - accuracy
    found = {
        "test_accuracy": accuracy + shift, "test_spikes": spikes, "validation_accuracy": seen,
        "validation_spikes": spikes, "firing_rate": spikes / 10_000,
        "parameters": float(sum(block != "skip_connect" for block in Architecture.from_code(genome).blocks)),
        "effective_macs": 10.0, "effective_acs": 2 * spikes, "training_loss": 0.1, "training_accuracy": accuracy,
        "spikes_stem": spikes - 1, "spikes_output": 1.0, "supernet_accuracy": accuracy / 2 if seed == 0 else 0.3,
        "supernet_spikes": spikes, "synflow": spikes, "snip": -accuracy, "grad_norm": accuracy, "hamming": 1.0,
    }  # fmt: skip
    return {"genome": genome, "seed": seed, **found, **other}


def rows() -> list[dict[str, float | str]]:
    return [row(genome, seed) for seed in (1, 0) for genome in reversed(GENOMES)]


def made(config: StudyConfig | None = None) -> Table:
    """The table of all nine, or of those in the study's space."""
    config = config or study()
    mine = [each for each in rows() if Architecture.from_code(str(each["genome"])) in config.space]
    return table_of("by-hand", config, mine, NAMES)
