"""Two cameras in one file are never merged; a camera without events is no second one."""

import io
import struct
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.data.events.decoders import decode
from engine.errors import DataError

GOLDEN = Path(__file__).parents[1] / "golden"
EVENT = 7 << 17 | 9 << 2 | 1 << 1 | 1


def aedat3(*packets: tuple[int, list[int]]) -> bytes:
    data = b"#!AER-DAT3.1\r\n#Source 1: DVS128\r\n#Source 2: DAVIS346\r\n#!END-HEADER\r\n"
    for source, events in packets:
        data += struct.pack("<HHIIIIII", 1, source, 8, 4, 0, len(events), len(events), len(events))
        data += b"".join(struct.pack("<II", event, t) for t, event in enumerate(events))
    return data


def test_two_sources_of_aedat3_are_refused_with_their_events():
    with pytest.raises(
        DataError, match=r"2 cameras, which are never merged: source 1 \(2 events\), source 2 \(1 events\)"
    ):
        decode(aedat3((1, [EVENT, EVENT]), (2, [EVENT])), "a.aedat")


def test_a_source_without_valid_events_is_no_second_camera():
    assert len(decode(aedat3((1, [EVENT, EVENT]), (2, [EVENT & ~1])), "a.aedat")) == 2


def test_two_streams_of_aedat4_are_refused_with_their_events():
    with pytest.raises(DataError, match=r"2 cameras.*stream 0 \(60 events\), stream 1 \(50 events\)"):
        decode((GOLDEN / "dv_two.aedat4").read_bytes(), "a.aedat4")


def test_a_silent_stream_of_aedat4_is_no_second_camera():
    found = decode((GOLDEN / "dv_one_silent.aedat4").read_bytes(), "a.aedat4")
    assert (len(found), int(found.x.max()) < 20) == (60, True)


def test_aedat_3_0_whose_y_counts_from_the_bottom_is_refused_by_name():
    with pytest.raises(DataError, match=r"AEDAT 3\.0, whose y counts from the bottom; only 3\.1 is read"):
        decode(aedat3((1, [EVENT])).replace(b"DAT3.1", b"DAT3.0"), "a.aedat")


def test_two_cameras_of_hdf5_are_refused_by_their_groups():
    file = io.BytesIO()
    with h5py.File(file, "w") as written:
        for side in ("left", "right"):
            for key in "xypt":
                written[f"prophesee/{side}/{key}"] = np.arange(3)
    with pytest.raises(DataError, match=r"2 cameras.*prophesee/left \(3 events\), prophesee/right \(3 events\)"):
        decode(file.getvalue(), "a.h5")
