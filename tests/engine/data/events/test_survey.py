"""What a whole event data set tells of its recordings, and what it refuses with all of them counted."""

import io

import numpy as np
import pytest

from engine.config.data import DataConfig
from engine.data.events.event_set import EventSet, framed
from engine.data.events.event_survey import survey
from engine.data.files.file_trees import open_tree
from engine.data.preview.check import inspect
from engine.data.preview.preview import EventPreview, StoredPreview
from engine.data.readers import event_folder
from engine.data.readers.registry import READERS
from engine.errors import DataError
from tests.engine.data.events.test_decoders import aedat2
from tests.engine.data.files.test_tree import write_folder


def npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **{key: np.asarray(value) for key, value in arrays.items()})
    return file.getvalue()


def recording(*ts: int) -> bytes:
    n = len(ts)
    return npz(t=np.array(ts, int), x=np.arange(n) % 8, y=np.zeros(n, int), p=np.ones(n, bool))


def own(tmp_path, **files: bytes) -> EventSet:
    content = {f"{label}/{k}.npz": recording(0, 10, 20, 30) for label in "ab" for k in range(3)}
    content |= {f"a/{name}.npz": data for name, data in files.items()}
    return event_folder.read(open_tree(write_folder(tmp_path / "d", content)), 8, "mine")


@pytest.mark.parametrize("use", [lambda events: survey(events, ()), lambda events: framed(events, 2, "count", 8)])
def test_recordings_without_events_are_counted_and_named(use, tmp_path):
    events = own(tmp_path, e1=recording(), e2=recording(), e3=b"", e4=recording())
    with pytest.raises(
        DataError, match=r"d: 4 recordings \(a/e1\.npz, a/e2\.npz, a/e3\.npz, …\) without an event; delete"
    ):
        use(events)


def test_recordings_with_fewer_events_than_t_are_counted_and_named(tmp_path):
    events = own(tmp_path, f1=recording(1, 2, 3), f2=recording(5))
    with pytest.raises(
        DataError, match=r"2 recordings \(a/f1\.npz, a/f2\.npz\) with fewer events than network\.time_steps"
    ):
        framed(events, 4, "count", 8)
    assert len(framed(events, 4, "duration", 8)) == 8
    assert survey(events, ()).figures()["events"]["fewest"] == 1


def test_what_was_done_to_recordings_is_told_once_with_their_number(tmp_path):
    found = survey(own(tmp_path, g1=recording(0, 9, 5), g2=recording(0, 30, 4), g3=recording(0, 1)), ())
    assert found.notes == ("2 recordings (a/g1.npz, a/g2.npz): 1 events stood up to 4 µs out of order; sorted by time",)


def test_the_sensor_that_is_too_small_is_named_by_its_field(tmp_path):
    with pytest.raises(DataError, match=r"a/h\.npz: an event at x = 40; .* 0 to 7 \(data\.sensor_size\)"):
        framed(own(tmp_path, h=npz(t=[1, 2], x=[40, 1], y=[0, 0], p=[1, 1])), 1, "count", 8)


FRAMES = np.random.default_rng(0).poisson(0.5, (4, 2, 8, 8)).astype(np.float32)


def frames_folder(tmp_path):
    root = "frames_number_4_split_by_number"
    files = {f"{root}/{label}/{k}.npz": npz(frames=FRAMES + k) for label in "ab" for k in range(5)}
    return write_folder(tmp_path / "d", files)


def test_a_folder_of_ready_made_frames_is_a_data_set_of_that_t(tmp_path):
    events = event_folder.read(open_tree(frames_folder(tmp_path)), 8, "mine")
    np.testing.assert_array_equal(framed(events, 4, "count", 8)[1], FRAMES + 1)
    found = survey(events, ())
    assert found.figures()["time_steps"] == 4
    assert found.notes == ("all recordings: ready-made frames of T = 4; data.frames_by does not apply",)
    with pytest.raises(DataError, match=r"ready made with T = 4.*network\.time_steps is 5"):
        framed(events, 5, "count", 8)


def test_ready_made_frames_are_previewed_as_they_are(tmp_path):
    found = inspect(frames_folder(tmp_path))
    assert isinstance(found.preview, EventPreview)
    found.preview.write(tmp_path / "preview")
    shown = StoredPreview(tmp_path / "preview").frames(0, 4, "count", 34)  # the smallest usual sensor
    np.testing.assert_array_equal(shown[:, :, :8, :8], FRAMES)
    with pytest.raises(DataError, match="ready made with T = 4"):
        StoredPreview(tmp_path / "preview").frames(0, 8, "count", 8)


def test_events_and_ready_made_frames_are_not_mixed(tmp_path):
    with pytest.raises(DataError, match=r"cannot be used together: events in a/0\.npz, frames of T = 4 in a/i\.npz"):
        survey(own(tmp_path, i=npz(frames=FRAMES)), ())


def test_the_check_tells_what_was_done(tmp_path):
    own(tmp_path, g=recording(0, 9, 5, 12))
    report = inspect(tmp_path / "d").report
    assert report["note"].endswith("; 1 recording (a/g.npz): 1 events stood up to 4 µs out of order; sorted by time")
    single = inspect(tmp_path / "d" / "a" / "g.npz").report
    assert (single["events"], single["note"]) == (
        4,
        "one recording; 1 events stood up to 4 µs out of order; sorted by time",
    )


def test_n_caltech101_as_it_is_published(tmp_path):
    events = bytes([1, 2, 0x80, 0, 9, 3, 4, 0, 0, 12])
    classes = ("accordion", "BACKGROUND_Google", "Faces_easy")
    files = {f"Caltech101/{name}/image_{k:04}.bin": events for name in classes for k in range(1, 6)}
    files |= {f"Caltech101_annotations/{name}/annotation_0001.bin": bytes(33) for name in classes}
    found = inspect(write_folder(tmp_path / "d", files)).report
    assert (found["dataset"], found["classes"]) == ("events", ["BACKGROUND_Google", "Faces_easy", "accordion"])
    assert found["events"]["total"] == 30


@pytest.mark.parametrize(("dataset", "expected"), [("cifar10_dvs", (122, 124)), ("events", (124, 122))])
def test_only_cifar10_dvs_is_turned(dataset, expected, tmp_path):
    files = {
        f"{name}/cifar10_{name}_{k}.aedat": aedat2((5 << 8 | 3 << 1, 10)) for name in ("cat", "dog") for k in range(9)
    }
    config = DataConfig.model_validate({"dataset": dataset, "path": "d", "classes": 2 if dataset == "events" else None}
                                       | ({"sensor_size": 128} if dataset == "events" else {}))  # fmt: skip
    found = READERS[dataset].read(open_tree(write_folder(tmp_path / "d", files)), config)
    assert isinstance(found, EventSet)
    _, first = next(found.recordings(found.train[:1]))
    assert (int(first.x[0]), int(first.y[0])) == expected
