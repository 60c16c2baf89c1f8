"""Events as NumPy arrays: by their names in any order, by evidence where they have none; ready-made frames."""

import io

import numpy as np
import pytest

from engine.data.events.decoders import decode
from engine.data.events.frames import frames_of
from engine.errors import DataError


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **{key: np.asarray(value) for key, value in arrays.items()})
    return file.getvalue()


def rows(events):
    return list(zip(events.t.tolist(), events.x.tolist(), events.y.tolist(), events.p.tolist(), strict=True))


EXPECTED = [(10, 3, 5, True), (5000, 4, 6, False), (9000, 4, 7, True)]
DTYPES = {
    "tonic": [("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "?")],
    "DVS-Lip": [("t", "<i4"), ("x", "i1"), ("y", "i1"), ("p", "i1")],
    "metavision": [("x", "<u2"), ("y", "<u2"), ("p", "<i2"), ("t", "<i8")],
    "long names": [("timestamp", "<u8"), ("x", "<u2"), ("y", "<u2"), ("polarity", "u1")],
}


@pytest.mark.parametrize("kind", DTYPES)
def test_fields_in_any_order_and_naming(kind):
    array = np.zeros(3, DTYPES[kind])
    for name in array.dtype.names:
        array[name] = [row["txyp".index(name[0])] for row in EXPECTED]
    assert rows(decode(npy(array), "a.npy")) == EXPECTED


@pytest.mark.parametrize("order", ["txyp", "xytp", "xypt"])
@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.uint32])
def test_an_array_of_four_columns_is_read_by_evidence_and_that_is_said(order, dtype):
    columns = dict(zip("txyp", np.array(EXPECTED).T, strict=True))
    found = decode(npy(np.stack([columns[key] for key in order], 1).astype(dtype)), "a.npy")
    assert rows(found) == EXPECTED
    assert found.notes == (f"columns taken as {', '.join(order)}",)


@pytest.mark.parametrize("columns", [[[1, 0, 1, 0], [2, 1, 0, 1]], [[10, 20, 30, 0], [9, 25, 31, 1]]])
def test_an_array_whose_columns_do_not_tell_is_refused(columns):
    with pytest.raises(DataError, match=r"an array \[2, 4\] whose columns do not tell which is t, x, y and p"):
        decode(npy(np.array(columns)), "a.npy")


@pytest.mark.parametrize(
    "names", [("ts", "xs", "ys", "ps"), ("timestamps", "x", "y", "polarities"), ("T", "X", "Y", "P")]
)
def test_an_npz_under_other_names(names):
    columns = np.array(EXPECTED).T
    assert rows(decode(npz(**dict(zip(names, columns, strict=True))), "a.npz")) == EXPECTED


def test_an_npz_of_one_array_of_events():
    assert rows(decode(npz(events=np.array(EXPECTED)), "a.npz")) == EXPECTED


def test_whole_numbers_kept_as_floats_are_whole_numbers():
    assert rows(decode(npz(t=[1.0, 2.0], x=[3.0, 4.0], y=[5, 6], p=[0.0, 1.0]), "a.npz")) == [
        (1, 3, 5, False),
        (2, 4, 6, True),
    ]


REFUSED = {
    "seconds": (npz(t=[0.001, 0.002], x=[1, 1], y=[1, 1], p=[1, 1]), r"t must be whole .*in seconds\? multiply by"),
    "a field missing": (npy(np.zeros(2, [("t", "i8"), ("x", "i2"), ("y", "i2")])), "no field for p; its fields are t"),
    "pictures": (npy(np.zeros((2, 8, 8), np.uint8)), r"numbers \[events, 4\]; got uint8 \[2, 8, 8"),
    "infinite": (npz(t=[1, 2], x=[np.inf, 1], y=[1, 1], p=[1, 1]), r"x must be whole numbers"),
    "nanoseconds of an epoch": (npz(t=[-(1 << 62), 0], x=[1, 1], y=[1, 1], p=[1, 1]), "t must lie within"),
    "no events": (npy(np.zeros(0, DTYPES["tonic"])), "holds no events"),
    "objects": (npy(np.array([{}], object)), "would need pickle"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_events_is_named(case):
    data, reason = REFUSED[case]
    with pytest.raises(DataError, match=reason):
        decode(data, "a.npz" if data.startswith(b"PK") else "a.npy")


FRAMES = np.random.default_rng(0).poisson(0.3, (4, 2, 6, 6)).astype(np.float32)


@pytest.mark.parametrize("by", ["count", "duration"])
def test_spikingjellys_frames_are_taken_as_they_are(by):
    found = decode(npz(frames=FRAMES), "a.npz")
    np.testing.assert_array_equal(frames_of(found, 4, by, 6, 6, "a"), FRAMES)
    half = FRAMES.reshape(4, 2, 3, 2, 3, 2).sum(axis=(3, 5))
    np.testing.assert_array_equal(frames_of(found, 4, by, 6, 3, "a"), half)
    assert found.notes == ("ready-made frames of T = 4; data.frames_by does not apply",)
    assert found.duration == 0


def test_ready_made_frames_of_another_t_are_refused():
    with pytest.raises(DataError, match=r"a: its frames were ready made with T = 4.*network\.time_steps is 8"):
        frames_of(decode(npz(frames=FRAMES), "a.npz"), 8, "count", 6, 6, "a")


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (FRAMES / 2, r"frames must be whole counts of events, got 0\.5 to"),
        (-FRAMES, "frames must be whole counts"),
        (FRAMES * np.float32(np.nan), "frames must be whole counts"),
        (FRAMES * 0, "holds no events"),
        (FRAMES * np.float32(1e30), "at most 100,000,000"),
        (FRAMES[:, :1], r"counts \[T, 2, H, W\], got float32 \[4, 1, 6, 6\]"),
        (FRAMES[:0], "frames of T = 0"),
    ],
)
def test_frames_that_are_no_counts_are_refused(frames, reason):
    with pytest.raises(DataError, match=reason):
        decode(npz(frames=frames), "a.npz")
