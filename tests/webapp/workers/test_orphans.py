"""Folders without a row: what a crash between the two leaves goes after a day, and what anybody owns stays."""

from __future__ import annotations

import logging
import os
import time
import uuid
from pathlib import Path

import pytest

from tests.webapp.studies.worker.test_runner import turn
from webapp.datasets import files as dataset_files
from webapp.datasets import garbage as dataset_garbage
from webapp.datasets import services as datasets
from webapp.datasets.models import Dataset
from webapp.studies import services, tasks
from webapp.studies.files import workdir
from webapp.studies.models import Study
from webapp.studies.worker import file_retention
from webapp.studies.worker.cleanup import CleanUp, remove_folder
from webapp.workers.foreign_folders import MARKER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _looked_after(settings):
    """As in a studio that runs: the roots are known to be this database's before anything is left in them."""
    for root in (settings.STUDIES_ROOT, dataset_files.uploads(), settings.PREVIEWS_ROOT):
        root.mkdir(parents=True, exist_ok=True)
    file_retention.remove_orphan_folders()
    dataset_garbage.remove_orphan_folders()


class Killed(BaseException):
    """The process ends here; nothing that it meant to do afterwards is done."""


def die(*_, **__):
    raise Killed


def age(*folders: Path) -> None:
    """Nothing in them has changed for more than a day."""
    then = time.time() - 86_400 - 60
    for folder in folders:
        for path in (*folder.rglob("*"), folder):
            os.utime(path, (then, then), follow_symlinks=False)


def left(folder: Path) -> Path:
    """A folder with something in it, a moment old."""
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / "0001.safetensors").write_text("x")
    return folder


def test_a_study_whose_deletion_was_cut_off_goes_whole_whichever_went_first(study, settings, monkeypatch):
    settings.UNDO_SECONDS = -60
    folder = left(workdir(study.id))
    services.cancel(study.id)
    services.delete(study.id)

    def dies_after_the_files(study_id):
        remove_folder(study_id)
        raise Killed

    with pytest.raises(Killed):
        services.purge(dies_after_the_files)
    assert (folder.exists(), Study.objects.exists()) == (False, True)
    left(folder)  # somebody who was still at it wrote once more
    services.purge(lambda study_id: None)
    assert (folder.exists(), Study.objects.exists()) == (True, False)
    assert file_retention.remove_orphan_folders() == 0, "it may still be written"
    age(folder)
    assert file_retention.remove_orphan_folders() == 1
    assert not folder.exists()


def test_what_a_killed_fork_copied_goes_after_a_day_and_is_logged_by_its_id(study, alice, monkeypatch, caplog):
    searched = turn(study, tasks.run_engine)
    monkeypatch.setattr("webapp.studies.services.forking._store_fork", die)
    monkeypatch.setattr("webapp.studies.services.forking.shutil.rmtree", lambda *_, **__: None)
    with pytest.raises(Killed):
        services.fork(alice, searched, 1, {})
    monkeypatch.undo()
    source = workdir(searched.id)
    (copied,) = set(source.parent.iterdir()) - {source, source.parent / MARKER}
    age(source)
    age(copied)
    (copied / "checkpoints").touch()  # its newest file counts: a fork that takes long is still at work
    assert file_retention.remove_orphan_folders() == 0
    age(copied)
    clean_up = CleanUp()
    with caplog.at_level(logging.WARNING, "webapp.workers.orphans"):
        clean_up.turn()
    assert f"study {copied.name}: its folder" in caplog.text
    assert (copied.exists(), source.exists()) == (False, True)


def test_whatever_a_study_owns_stays_however_old(study, alice, config, settings):
    running, deleted, queued = study, services.create_study(alice, config), services.create_study(alice, config)
    services.claim(running.id, "a")
    services.cancel(deleted.id)
    services.delete(deleted.id)
    folders = [left(workdir(one.id)) for one in (running, deleted, queued)]
    age(*folders)
    assert file_retention.remove_orphan_folders() == 0
    assert all(folder.exists() for folder in folders)


def test_what_is_not_named_by_an_id_stays(study, settings, tmp_path):
    root = settings.STUDIES_ROOT
    others = [left(root / name) for name in ("lost+found", f"{uuid.uuid4()}-copy", f"of-{uuid.uuid4()}")]
    elsewhere = left(tmp_path / "elsewhere")
    link, file = root / str(uuid.uuid4()), root / str(uuid.uuid4())
    link.symlink_to(elsewhere)
    file.write_text("x")
    age(*others, elsewhere, link, file)
    assert file_retention.remove_orphan_folders() == 0
    assert all(path.exists() for path in (*others, elsewhere / "checkpoints", link, file))


def test_folders_that_were_there_before_the_database_are_never_removed(study, settings):
    (settings.STUDIES_ROOT / MARKER).unlink()
    there = left(settings.STUDIES_ROOT / str(uuid.uuid4()))
    age(there)
    assert file_retention.remove_orphan_folders() == 0
    later = left(settings.STUDIES_ROOT / str(uuid.uuid4()))
    age(later)
    assert file_retention.remove_orphan_folders() == 1
    assert (there.exists(), later.exists()) == (True, False)


def test_a_root_that_two_databases_have_used_keeps_every_folder(study, settings, monkeypatch):
    of_the_first = left(settings.STUDIES_ROOT / str(uuid.uuid4()))
    with monkeypatch.context() as other:
        other.setattr("webapp.workers.foreign_folders._identity", lambda: "another")
        of_the_second = left(settings.STUDIES_ROOT / str(uuid.uuid4()))
        age(of_the_first, of_the_second)
        assert file_retention.remove_orphan_folders() == 0
    assert file_retention.remove_orphan_folders() == 0, "the first is back, and does not know the second's"
    assert of_the_first.exists()
    assert of_the_second.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"databases": 3}', '{"databases": [], "strangers": 5}'])
def test_a_damaged_marker_removes_nothing_and_says_so(study, settings, caplog, content):
    (settings.STUDIES_ROOT / MARKER).write_text(content)
    folder = left(settings.STUDIES_ROOT / str(uuid.uuid4()))
    age(folder)
    assert file_retention.remove_orphan_folders() == 0
    assert folder.exists()
    assert "is damaged" in caplog.text


def test_a_root_that_is_not_mounted_is_not_made(study, settings):
    settings.STUDIES_ROOT = settings.STUDIES_ROOT / "not-mounted"
    assert file_retention.remove_orphan_folders() == 0
    assert not settings.STUDIES_ROOT.exists()


@pytest.fixture
def upload(alice):
    """A maker of uploads with a first byte and a preview."""

    def make() -> Dataset:
        made = datasets.begin_upload(alice, "Mine", "mine.npz", 10)
        datasets.take_chunk(made, 0, b"PK\x03\x04")
        left(dataset_files.preview_folder(made.id))
        return made

    return make


def test_an_upload_whose_deletion_was_cut_off_goes_after_a_day(upload, monkeypatch, caplog):
    kept, gone = upload(), upload()
    with monkeypatch.context() as killed:
        killed.setattr(dataset_files, "delete", die)
        with pytest.raises(Killed):
            datasets.remove(gone)
    assert list(Dataset.objects.values_list("id", flat=True)) == [kept.id]
    draft = left(dataset_files.draft_folder(gone.id))
    mine, orphans = (
        [dataset_files.upload_folder(one.id), dataset_files.preview_folder(one.id)] for one in (kept, gone)
    )
    orphans.append(draft)
    assert dataset_garbage.remove_orphan_folders() == 0
    age(*mine, *orphans)
    assert dataset_garbage.remove_orphan_folders() == 3
    assert caplog.text.count(f"data set {gone.id}: its folder") == 3
    assert [path.exists() for path in (*mine, *orphans)] == [True, True, False, False, False]


def test_a_database_is_known_from_the_first_look_on(study, settings, monkeypatch):
    """One that was used for some minutes only has folders too, which the one before it must not take away."""
    with monkeypatch.context() as other:
        other.setattr("webapp.workers.foreign_folders._identity", lambda: "used for minutes")
        CleanUp().turn()
        its = left(settings.STUDIES_ROOT / str(uuid.uuid4()))
    age(its)
    assert file_retention.remove_orphan_folders() == 0
    assert its.exists()
