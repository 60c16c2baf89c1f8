"""HDF5 of events: the layouts people have, and everything in it that could do harm."""

import contextlib
import io

import h5py
import numpy as np
import pytest

from engine.data.events.decoders import decode, hdf5_limits
from engine.errors import DataError

EVENTS = {"x": [3, 4, 5], "y": [6, 7, 8], "p": [1, 0, 1], "t": [10, 20, 40]}
EXPECTED = [(10, 3, 6, True), (20, 4, 7, False), (40, 5, 8, True)]


def file(write) -> bytes:
    data = io.BytesIO()
    with h5py.File(data, "w") as opened:
        write(opened)
    return data.getvalue()


def rows(events):
    return list(zip(events.t.tolist(), events.x.tolist(), events.y.tolist(), events.p.tolist(), strict=True))


def dsec(opened, **how):
    for key, values in EVENTS.items():
        opened.create_dataset(f"events/{key}", data=np.array(values, "<u4"), chunks=(2,), **how)
    opened["ms_to_idx"] = np.arange(4)
    opened["t_offset"] = 1_000


@pytest.mark.parametrize(
    "how", [{}, {"compression": "gzip"}, {"compression": "lzf", "shuffle": True, "fletcher32": True}]
)
def test_dsec_with_the_offset_that_its_times_lack(how):
    found = decode(file(lambda opened: dsec(opened, **how)), "events.h5")
    assert rows(found) == [(t + 1_000, x, y, p) for t, x, y, p in EXPECTED]


def test_events_at_the_top_and_under_other_names():
    names = {"x": "xs", "y": "ys", "p": "ps", "t": "ts"}
    found = decode(file(lambda opened: opened.update({names[key]: EVENTS[key] for key in EVENTS})), "a.hdf5")
    assert rows(found) == EXPECTED


def test_v2e_keeps_one_array_of_four_columns():
    array = np.array([[5000, 3, 6, 1], [6000, 4, 7, 0]], np.uint32)
    assert rows(decode(file(lambda opened: opened.update({"events": array})), "a.h5")) == [
        (5000, 3, 6, True),
        (6000, 4, 7, False),
    ]


def test_prophesees_layout_without_its_codec():
    array = np.array([(3, 6, 1, 10)], [("x", "<u2"), ("y", "<u2"), ("p", "<i2"), ("t", "<i8")])
    assert rows(decode(file(lambda opened: opened.update({"CD/events": array})), "a.h5")) == [(10, 3, 6, True)]


def test_spikes_of_units_are_refused_with_what_they_are():
    content = {"spikes/times": np.zeros(3), "spikes/units": np.zeros(3, int), "labels": np.zeros(1, int)}
    with pytest.raises(DataError, match=r"spikes of units \(SHD, SSC\): sound in one dimension"):
        decode(file(lambda opened: opened.update(content)), "shd_train.h5")


def with_filter(number: int):
    def write(opened):
        for key, values in EVENTS.items():
            how = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            how.set_chunk((2,))
            how.set_filter(number, h5py.h5z.FLAG_OPTIONAL, (0,))
            space = h5py.h5s.create_simple((3,))
            h5py.h5d.create(opened.id, key.encode(), h5py.h5t.STD_U32LE, space, dcpl=how).write(
                space, space, np.array(values, "<u4")
            )

    return write


def no_events(opened):
    opened["images"] = np.zeros((3, 8, 8))


def link_elsewhere(opened):
    opened["events"] = h5py.ExternalLink("/etc/passwd", "/events")
    for key in "xyp":
        opened[key] = EVENTS[key]
    opened["t"] = h5py.SoftLink("/x")


def elsewhere(opened):
    for key in "xyp":
        opened[key] = EVENTS[key]
    opened.create_dataset("t", (3,), "<u4", external=[("/etc/passwd", 0, 12)])


def virtual(opened):
    layout = h5py.VirtualLayout((3,), "<u4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "t", (3,))
    for key in "xyp":
        opened[key] = EVENTS[key]
    opened.create_virtual_dataset("t", layout)


def never_written(opened):
    for key in EVENTS:
        opened.create_dataset(key, (90_000_000,), "<u8", chunks=(1000,))


def bomb(opened):
    for key in EVENTS:
        opened.create_dataset(key, data=np.zeros(2_000_000, "<u8"), chunks=(1_000_000,), compression="gzip")


def too_many(opened):
    for key in EVENTS:
        opened.create_dataset(key, (1 << 40,), "<u8", chunks=(1000,))


def wide_chunks(opened):
    for key in EVENTS:
        opened.create_dataset(key, data=np.arange(10, dtype="<u8"), chunks=(9_000_000,), maxshape=(None,))


def texts(opened):
    for key in EVENTS:
        opened[key] = ["a", "b", "c"]


def a_circle(opened):
    opened.create_group("a")
    opened["a"]["a"] = opened["a"]


REFUSED = {
    "Prophesee's codec": (with_filter(36559), r"compressed with ECF, Prophesee's codec; convert it with Metavision"),
    "blosc": (with_filter(32001), r"compressed with blosc; only gzip and LZF are read: .*h5repack"),
    "a filter nobody knows": (with_filter(40000), "compressed with filter 40000"),
    "no events": (no_events, r"neither x, y, p and t in one group nor an array events .*; it has images"),
    "links": (link_elsewhere, "holds no events: neither"),
    "content in another file": (elsewhere, "t: lies in another file, which is never opened"),
    "a virtual dataset": (virtual, "t: lies in another file, which is never opened"),
    "what was never written": (never_written, r"would grow from 0 to 720,000,000 bytes; at most 100 times"),
    "a bomb": (bomb, r"would grow from [\d,]+ to 16,000,000 bytes; at most 100 times"),
    "more than memory is kept for": (too_many, r"declares \[1099511627776\]; at most 100,000,000 events"),
    "chunks as large as files": (wide_chunks, "in chunks of 72,000,000 bytes; at most 64,000,000"),
    "texts": (texts, "must be plain numbers, got object"),
    "a circle of groups": (a_circle, "holds more than 1,000 objects"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_read_is_named(case):
    write, reason = REFUSED[case]
    with pytest.raises(DataError, match=rf"a\.h5: .*{reason}"):
        decode(file(write), "a.h5")


@pytest.mark.parametrize("cut", [20, 600, 2_000])
def test_a_truncated_file_is_refused(cut):
    with pytest.raises(DataError, match="not a readable HDF5 file, or truncated"):
        decode(file(dsec)[:cut], "a.h5")


def test_a_file_of_many_objects_is_refused(monkeypatch):
    monkeypatch.setattr(hdf5_limits, "MAX_OBJECTS", 3)
    with pytest.raises(DataError, match="holds more than 3 objects"):
        decode(file(dsec), "a.h5")


def test_damage_anywhere_is_refused_or_read_but_never_crashes():
    data, rng = file(dsec), np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), 4):
            damaged[place] = rng.integers(0, 256)
        with contextlib.suppress(DataError):
            assert len(decode(bytes(damaged), "a.h5")) > 0
