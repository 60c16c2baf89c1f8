"""`presets`, `config` and `schema`: the named studies, a study's JSON, and what it may hold."""

from __future__ import annotations

from pathlib import Path

from engine.cli.output import print_json
from engine.cli.study_file import changed, preset, read_config
from engine.config.presets import PRESETS
from engine.config.schema import schema as study_schema
from engine.storage.files import is_there


def presets() -> None:
    print_json(
        [
            {
                "preset": preset.key,
                "title": preset.title,
                "summary": preset.summary,
                "paper": preset.paper,
                "space_size": preset.config.space.size,
            }
            for preset in PRESETS.values()
        ]
    )


def config(preset_or_file: str, assignments: list[str] | None = None, seed: int | None = None) -> None:
    given = Path(preset_or_file)
    found = read_config(given) if is_there(given) else preset(preset_or_file)
    print_json(changed(found, assignments, seed).model_dump(mode="json"))


def schema() -> None:
    print_json(study_schema())
