"""Events to frames: nothing lost, cut as SpikingJelly cuts, binned down by sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.spikingjelly_source import function
from engine.data.events.decoders import decode
from engine.data.events.frames import frames_of
from engine.data.events.recording import recording
from engine.errors import DataError

SENSOR = 16


@st.composite
def recordings(draw, least: int = 1):
    n = draw(st.integers(least, 200))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    t = np.sort(rng.integers(0, draw(st.integers(1, 10**6)), n))
    x, y = rng.integers(0, SENSOR, (2, n))
    return recording("drawn", t, x, y, rng.integers(0, 2, n))


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "sensor"),
    [
        ("N-MNIST/Train/0/00002.bin", 34),
        ("dvs128_aedat2/box_3.aedat", 128),
        ("dvs128_aedat2/pencil_3.aedat", 128),
        ("DvsGesture/user02_led.aedat", 128),
    ],
)
@pytest.mark.parametrize(("by", "theirs"), [("count", "number"), ("duration", "time")])
@pytest.mark.parametrize("time_steps", [1, 4, 7, 16])
def test_frames_equal_spikingjellys(file, sensor, by, theirs, time_steps, test_data):
    events = decode((test_data / "samples" / file).read_bytes(), file)
    if by == "duration" and events.duration > 3_000_000:
        events = events.between(events.t[0], events.t[0] + 300_000)  # SpikingJelly cannot cut where a window is empty
    named = {"t": events.t, "x": events.x, "y": events.y, "p": events.p}
    expected = function("utils", "integrate_events_by_fixed_frames_number")(named, theirs, time_steps, sensor, sensor)
    np.testing.assert_array_equal(frames_of(events, time_steps, by, sensor, sensor, file), expected)


@given(recordings(), st.integers(1, 12), st.sampled_from(["count", "duration"]), st.sampled_from([4, 7, 8, 16]))
def test_no_event_is_lost_or_counted_twice(events, time_steps, by, size):
    frames = frames_of(events, time_steps, by, SENSOR, size, "drawn")
    assert frames.shape == (time_steps, 2, size, size)
    assert frames.sum() == len(events)
    assert frames[:, 1].sum() == events.p.sum()


@given(recordings(), st.integers(1, 8), st.sampled_from(["count", "duration"]))
def test_a_smaller_frame_is_the_sum_over_blocks_of_the_full_one(events, time_steps, by):
    full = frames_of(events, time_steps, by, SENSOR, SENSOR, "drawn")
    half = frames_of(events, time_steps, by, SENSOR, SENSOR // 2, "drawn")
    np.testing.assert_array_equal(half, full.reshape(time_steps, 2, 8, 2, 8, 2).sum(axis=(3, 5)))


@given(recordings(least=12), st.integers(1, 12))
def test_by_count_every_frame_but_the_last_holds_as_many(events, time_steps):
    held = frames_of(events, time_steps, "count", SENSOR, SENSOR, "drawn").sum(axis=(1, 2, 3))
    assert (held[:-1] == len(events) // time_steps).all()
    assert held[-1] == len(events) - held[:-1].sum()


def test_by_duration_worked_by_hand():
    t = np.array([0, 9, 10, 25, 39])
    events = recording("hand", t, np.arange(5), np.zeros(5), np.array([1, 0, 1, 1, 0]))
    frames = frames_of(events, 4, "duration", SENSOR, SENSOR, "hand")  # ⌊39 ÷ 4⌋ = 9 µs a frame
    assert [[tuple(place) for place in np.argwhere(frame)] for frame in frames] == [
        [(1, 0, 0)],
        [(0, 0, 1), (1, 0, 2)],
        [(1, 0, 3)],
        [(0, 0, 4)],
    ]


@pytest.mark.parametrize(("axis", "place"), [("x", 16), ("y", 40)])
def test_an_event_off_the_sensor_is_refused(axis, place):
    x, y = (place, 0) if axis == "x" else (0, place)
    events = recording("far", np.array([0]), np.array([x]), np.array([y]), np.array([1]))
    with pytest.raises(DataError, match=rf"far: an event at {axis} = {place}; the sensor has pixels 0 to 15"):
        frames_of(events, 4, "count", SENSOR, 8, "far")
