"""Event data sets: classes and splits from the files people have, frames of all of them, and the cache."""

import errno
import io
import os
import time

import numpy as np
import pytest

from engine.data.events import frame_cache
from engine.data.events.event_set import EventSet, as_raw, framed, natural
from engine.data.events.frame_cache import cached_frames
from engine.data.files.file_trees import TarTree, open_tree
from engine.data.readers import event_folder, gesture
from engine.errors import DataError
from tests.engine.data.events.test_decoders import AEDAT3_HEADER, packet
from tests.engine.data.files.test_tree import write_folder, write_zip
from tests.engine.data.forms import pack


def recording(*ts: int) -> bytes:
    file = io.BytesIO()
    t = np.array(ts)
    np.savez(file, t=t, x=np.arange(len(t)) % 8, y=np.zeros(len(t), int), p=np.ones(len(t), bool))
    return file.getvalue()


ONE = recording(0, 10, 20, 30)


def names(clips):
    return [clip.file for clip in clips]


def test_the_last_of_every_class_by_number_is_held_out(tmp_path):
    files = {f"{label}/clip_{k}.npz": ONE for label in ("cat", "dog") for k in (1, 2, 10, 9, 3)}
    found = event_folder.read(open_tree(write_zip(tmp_path / "own.zip", files)), 8, "mine")
    assert found.class_names == ("cat", "dog")
    assert names(found.test) == ["cat/clip_10.npz", "dog/clip_10.npz"]
    assert names(found.train)[:4] == [f"cat/clip_{k}.npz" for k in (1, 2, 3, 9)]
    assert "last 20% of every class" in found.note


@pytest.mark.parametrize("folders", [("Train", "Test"), ("mine/train", "mine/val")])
def test_folders_for_the_splits_are_used(folders, tmp_path):
    files = {f"{folder}/{label}/{k}.npz": ONE for folder in folders for label in "01" for k in range(2)}
    found = event_folder.read(open_tree(write_folder(tmp_path / "d", files)), 8, "mine")
    assert {name.rsplit("/", 2)[0] for name in names(found.train)} == {folders[0]}
    assert {name.rsplit("/", 2)[0] for name in names(found.test)} == {folders[1]}
    assert [clip.label for clip in found.train] == [0, 0, 1, 1]


def test_of_three_splits_the_middle_one_is_the_study_s_validation(tmp_path):
    files = {
        f"{split}/{label}/{k}.npz": ONE for split in ("Train_data", "val", "Test") for label in "ab" for k in (1, 2)
    }
    found = event_folder.read(open_tree(write_zip(tmp_path / "own.zip", files)), 8, "mine")
    assert (len(found.train), found.validation, len(found.test)) == (8, 4, 4)
    assert {name.split("/")[0] for name in names(found.train[-4:])} == {"val"}
    raw = as_raw(found, framed(found, 2, "count", 8), "count")
    assert (len(raw.train.labels), raw.validation) == (8, 4)
    assert "Train_data = training (4), val = validation (4), Test = test (4)" in found.note


def test_folders_inside_a_class_are_part_of_it(tmp_path):
    files = {f"{label}/{day}/{k}.npz": ONE for label in ("cat", "dog") for day in ("day", "night") for k in (1, 2)}
    files |= {"view.npz": ONE, "docs/read.txt": b"1"}
    found = event_folder.read(open_tree(write_folder(tmp_path / "d", files)), 8, "mine")
    assert found.class_names == ("cat", "dog")
    assert "not read, in no class folder: 1 recording (view.npz)" in found.note
    assert "no recordings in docs" in found.note


def test_a_class_that_is_tested_and_never_trained_is_refused(tmp_path):
    files = {"train/a/1.npz": ONE, "train/b/1.npz": ONE, "test/c/1.npz": ONE}
    with pytest.raises(DataError, match="the class 'c' has test samples"):
        event_folder.read(open_tree(write_folder(tmp_path / "d", files)), 8, "mine")


def test_a_folder_that_is_no_class_is_named(tmp_path):
    tree = open_tree(write_folder(tmp_path / "d", {"0/a.bin": bytes(5), "zebra/b.bin": bytes(5)}))
    with pytest.raises(DataError, match=r"zebra/b\.bin lies in no class folder; these are 0, 1"):
        event_folder.read(tree, 34, "N-MNIST", ["0", "1"])


def test_natural_order_counts():
    assert sorted(["b10", "b9", "a", "b1c"], key=natural) == ["a", "b1c", "b9", "b10"]


@pytest.mark.data
def test_nmnist_sample(test_data):
    found = event_folder.read(open_tree(test_data / "nmnist_1000" / "nmnist_train1000.zip"), 34, "N-MNIST")
    assert (len(found.train), len(found.test)) == (801, 199)
    assert found.class_names == tuple("0123456789")
    raw = as_raw(found, framed(found, 4, "count", 17), "count")
    assert raw.train.images.shape == (801, 4, 2, 17, 17)
    assert raw.train.images.dtype == np.uint8
    everything = sum(len(part) for _, part in found.recordings(found.clips))
    assert raw.train.images.sum(dtype=int) + raw.test.images.sum(dtype=int) == everything


@pytest.mark.data
def test_gesture_sample(test_data):
    found = gesture.read(open_tree(test_data / "samples" / "DvsGesture"))
    assert (len(found.train), len(found.test)) == (21, 11)
    assert [clip.label for clip in found.test] == list(range(11))
    lengths = {place: part.duration for place, part in found.recordings(found.train)}
    assert all(
        length <= clip.end - clip.start for clip, length in zip(found.train, map(lengths.get, range(21)), strict=True)
    )


@pytest.mark.data
def test_real_gesture_clips_read_from_the_zip(test_data):
    archive = test_data / "dvs128_gesture_10clips" / "gesture_10clips.zip"
    found = gesture.read(open_tree(archive))
    assert (len(found.clips), found.sensor) == (10, 128)
    assert sorted(len(part) for _, part in found.recordings(found.clips))[0] > 60_000


EVENT = 1 << 17 | 1 << 2 | 3
LABELS = "class,startTime_usec,endTime_usec\n"


def gesture_files(labels: str) -> dict[str, bytes]:
    data = AEDAT3_HEADER + packet([(EVENT, t) for t in range(0, 100, 5)])
    return {
        "trials_to_train.txt": b"user01_led.aedat\n",
        "trials_to_test.txt": b"user02_led.aedat\n",
        **{f"user0{k}_led.aedat": data for k in (1, 2)},
        **{f"user0{k}_led_labels.csv": labels.encode() for k in (1, 2)},
    }


def test_gestures_are_cut_where_their_labels_say(tmp_path):
    files = gesture_files(LABELS + "3,10,30\n11,50,60\n")
    found = gesture.read(open_tree(write_folder(tmp_path / "d", files)))
    cut = dict(found.recordings(found.train))
    assert [clip.label for clip in found.train] == [2, 10]
    assert cut[0].t.tolist() == [10, 15, 20, 25]
    assert cut[1].t.tolist() == [50, 55]


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (LABELS + "12,0,5\n", r"led_labels\.csv, line 2: class must be 1 to 11, got 12"),
        (LABELS + "1,0,5\n1,9,9\n", "line 3: the start must come before the end, got 9 and 9"),
        (LABELS + "1,zero,5\n", "line 2: must be class,startTime_usec,endTime_usec in whole numbers"),
        ("a,b\n1,2\n", "line 2: must be class"),
    ],
)
def test_a_wrong_label_is_named_with_its_line(labels, reason, tmp_path):
    with pytest.raises(DataError, match=reason):
        gesture.read(open_tree(write_folder(tmp_path / "d", gesture_files(labels))))


def test_a_recording_without_a_table_is_named(tmp_path):
    files = gesture_files(LABELS)
    del files["user02_led_labels.csv"]
    with pytest.raises(DataError, match=r"user02_led_labels\.csv is missing beside user02_led\.aedat"):
        gesture.read(open_tree(write_folder(tmp_path / "d", files)))


def test_an_archive_is_unpacked_as_often_for_many_recordings_as_for_one(tmp_path, monkeypatch):
    passes = []
    each = TarTree.each
    monkeypatch.setattr(TarTree, "each", lambda *asked: passes.append(asked) or each(*asked))
    counts = []
    for users in ("1", "123456"):
        files = {f"user{k}.aedat": b"" for k in users} | {f"user{k}_labels.csv": LABELS.encode() for k in users}
        files |= {"trials_to_train.txt": b"", "trials_to_test.txt": b""}
        write_folder(tmp_path / users, files)
        passes.clear()
        gesture.read(open_tree(pack(tmp_path / users, tmp_path / f"{users}.tar.gz", "DvsGesture")))
        counts.append(len(passes))
    assert counts[0] == counts[1]


def test_a_label_where_nothing_happens_is_named(tmp_path):
    found = gesture.read(open_tree(write_folder(tmp_path / "d", gesture_files(LABELS + "1,500,600\n"))))
    with pytest.raises(DataError, match=r"names 500 to 600 µs, where it has no events"):
        dict(found.recordings(found.train))


def own(tmp_path, **files: bytes) -> EventSet:
    content = {f"{label}/{k}.npz": ONE for label in "ab" for k in range(3)}
    content |= {f"a/{name}.npz": data for name, data in files.items()}
    return event_folder.read(open_tree(write_folder(tmp_path / "d", content)), 8, "mine")


def test_a_pixel_that_counts_past_255_is_kept_exactly(tmp_path):
    frames = framed(own(tmp_path, **{"0": recording(*range(8 * 1000))}), 1, "count", 8)
    assert frames.dtype == np.int16
    assert frames.max() == 1000


def test_a_pixel_that_counts_past_what_can_be_kept_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.data.events.event_set.MAX_COUNT", 999)
    with pytest.raises(DataError, match=r"a/0\.npz: 1,000 events of one pixel in one frame; at most 999: raise T"):
        framed(own(tmp_path, **{"0": recording(*range(8 * 1000))}), 1, "count", 8)


def test_the_cache_forgets_what_was_unused_longest(tmp_path, monkeypatch):
    folder = tmp_path / frame_cache.FOLDER
    folder.mkdir()
    for name, used in (("oldest", 1), ("older", 2)):
        (folder / f"{name}.npy").write_bytes(bytes(600))
        os.utime(folder / f"{name}.npy", (used, used))
    events = own(tmp_path)
    monkeypatch.setattr(frame_cache, "MAX_CACHE", 600 + 128 + 6 * 2 * 2 * 8 * 8)
    cached_frames(events, "content", 2, "count", 8, tmp_path)
    assert not (folder / "oldest.npy").exists()
    assert (folder / "older.npy").exists()
    assert len(list(folder.iterdir())) == 2


def test_a_full_disk_leaves_nothing_of_a_cache_file_and_the_study_goes_on(tmp_path, monkeypatch):
    def full(file, *_, **__):
        file.write(b"begun")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    assert len(cached_frames(own(tmp_path), "content", 2, "count", 8, tmp_path).train.images)
    assert list((tmp_path / frame_cache.FOLDER).iterdir()) == []


def test_a_cache_file_is_on_disk_before_it_has_its_name(tmp_path, monkeypatch):
    folder, named = tmp_path / frame_cache.FOLDER, []
    monkeypatch.setattr(os, "fsync", lambda _: named.append(list(folder.glob("*.npy"))))
    cached_frames(own(tmp_path), "content", 2, "count", 8, tmp_path)
    assert named == [[]]
    assert len(list(folder.glob("*.npy"))) == 1


def test_what_killed_writers_left_is_swept_and_what_living_ones_write_is_not(tmp_path):
    folder = tmp_path / frame_cache.FOLDER
    folder.mkdir()
    now = time.time()
    for name, age in (("killed", 25 * 3600), ("living", 23 * 3600)):
        (folder / f"{name}.part").write_bytes(b"begun")
        os.utime(folder / f"{name}.part", (now - age, now - age))
    cached_frames(own(tmp_path), "content", 2, "count", 8, tmp_path)
    assert [path.name for path in folder.glob("*.part")] == ["living.part"]


def test_frames_that_cannot_fit_are_refused_before_they_are_made(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.data.events.event_set.MAX_FRAME_BYTES", 1000)
    with pytest.raises(DataError, match=r"take 1,536 bytes; at most 1,000: lower T or the size"):
        framed(own(tmp_path), 2, "count", 8)


def test_frames_come_from_the_cache_the_second_time_and_never_for_other_settings(tmp_path, monkeypatch):
    events, made = own(tmp_path), []

    def counted(*arguments):
        made.append(arguments[1:])
        return framed(*arguments)

    monkeypatch.setattr(frame_cache, "framed", counted)
    content = events.tree.content_hash()
    first = cached_frames(events, content, 2, "count", 8, tmp_path)
    again = cached_frames(events, content, 2, "count", 8, tmp_path)
    np.testing.assert_array_equal(first.train.images, again.train.images)
    assert (first.note, first.test.labels.tolist()) == (again.note, again.test.labels.tolist())
    assert made == [(2, "count", 8)]
    for other in [(3, "count", 8), (2, "duration", 8), (2, "count", 4)]:
        cached_frames(events, content, *other, tmp_path)
    cached_frames(events, "another content", 2, "count", 8, tmp_path)
    assert len(made) == 5


def test_a_damaged_cache_is_made_again(tmp_path):
    events = own(tmp_path)
    content = events.tree.content_hash()
    first = cached_frames(events, content, 2, "count", 8, tmp_path)
    [file] = (tmp_path / frame_cache.FOLDER).iterdir()
    file.write_bytes(b"\x93NUMPY rubbish")
    np.testing.assert_array_equal(
        cached_frames(events, content, 2, "count", 8, tmp_path).train.images, first.train.images
    )
