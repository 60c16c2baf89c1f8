"""A study of 10,000 candidates for tests of scale: `python -m tests.large_study OWNER [GENERATIONS]`; 500 by default.

Its events have the recorded log's schema and plausible values; nothing was trained. Prints the study's id.
"""

from __future__ import annotations

import base64
import json
import math
import random
import struct
import sys
from pathlib import Path
from typing import Any

from engine.config.presets import PRESETS
from engine.config.study import StudyConfig
from engine.metrics.fitness import fitness
from engine.metrics.pareto import front, hypervolume
from engine.space.architecture import Architecture
from engine.space.macro import Layer
from engine.space.shapes import layer_specs

RECORDED = Path(__file__).parent / "fixtures" / "quick_look.ndjson"
GENERATIONS, POPULATION = 500, 20
STEPS = 4
AVERAGE, REFERENCE = 40_000.0, 90_000.0


def config(generations: int = GENERATIONS) -> StudyConfig:
    """Six searched layers of five blocks: 15,625 architectures, of which the search evaluates 10,000."""
    quick = PRESETS["quick-look"].config
    pool = Layer(kind="max_pool", stride=2)
    layers = (Layer(channels=8), Layer(channels=8), pool, *(Layer(channels=16) for _ in range(4)), pool)
    macro = quick.network.macro.model_copy(update={"layers": layers})
    network = quick.network.model_copy(update={"macro": macro, "time_steps": STEPS})
    search = quick.search.model_copy(update={"generations": generations, "population": POPULATION})
    return quick.model_copy(update={"name": "Ten thousand", "network": network, "search": search})


def events(generations: int = GENERATIONS) -> list[dict[str, Any]]:
    """The recorded study's head, then generations of invented candidates, its winner and its end."""
    recorded = [json.loads(line) for line in RECORDED.read_text().splitlines()]
    head = [e for e in recorded if e["kind"] in ("study_started", "epoch_finished", "phase_started")]
    head = [e for e in head if e.get("phase") in (None, "supernet", "search") and e.get("architecture") is None]
    template = next(e for e in recorded if e["kind"] == "generation_finished")["candidates"][0]
    [finished] = [e for e in recorded if e["kind"] == "study_finished"]
    layers = _layers()
    head[0] = head[0] | {"layers": layers, "space_size": config().space.size}
    search = _search(template, generations, len(layers))
    best = search[-1]["candidates"][0]
    end = finished | {"candidate": best["id"], "architecture": best["architecture"]}
    end |= {"test_accuracy": best["accuracy"], "test_spikes": best["spikes"]}
    return [*head, {"kind": "supernet_finished", "average_spikes": AVERAGE}, *search, end]


def _layers() -> list[dict[str, Any]]:
    wanted = config()
    searched = {str(i) for i, layer in enumerate(wanted.network.macro.layers, 1) if layer.kind == "search"}
    return [
        {
            "name": row.name,
            "kind": "search" if row.name in searched else row.block,
            "channels": row.shape[0],
            "height": row.shape[1],
            "width": row.shape[2],
        }
        for row in layer_specs(wanted.network.macro, wanted.space.at(0), wanted.input, wanted.neuron_parameters)
    ]


def _search(template: dict[str, Any], generations: int, map_rows: int) -> list[dict[str, Any]]:
    rng = random.Random(7)
    wanted = config(generations)
    exponent = wanted.search.fitness_lambda
    order = list(range(wanted.space.size))
    rng.shuffle(order)
    seen: list[dict[str, Any]] = []
    best: list[dict[str, Any]] = []
    edge: list[dict[str, Any]] = []
    found = []
    for g in range(generations):
        new = []
        for _ in range(POPULATION):
            number = len(seen) + len(new)
            genome = wanted.space.at(order[number])
            new.append(template | _evaluated(genome, number, g, len(seen), exponent, map_rows, rng))
        seen += new
        best = sorted(best + new, key=lambda c: (-c["fitness"], c["id"]))[:10]
        rivals = sorted(edge + new, key=lambda c: c["id"])  # who was beaten once stays beaten
        edge = [rivals[i] for i in front([(c["accuracy"], c["spikes"]) for c in rivals])]
        found.append(
            {
                "kind": "generation_finished",
                "generation": g,
                "generations": generations,
                "candidates": new,
                "best": best[0]["id"],
                "parents": [c["id"] for c in best],
                "front": [c["id"] for c in edge],
                "hypervolume": hypervolume([(c["accuracy"], c["spikes"]) for c in edge], REFERENCE),
                "reference_spikes": REFERENCE,
            }
        )
    return found


def _evaluated(
    genome: Architecture, number: int, generation: int, seen: int, exponent: float, map_rows: int, rng: random.Random
) -> dict[str, Any]:
    """Bigger kernels are a little better and cost spikes; later generations are a little better too."""
    weight = sum("k5" in block for block in genome.blocks) + 0.6 * sum("k3" in block for block in genome.blocks)
    spikes = 12_000.0 + 9_000 * weight * rng.uniform(0.7, 1.3)
    accuracy = 0.5 + 0.35 * (1 - math.exp(-weight / 2.5)) + 0.0001 * generation + rng.gauss(0, 0.02)
    accuracy = min(accuracy, 0.999)
    parents = rng.sample(range(seen), 2) if seen and number % 2 else ([rng.randrange(seen)] if seen else [])
    values = [0.0] * (map_rows * STEPS)
    values[0] = spikes
    return {
        "id": number,
        "generation": generation,
        "architecture": genome.code,
        "accuracy": accuracy,
        "spikes": spikes,
        "firing_rate": spikes / 400_000,
        "fitness": fitness(accuracy, spikes, AVERAGE, exponent),
        "parameters": int(20_000 + 9_000 * weight),
        "origin": ("random", "mutation", "crossover")[len(parents)],
        "parents": parents,
        "changed": [number % 6] if parents else [],
        "spike_map": base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode(),
    }


def store(owner: str, generations: int = GENERATIONS) -> str:
    """In one transaction, so that no worker ever sees it waiting. Needs django to be set up."""
    from django.contrib.auth.models import User
    from django.db import transaction

    from engine.events import Commit
    from webapp.studies import services

    with transaction.atomic():
        study = services.create_study(User.objects.get(username=owner), config(generations))
        lease = services.claim(study.id, "large study")
        assert lease is not None
        commit = Commit(checkpoint="none", sha256="0" * 64, size=1, step=1, phase="done")
        services.commit_step(lease, events(generations), commit)
    return str(study.id)


if __name__ == "__main__":
    import django

    django.setup()
    print(store(sys.argv[1], *map(int, sys.argv[2:])))
