"""`presets` and `config`: the named studies."""

from __future__ import annotations

from engine.cli.output import print_json
from engine.config.presets import PRESETS
from engine.errors import ConfigError


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


def config(preset: str) -> None:
    if preset not in PRESETS:
        raise ConfigError([f"preset: must be one of {', '.join(PRESETS)}, got {preset[:60]!r}"])
    print_json(PRESETS[preset].config.model_dump(mode="json"))
