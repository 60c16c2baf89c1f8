"""DVS128 Gesture is known by its lists of trials or its tables of gestures, not by a file's name."""

import pytest

from engine.data.files.file_trees import open_tree
from engine.data.readers import gesture
from tests.engine.data.files.test_tree import write_folder

TABLE = b"class,startTime_usec,endTime_usec\n1,0,5\n"
FOUND = {
    "lists and recordings": {"DvsGesture/trials_to_train.txt": b"", "DvsGesture/user01_led.aedat": b"#!AER-DAT3.1"},
    "a recording with its table": {"user01_led.aedat": b"", "user01_led_labels.csv": TABLE},
    "a table that Excel wrote": {"user01_led.aedat": b"", "user01_led_labels.csv": b"\xef\xbb\xbf" + TABLE},
}
NOT = {
    "labels beside pictures": {"train_labels.csv": b"file,label\na.png,cat\n", "train/a.png": b""},
    "a table without its recording": {"user01_labels.csv": TABLE, "a/other.aedat": b""},
    "another table beside a recording": {"train.aedat": b"", "train_labels.csv": b"file,label\n"},
    "a list without recordings": {"trials_to_train.txt": b"a\n", "a/1.png": b""},
    "a table that is too large to look at": {"a.aedat": b"", "a_labels.csv": TABLE + bytes(1_000_001)},
}


@pytest.mark.parametrize("case", FOUND)
def test_what_is_dvs128_gesture(case, tmp_path):
    assert gesture.recognises(open_tree(write_folder(tmp_path / "d", FOUND[case])))


@pytest.mark.parametrize("case", NOT)
def test_what_is_not(case, tmp_path):
    assert not gesture.recognises(open_tree(write_folder(tmp_path / "d", NOT[case])))


@pytest.mark.parametrize(
    ("name", "data", "held"),
    [
        ("user01_led.aedat", b"#!AER-DAT3.1\r\n", True),
        ("user01_led.aedat", b"#!AER-DAT2.0\r\n", False),
        ("mine.aedat", b"#!AER-DAT3.1\r\n", False),
        ("user01_led.png", b"", False),
    ],
)
def test_the_recordings_themselves_tell(name, data, held, tmp_path):
    assert gesture.looks_like(open_tree(write_folder(tmp_path / "d", {name: data}))) == held


def test_a_table_that_excel_wrote_is_read(tmp_path):
    files = FOUND["a table that Excel wrote"]
    found = gesture.read(open_tree(write_folder(tmp_path / "d", files)))
    assert [(clip.label, clip.start, clip.end) for clip in found.clips] == [(0, 0, 5)]
