"""A database whose disk is full: the study waits for disk space and resumes by itself; it never fails."""

from __future__ import annotations

import base64
import threading

import pytest
from django.db import OperationalError, connection

from engine.events import GenerationFinished
from tests.webapp.fake_engine import FakeEngine
from tests.webapp.studies.worker.test_runner import turn
from webapp.studies import services
from webapp.studies.models import Study
from webapp.studies.worker import disk_full, reaper

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = base64.b64encode(bytes(400_000)).decode()


class SqliteDisk:
    """Really full: the file may not grow by more than some pages."""

    def __init__(self, monkeypatch) -> None:
        self.set = monkeypatch.setitem
        self.plain = connection.settings_dict["OPTIONS"]["init_command"]
        execute("CREATE TABLE filling (bytes BLOB)")
        execute("VACUUM")  # pages that other tests freed would be space

    def fill(self) -> None:
        """Some words still fit, a generation does not."""
        with connection.cursor() as cursor:
            [pages] = cursor.execute("PRAGMA page_count").fetchone()
        self._bound(f"PRAGMA max_page_count={pages + 20};")

    def fill_to_the_brim(self) -> None:
        """Not even an event of a few words fits."""
        execute(
            "CREATE TRIGGER brim BEFORE INSERT ON studies_event BEGIN INSERT INTO filling VALUES (zeroblob(1e6)); END"
        )
        self.fill()

    def empty(self) -> None:
        self._bound("")
        execute("DROP TRIGGER IF EXISTS brim")

    def remove(self) -> None:
        self.empty()
        execute("DROP TABLE filling")

    def _bound(self, pragma: str) -> None:
        self.set(connection.settings_dict["OPTIONS"], "init_command", f"{self.plain} {pragma}")
        connection.close()


class PostgresDisk:
    """As if: the server itself raises what it raises where a file cannot grow."""

    def __init__(self, monkeypatch) -> None:
        execute(
            "CREATE FUNCTION disk_full() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION "
            "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql"
        )

    def fill(self) -> None:
        execute("CREATE TRIGGER brim BEFORE INSERT ON studies_candidate EXECUTE FUNCTION disk_full()")

    def fill_to_the_brim(self) -> None:
        self.fill()
        execute("CREATE TRIGGER brim BEFORE INSERT ON studies_event EXECUTE FUNCTION disk_full()")

    def empty(self) -> None:
        for table in ("studies_candidate", "studies_event"):
            execute(f"DROP TRIGGER IF EXISTS brim ON {table}")

    def remove(self) -> None:
        execute("DROP FUNCTION disk_full CASCADE")


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def disk(monkeypatch, settings):
    settings.STUDIES_ROOT.mkdir()
    settings.DISK_RETRY_SECONDS = settings.SPARE_DISK = 0
    made = SqliteDisk(monkeypatch) if connection.vendor == "sqlite" else PostgresDisk(monkeypatch)
    yield made
    made.remove()


def evaluating(before_the_generation):
    """An engine whose first generation needs more than a page or two."""

    def engine(*args, **options):
        for item in FakeEngine()(*args, **options):
            if isinstance(item, GenerationFinished) and item.generation == 0:
                before_the_generation()
                large = tuple(one.model_copy(update={"spike_map": LARGE}) for one in item.candidates)
                item = item.model_copy(update={"candidates": large})
            yield item

    return engine


def test_a_full_database_pauses_the_study_which_resumes_when_there_is_space(study, disk, monkeypatch):
    paused = turn(study, evaluating(disk.fill))
    assert (paused.state, paused.reason_code, paused.reason) == ("paused", "out_of_disk", disk_full.FULL)
    assert (paused.attempts_since_progress, paused.checkpoints.count()) == (0, 2)
    assert study.events.last().payload == {"kind": "state_changed", "state": "paused", "reason": disk_full.FULL}
    if connection.vendor == "sqlite":  # PostgreSQL's own disk is not full here
        reaper.resume_after_disk_full()
        assert Study.objects.get().state == "paused"
    disk.empty()
    reaper.resume_after_disk_full()
    assert Study.objects.get().state == "queued"
    assert turn(study, evaluating(lambda: None)).state == "succeeded"
    assert study.candidates.count() == 4
    assert study.events.filter(kind="generation_finished").count() == 2


def test_where_not_even_the_pause_can_be_stored_it_is_no_failed_attempt_however_often(study, disk, monkeypatch):
    for _ in range(5):
        aside = turn(study, evaluating(disk.fill_to_the_brim))
        assert (aside.state, aside.holder, aside.reason_code) == ("running", "", "out_of_disk")
        assert aside.attempts_since_progress == 0
        assert services.claim(study.id, "tests/1/1") is None, "not before a while"
        Study.objects.update(not_before=None)
        disk.empty()
    assert turn(study, evaluating(lambda: None)).state == "succeeded"


@pytest.mark.parametrize("put_off", [services.pause, services.archive])
def test_a_study_that_waits_for_disk_space_stays_paused_where_a_user_pauses_or_archives_it(study, disk, put_off):
    turn(study, evaluating(disk.fill))
    disk.empty()
    put_off(study.id)
    reaper.resume_after_disk_full()
    assert Study.objects.get().state == "paused"


def test_a_turn_that_the_database_ended_is_no_failed_attempt(study, settings, monkeypatch):
    """Too many connections, say (SQLSTATE 53300): long enough to end a turn, and then there are some again."""
    settings.GIVE_UP_SECONDS = 0

    def refused(*args, **options):
        raise OperationalError("FATAL: sorry, too many clients already")

    monkeypatch.setattr("webapp.studies.worker.runner.services.commit_step", refused)
    for _ in range(5):
        assert (turn(study, FakeEngine()).state, study.holder, study.attempts_since_progress) == ("running", "", 0)


def test_a_lease_that_could_not_be_renewed_is_given_back_where_nobody_has_taken_it(study, settings, monkeypatch):
    settings.HEARTBEAT_SECONDS, settings.GIVE_UP_SECONDS = 0.01, 0

    first_step_stored = threading.Event()

    def renewed(*args, **options):
        if first_step_stored.is_set():
            raise OperationalError("FATAL: sorry, too many clients already")
        return "", ""

    def wait_until_the_heart_gives_up() -> None:
        first_step_stored.set()
        heart = next(thread for thread in threading.enumerate() if thread.name.startswith("lease of"))
        while heart.is_alive() and not heart.lost:
            heart.join(0.01)

    monkeypatch.setattr("webapp.studies.worker.heartbeat.services.renew_lease", renewed)
    left = turn(study, FakeEngine({2: wait_until_the_heart_gives_up}))
    assert (left.state, left.holder, left.attempts_since_progress) == ("running", "", 0)
    assert left.checkpoints.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite forbids nothing")
def test_where_the_database_forbids_to_try_the_next_step_tries(monkeypatch):
    forbidden = "DO $$ BEGIN RAISE EXCEPTION 'permission denied' USING ERRCODE = 'insufficient_privilege'; END $$"
    monkeypatch.setitem(disk_full.PROBES, connection.vendor, forbidden)
    assert disk_full.database_has_disk_space()


def test_there_is_space_where_a_megabyte_can_be_written(disk, settings, study):
    assert disk_full.database_has_disk_space()
    assert "disk_space_probe" not in connection.introspection.table_names()
    if connection.vendor == "sqlite":
        disk.fill()
        assert not disk_full.database_has_disk_space()
        disk.empty()
        settings.SPARE_DISK = 2**60
        assert not disk_full.database_has_disk_space()
