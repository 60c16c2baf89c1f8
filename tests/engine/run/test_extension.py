"""A search extended in its own study: what follows is what it would have been, had it been asked for at the start."""

import pytest

from engine.errors import ConfigError
from engine.events import Resume, to_wire
from engine.run.control import Control
from engine.run.extension import extend, extended_config
from engine.sweep.plan import searches
from tests.engine.run.played import more_generations, play
from tests.engine.tiny import tiny_config


def without_total(event):
    return {key: value for key, value in event.items() if key not in ("generations", "config_digest")}


def resume_of(commit):
    return Resume(commit.checkpoint, commit.sha256, commit.step)


def test_an_extended_evolution_is_the_longer_one_bit_for_bit(tmp_path):
    """Two generations, then to three: the third is that of a study with three from its start; so is its checkpoint."""
    short = searches(tiny_config(), [-0.08])[0].config
    whole, _ = play(more_generations(short, 3), tmp_path / "whole")
    before, commits = play(short, tmp_path / "short")
    config = extended_config(short, 3)
    assert config.digest() == more_generations(short, 3).digest()
    told, commit = extend(tmp_path / "short", commits[-1], config, attempt=0, retrained=False)
    assert to_wire(told) == {"kind": "study_extended", "config_digest": config.digest(), "generations": 3}
    after, rest = play(config, tmp_path / "short", resume=resume_of(commit))
    assert list(map(without_total, before)) == list(map(without_total, whole[: len(before)]))
    assert after == whole[len(before) :]
    assert [commit.step for commit in (commits[-1], commit, rest[0])] == list(range(commit.step - 1, commit.step + 2))


def test_a_search_that_was_stopped_goes_on_and_retrains_its_winner(tmp_path):
    """Stopped after the first of two generations: extended to three it has all of them, and the winner's network."""
    control = Control()

    def stop(item):
        control.ending = "result" if getattr(item, "phase", "") == "search" else ""
        return False

    stopped, commits = play(tiny_config(), tmp_path / "stopped", control, stop)
    config = extended_config(tiny_config(), 3)
    _, commit = extend(tmp_path / "stopped", commits[-1], config, attempt=0, retrained=False)
    after, _ = play(config, tmp_path / "stopped", resume=resume_of(commit))
    whole, _ = play(more_generations(tiny_config(), 3), tmp_path / "whole")
    assert len(stopped) < len(whole)
    assert after == whole[len(stopped) :]
    weights = [(tmp_path / name / "result" / "model.safetensors").read_bytes() for name in ("stopped", "whole")]
    assert weights[0] == weights[1]


def test_what_cannot_be_extended_is_refused_with_its_bound(tmp_path):
    config = tiny_config()
    with pytest.raises(ConfigError, match="generations: must be at least 3, one more than the study has, got 2"):
        extended_config(config, 2)
    with pytest.raises(ConfigError, match=r"search\.generations: must be at most 1000, got 1001"):
        extended_config(config, 1001)
    exhaustive = config.model_copy(update={"search": config.search.model_copy(update={"algorithm": "exhaustive"})})
    with pytest.raises(ConfigError, match="generations: exhaustive search has no number of generations to extend"):
        extended_config(exhaustive, 9)
    _, commits = play(config, tmp_path, until=lambda item: hasattr(item, "checkpoint"))
    with pytest.raises(ConfigError, match="generations: the supernet is not trained yet"):
        extend(tmp_path, commits[-1], extended_config(config, 3), attempt=0, retrained=False)
