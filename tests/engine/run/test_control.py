"""What is asked of a running study: a commit soon, or an early end of its search."""

import pytest

from engine.events import Commit
from engine.run.control import Control, ask, asked, settle
from tests.engine.run.played import more_generations, play
from tests.engine.tiny import tiny_config


def test_hurry_commits_at_the_next_batch(tmp_path):
    control = Control()
    seen = []

    def batch(item):
        if item.kind == "progress" if hasattr(item, "kind") else False:
            if control.hurry:
                return True
            control.hurry = True
        if isinstance(item, Commit):
            seen.append(item)
        return control.hurry and len(seen) == 2

    play(tiny_config(), tmp_path, control, batch)
    assert [commit.step for commit in seen] == [1, 2]


@pytest.mark.parametrize(("ending", "tail"), [("result", []), ("retrain", ["phase_started"])])
def test_a_stopped_search_finishes_its_generation(tmp_path, ending, tail):
    """Asked in the middle of the first generation of five: one generation, then retraining or the end."""
    control = Control()

    def generation_at_work(item):
        if getattr(item, "phase", "") == "search" and getattr(item, "kind", "") == "progress":
            control.ending = ending
        return False

    events, commits = play(more_generations(tiny_config(), 5), tmp_path, control, generation_at_work)
    kinds = [event["kind"] for event in events]
    assert kinds.count("generation_finished") == 1
    assert commits[-1].phase == "done"
    assert kinds[kinds.index("generation_finished") + 1 :][:1] == tail
    assert (kinds[-1] == "study_finished") == (ending == "retrain")


def test_a_study_of_no_retraining_ends_with_its_whole_search(tmp_path):
    config = tiny_config()
    config = config.model_copy(update={"retrain": config.retrain.model_copy(update={"winner": False})})
    events, commits = play(config, tmp_path)
    assert [event["kind"] for event in events].count("generation_finished") == 2
    assert (events[-1]["kind"], commits[-1].phase) == ("generation_finished", "done")
    assert not (tmp_path / "result").exists()


def test_a_stop_in_the_middle_of_retraining_ends_at_the_next_batch(tmp_path):
    control, batches = Control(), []

    def second_batch(item):
        if getattr(item, "phase", "") == "retrain" and getattr(item, "kind", "") == "progress":
            batches.append(item.done)
            control.ending = "result" if len(batches) == 2 else ""
        return False

    events, commits = play(tiny_config(), tmp_path, control, second_batch)
    assert batches == [1, 2]
    assert commits[-1].phase == "done"
    assert not [event for event in events if event.get("phase") == "retrain" and event["kind"] == "epoch_finished"]
    assert events[-1]["kind"] != "study_finished"


def test_a_stop_when_all_is_done_keeps_the_network(tmp_path):
    """Asked at the last image of the last epoch: it is finished."""
    control, config = Control(), tiny_config()

    def all_tested(item):
        message = f"epoch {config.retrain.epochs} of {config.retrain.epochs}, 40 of 40 test images"
        if getattr(item, "message", "") == message:
            control.ending = "result"
        return False

    events, _ = play(config, tmp_path, control, all_tested)
    assert control.ending == "result"
    assert events[-1]["kind"] == "study_finished"


def test_requests_for_a_headless_run_are_left_in_its_folder(tmp_path):
    assert asked(tmp_path) == (False, "")
    ask(tmp_path, pause=True, ending="retrain")
    assert asked(tmp_path) == (True, "retrain")
    settle(tmp_path, "retrain")
    assert asked(tmp_path) == (False, "retrain")
    (tmp_path / "control.json").write_text("[]")
    assert asked(tmp_path) == (False, "")
