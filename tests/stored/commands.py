"""What the headless commands answer, as one JSON document. `python -m tests.stored.commands` prints it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from tests.stored.entry_points import config_facts
from tests.stored.files import kept_of_file, sha256
from tests.stored.headless import said
from tests.stored.places import unpacked

WINNER, UNSEEN = "C5-R5-C3", "C3-S-C5"


def of_the_product() -> dict[str, Any]:
    """What depends on no study: presets and baselines."""
    return {"presets": json.loads(said("presets")), "zoo": json.loads(said("zoo")), "configs": _configs()}


def _configs() -> dict[str, dict[str, str]]:
    """Of each preset, the digests of its config, of its canonical JSON, and of what `config` prints."""
    found = {}
    for key in [preset["preset"] for preset in json.loads(said("presets"))]:
        printed = said("config", key)
        digest, canonical = config_facts(json.loads(printed))
        texts = {"canonical_sha256": sha256(canonical.encode()), "printed_sha256": sha256(printed.encode())}
        found[key] = {"config_digest": digest, **texts}
    return found


def of_a_finished_study(folder: Path) -> dict[str, Any]:
    """What is said of the network it found; these numbers were computed."""
    result = folder / "result"
    look = ("inspect", folder, "--architecture", UNSEEN)
    return {
        "evaluate": json.loads(said("evaluate", result)),
        "evaluate_validation": json.loads(said("evaluate", result / "model.safetensors", "--split", "validation")),
        "show": json.loads(said("show", result)),
        "energy": json.loads(said("energy", result, "--costs", "int8-45nm")),
        "inspect": json.loads(said(*look)),
        "inspect_sample": json.loads(said(*look, "--sample", "3")),
        "directions": json.loads(said("directions", folder)),
    }


def kit_of(folder: Path, out: Path) -> dict[str, Any]:
    """What must stay of every file of the paper kit, in the order in which they are named."""
    named = said("figures", folder, "--out", out).splitlines()
    return {Path(name).name: kept_of_file(name, Path(name).read_bytes()) for name in named}


def of_images(folder: Path) -> dict[str, Any]:
    """What is said of a data set of one's own, but for how long it took."""
    found: dict[str, Any] = json.loads(said("data", folder / "images.npz"))
    assert found.pop("seconds") >= 0
    return found


def everything(stored: Path, out: Path) -> dict[str, Any]:
    finished = stored / "evolution" / "finished"
    return {
        **of_the_product(),
        "finished": of_a_finished_study(finished),
        "kit": kit_of(finished, out),
        "data": of_images(stored),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(everything(unpacked("headless", Path(made)), Path(made) / "kit"), indent=1))
