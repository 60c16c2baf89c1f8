"""Slices: what is stored, pause, cancel, recovery, fallback, failure; with a fake engine and once with the real one."""

from __future__ import annotations

import pytest

from engine.errors import CheckpointError, DataError
from engine.events import Commit
from tests.webapp.fake_engine import FakeEngine
from webapp.studies import services, tasks
from webapp.studies.models import Ending, Study
from webapp.studies.worker.runner import NO_HOOKS, OpenRuns, ProcessHooks, run_slice

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ["state_changed", "state_changed", "phase_started", "epoch_finished", "generation_finished",
         "generation_finished", "study_finished", "state_changed"]  # fmt: skip


def turn(study, engine, runs=None, hooks=NO_HOOKS) -> Study:
    lease = services.claim(study.id, "tests/1/1")
    assert lease is not None
    run_slice(lease, engine, runs or OpenRuns(), hooks)
    study.refresh_from_db()
    return study


def kinds(study: Study) -> list[str]:
    events = list(study.events.order_by("seq"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [event.kind for event in events]


def fail_with(error: Exception):
    def hook() -> None:
        raise error

    return hook


def test_one_slice_runs_to_the_end(study):
    done = turn(study, FakeEngine())
    assert (done.state, done.phase, done.progress, done.best_tag) == ("succeeded", "done", 1.0, "test, retrained")
    assert kinds(study) == KINDS
    assert study.candidates.count() == 4


def test_slices_take_turns_and_keep_the_run_open(study, settings):
    settings.SLICE_SECONDS = 0
    engine, runs = FakeEngine(), OpenRuns()
    while study.state != "succeeded":
        turn(study, engine, runs)
    assert engine.calls == [0]
    assert kinds(study) == KINDS


def test_a_run_kept_open_is_closed_once_its_study_was_paused_between_two_slices(study, settings):
    settings.SLICE_SECONDS = 0
    engine, runs = FakeEngine(), OpenRuns()
    turn(study, engine, runs)
    runs.close_inactive()
    turn(study, engine, runs)
    assert engine.calls == [0], "a study at work keeps its run"
    services.pause(study.id)
    runs.close_inactive()
    services.resume(study.id)
    turn(study, engine, runs)
    assert engine.calls == [0, 2]


def test_another_worker_goes_on_from_the_last_commit(study, settings):
    settings.SLICE_SECONDS = 0
    engine = FakeEngine()
    while study.state != "succeeded":
        turn(study, engine, OpenRuns())
    assert engine.calls == [0, 1, 2, 3, 4]
    assert kinds(study) == KINDS


def test_a_damaged_checkpoint_falls_back_without_doubling_events(study, settings):
    settings.SLICE_SECONDS = 0
    engine = FakeEngine()
    for _ in range(3):
        turn(study, engine)

    def damaged(*args, **options):
        raise CheckpointError("damaged")

    turn(study, damaged)
    assert study.state == "running"
    assert study.checkpoints.count() == 2
    while study.state != "succeeded":
        turn(study, engine)
    assert 2 in engine.calls[3:]
    told = study.events.get(payload__reason__startswith="damaged").payload
    assert told["reason"] == "damaged; resuming from step 2"
    assert [kind for kind in kinds(study) if kind != "state_changed"] == KINDS[2:-1]
    assert study.candidates.count() == 4


def test_the_engines_own_words_become_the_reason(study):
    failed = turn(study, FakeEngine({2: fail_with(DataError("digits: the file is gone"))}))
    assert (failed.state, failed.reason) == ("failed", "digits: the file is gone")
    services.retry(study.id)
    assert turn(study, FakeEngine()).state == "succeeded"


def test_a_surprise_fails_with_its_type_and_leaves_a_trace(study):
    failed = turn(study, FakeEngine({2: fail_with(ValueError("boom"))}))
    assert (failed.state, failed.reason) == ("failed", "ValueError: boom")


def test_a_cancel_takes_effect_in_the_middle_of_a_step(study, settings):
    settings.HEARTBEAT_SECONDS = 0.01
    asked = []

    def ask() -> None:
        if not asked:
            services.cancel(study.id)
            asked.append(True)
        wait_for_request()

    def wait_for_request() -> None:
        import threading

        heart = next(t for t in threading.enumerate() if t.name.startswith("lease of"))
        for _ in range(500):
            if heart.request:
                return
            heart.join(0.01)

    assert turn(study, FakeEngine({2: ask})).state == "cancelled"
    assert study.checkpoints.count() == 1


def test_a_stop_in_the_last_moments_of_the_search_costs_no_epoch_of_retraining(study):
    """The lease is renewed every two seconds, and a generation may end in between: a stored step hears it at once."""

    def asks_at_the_end(*args, **options):
        for item in tasks.run_engine(*args, **options):
            if isinstance(item, Commit) and item.phase == "retrain":
                services.stop(study.id, Ending.RESULT)
            yield item

    stopped = turn(study, asks_at_the_end)
    assert (stopped.state, stopped.reason_code) == ("succeeded", "stopped")
    assert not study.events.filter(kind="epoch_finished", payload__phase="retrain").exists()


def test_a_pause_asked_for_before_a_step_is_stored_is_obeyed_after_it(study):
    paused = turn(study, FakeEngine({2: lambda: services.pause(study.id)}))
    assert paused.state == "paused"
    assert study.checkpoints.count() == 2


def test_a_worker_that_shuts_down_leaves_the_study_free(study):
    left = turn(study, FakeEngine(), hooks=ProcessHooks(leaving=lambda: True, abandon=lambda: None))
    assert (left.state, left.holder, left.attempts_since_progress) == ("running", "", 0)
    assert turn(study, FakeEngine()).state == "succeeded"


def test_a_fenced_out_worker_stops_quietly(study):
    def steal() -> None:
        Study.objects.update(fence=99)

    turn(study, FakeEngine({3: steal}))
    assert study.state == "running"
    assert study.checkpoints.count() == 2


def test_the_real_engine_through_the_task(study, config):
    tasks.advance.apply(args=[str(study.id)]).get()
    study.refresh_from_db()
    assert study.reason == ""
    assert study.state == "succeeded"
    assert study.candidates.count() > 0
