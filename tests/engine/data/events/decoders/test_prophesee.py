"""Prophesee RAW and DAT: files of other programs, each encoding by hand, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from engine.data.events.decoders import decode, prophesee_raw
from engine.errors import DataError

GOLDEN = Path(__file__).parents[1] / "golden"
EVT3 = b"% evt 3.0\n% format EVT3;height=480;width=640\n% end\n"


def golden(name: str):
    return decode((GOLDEN / name).read_bytes(), name)


def truth(name: str) -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / f"{name}.npz"))


def evt3(*words: tuple[int, int], head: bytes = EVT3) -> bytes:
    return head + np.array([kind << 12 | payload for kind, payload in words], "<u2").tobytes()


def rows(events):
    return list(zip(events.t.tolist(), events.x.tolist(), events.y.tolist(), events.p.tolist(), strict=True))


@pytest.mark.parametrize(
    ("file", "events"),
    [
        ("faery_evt2.raw", "wide"),
        ("faery_evt3.raw", "wide"),
        ("faery_dat2.dat", "wide"),
        ("exp_dat.dat", "wide"),
        ("faery_dat1.dat", "narrow"),
    ],
)
def test_files_of_other_programs_hold_the_events_they_were_given(file, events):
    found, expected = golden(file), truth(events)
    first = 0 if file.startswith("exp") else expected["t"][0]
    np.testing.assert_array_equal(found.t, expected["t"] - first)
    for key in ("x", "y", "p"):
        np.testing.assert_array_equal(getattr(found, key), expected[key])
    assert found.notes == ()


def evt21(events: dict[str, np.ndarray], swapped: bool, said: str) -> bytes:
    words, last = [], -1
    for t, x, y, p in zip(*(events[key].tolist() for key in "txyp"), strict=True):
        if t >> 6 != last:
            last = t >> 6
            words.append(8 << 60 | last << 32)
        words.append(int(p) << 60 | (t & 63) << 54 | (x // 32 * 32) << 43 | y << 32 | 1 << x % 32)
    halves = np.array(words, "<u8").view("<u4").reshape(-1, 2)
    head = f"% format EVT21;height=480;width=640{said}\n% end\n".encode()
    return head + (halves[:, ::-1] if swapped else halves).tobytes()


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("said", [True, False])
def test_evt21_in_both_orders_of_its_halves(swapped, said):
    expected = truth("wide")
    order = f";endianness={'legacy' if swapped else 'little'}" if said else ""
    found = decode(evt21(expected, swapped, order), "a.raw")
    for key in "txyp":
        np.testing.assert_array_equal(getattr(found, key), expected[key])


def test_evt21_masks_are_pixels_beside_one_another():
    words = np.array([8 << 60 | 3 << 32, 1 << 60 | 5 << 54 | 32 << 43 | 9 << 32 | 0b1000_0000_0000_0101], "<u8")
    found = decode(b"% format EVT21;endianness=little\n% end\n" + words.tobytes(), "a.raw")
    assert rows(found) == [(3 * 64 + 5, 32, 9, True), (3 * 64 + 5, 34, 9, True), (3 * 64 + 5, 47, 9, True)]


def test_evt3_by_hand():
    found = decode(
        evt3((8, 1), (6, 10), (0, 7), (2, 1 << 11 | 5), (3, 100), (4, 0b1000_0000_0001), (5, 0b11), (6, 12), (2, 6)),
        "a.raw",
    )
    at = 1 << 12
    vector = [(at + 10, 100, 7, False), (at + 10, 111, 7, False), (at + 10, 112, 7, False), (at + 10, 113, 7, False)]
    assert rows(found) == [(at + 10, 5, 7, True), *vector, (at + 12, 6, 7, False)]


def test_evt3_time_begins_again_where_its_upper_bits_change_and_goes_on_after_they_overflow():
    found = decode(evt3((8, 4095), (6, 4095), (0, 1), (2, 1), (8, 0), (2, 2), (6, 3), (2, 3)), "a.raw")
    assert found.t.tolist() == [(1 << 24) - 1, 1 << 24, (1 << 24) + 3]


@pytest.mark.parametrize("part", [2, 6, 1 << 21])
def test_the_state_of_a_stream_outlives_a_part(part, monkeypatch):
    monkeypatch.setattr(prophesee_raw, "PART_BYTES", part)
    found, expected = golden("faery_evt3.raw"), truth("wide")
    np.testing.assert_array_equal(found.x, expected["x"])
    np.testing.assert_array_equal(found.t, expected["t"] - expected["t"][0])


def test_events_before_the_first_time_are_left_out_and_that_is_said():
    found = decode(evt3((0, 1), (2, 1), (8, 0), (6, 5), (2, 2)), "a.raw")
    assert rows(found) == [(5, 2, 1, False)]
    assert found.notes == ("1 events before the first time were left out",)


def test_a_recording_of_two_cameras_is_refused():
    with pytest.raises(DataError, match=r"2 cameras.*the first camera \(1 events\), the second camera \(2 events\)"):
        decode(evt3((8, 0), (0, 1), (2, 1), (0, 1 << 11 | 1), (2, 1), (2, 2)), "a.raw")


HEADERS = {"format": b"% format EVT3;height=100;width=100\n", "geometry": b"% evt 3.0\n% geometry 100x100\n"}


@pytest.mark.parametrize("header", HEADERS)
def test_an_event_off_the_sensor_that_the_header_declares_is_refused(header):
    with pytest.raises(DataError, match=r"1 of 2 events lie off the 100×100 pixels .*\(largest x 100, y 3\)"):
        decode(evt3((8, 0), (0, 3), (2, 99), (2, 100), head=HEADERS[header] + b"% end\n"), "a.raw")


REFUSED = {
    "another encoding": (b"% evt 4.0\n% end\n", r"Prophesee RAW of '4.0'; read are EVT2 \(2.0\), EVT21 \(2.1\)"),
    "big-endian": (b"% format EVT3;endianness=big\n% end\n\0\0", "'big' byte order; only little-endian"),
    "half a word": (EVT3 + b"\0\0\0", r"ends in the middle of a word \(1 bytes left over\); truncated"),
    "no word": (EVT3, "holds no events"),
    "endless header": (
        b"% evt 3.0\n" + b"% x yyyyyyyyyyyyyyyyyyyy\n" * 10_000,
        "header does not end within 100,000 bytes",
    ),
    "EVT21 of rubbish": (b"% evt 2.1\n% end\n" + b"\x70\x77\x77\x77" * 8, "words of unknown types"),
    "DAT of triggers": (b"% Version 2\n\x0e\x08", "DAT events of type 14 and 8 bytes"),
    "DAT cut": (b"% Version 2\n\x0c\x08" + bytes(13), r"middle of an event \(5 bytes left over\)"),
    "DAT without its type": (b"% Version 2\n", "no Prophesee DAT file, or truncated"),
    "DAT of another version": (b"% Version 3\n\x0c\x08" + bytes(8), "DAT version '3'; only 1 and 2 are known"),
    "a clock set back": (
        evt3((8, 2000), (0, 1), (2, 1), (8, 0), (2, 1)),
        "its clock runs back by 8,192,000 µs at event 2",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_named(case):
    data, reason = REFUSED[case]
    with pytest.raises(DataError, match=rf"a\.raw: .*{reason}"):
        decode(data, "a.raw")


def test_a_dat_without_a_version_is_told_by_its_bits():
    narrow, wide = truth("narrow"), truth("wide")
    for events, version, bits in ((narrow, 1, (9, 17)), (wide, 2, (14, 28))):
        words = events["x"].astype(int) | events["y"].astype(int) << bits[0] | events["p"].astype(int) << bits[1]
        data = b"% Date 2020-09-14\n\x00\x08" + np.stack([events["t"], words], 1).astype("<u4").tobytes()
        found = decode(data, "a.dat")
        np.testing.assert_array_equal(found.y, events["y"])
        assert found.notes == (f"DAT without a version; read as version {version} by the bits its events use",)
