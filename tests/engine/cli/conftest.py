"""Run folders, made once: copy what you change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.cli.damage import interrupted, study_file
from tests.engine.tiny import tiny_config


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """study.json; the folder `finished`, and `paused` behind its first generation; both of `other` study too."""
    home = tmp_path_factory.mktemp("made")
    study_file(home / "study.json", tiny_config())
    for suffix, config in (("", tiny_config()), (" other", tiny_config(seed=1))):
        for folder, commits in (("paused", 4), ("finished", 8)):
            interrupted(config, home / f"{folder}{suffix}", commits)
            (home / f"{folder}{suffix}" / "control.json").write_text('{"pause": false, "ending": ""}')
    return home
