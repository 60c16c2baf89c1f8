"""AEDAT 2.0: the chip decides where x, y and polarity lie; without one, evidence decides, or nothing is read."""

import struct

import numpy as np
import pytest

from engine.data.events.decoders import decode
from engine.errors import DataError

VERSION = b"#!AER-DAT2.0\r\n"


def file(chip: str | None, *events: tuple[int, int]) -> bytes:
    line = f"# AEChip: {chip}\r\n".encode() if chip else b""
    return VERSION + line + b"".join(struct.pack(">II", address, t) for address, t in events)


def davis(x: int, y: int, on: int) -> int:
    return y << 22 | x << 12 | on << 11


def rows(events):
    return list(zip(events.t.tolist(), events.x.tolist(), events.y.tolist(), events.p.tolist(), strict=True))


@pytest.mark.parametrize(
    ("chip", "width", "height"),
    [
        ("eu.seebetter.ini.chips.davis.DAVIS240C", 240, 180),
        ("eu.seebetter.ini.chips.sbret10.SBret10", 240, 180),
        ("eu.seebetter.ini.chips.davis.Davis346blue", 346, 260),
        ("eu.seebetter.ini.chips.davis.DAVIS346cBSI", 346, 260),
        ("davis128", 128, 128),
        ("eu.seebetter.ini.chips.davis.Davis640", 640, 480),
    ],
)
def test_a_davis_is_read_by_its_own_layout_and_stands_upright(chip, width, height):
    found = decode(file(chip, (davis(0, 0, 1), 3), (davis(5, 7, 0), 4)), "a.aedat")
    assert rows(found) == [(3, width - 1, height - 1, True), (4, width - 6, height - 8, False)]


def test_samples_of_frames_and_external_events_of_a_davis_are_no_events():
    frame, external = 1 << 31 | davis(300, 250, 0), davis(1, 1, 1) | 1 << 10
    found = decode(file("DAVIS240C", (frame, 1), (davis(2, 2, 1), 2), (external, 3)), "a.aedat")
    assert rows(found) == [(2, 237, 177, True)]


def test_a_dvs640_of_v2e_has_a_layout_of_its_own():
    found = decode(file("DVS640", (7 << 11 | 5 << 1 | 1, 3)), "a.aedat")
    assert rows(found) == [(3, 634, 472, True)]


@pytest.mark.parametrize("chip", ["DVS128", "dvs128", "ch.unizh.ini.jaer.chip.retina.Tmpdiff128"])
def test_a_chip_is_known_in_any_case(chip):
    assert rows(decode(file(chip, (5 << 8 | 3 << 1 | 1, 10)), "a.aedat")) == [(10, 124, 122, False)]


def test_a_recording_of_ones_own_is_not_turned_as_cifar10_dvs_is():
    data = file("DVS128", (5 << 8 | 3 << 1, 10))
    assert rows(decode(data, "a.aedat")) == [(10, 124, 122, True)]
    assert rows(decode(data, "a.aedat", turned=True)) == [(10, 122, 124, True)]


def test_without_a_chip_the_addresses_of_a_dvs128_are_read_as_one_and_that_is_said():
    found = decode(file(None, (127 << 8 | 127 << 1, 1), (0, 2)), "a.aedat")
    assert rows(found) == [(1, 0, 0, True), (2, 127, 127, True)]
    assert found.notes == ("AEDAT 2.0 that names no chip; read as a DVS128, whose addresses it has",)


def test_without_a_chip_other_addresses_are_refused_with_every_reading():
    rng = np.random.default_rng(0)
    x, y, t = rng.integers(150, 346, 500), rng.integers(130, 260, 500), np.sort(rng.integers(0, 50_000, 500))
    words = np.stack([(345 - x) << 12 | (259 - y) << 22, t], 1)
    with pytest.raises(
        DataError, match=r"names no chip.*DAVIS240, DAVIS346 or DAVIS640.*raw x is \d+, y \d+; as a DVS640"
    ):
        decode(VERSION + words.astype(">u4").tobytes(), "a.aedat")


@pytest.mark.parametrize(
    ("chip", "address", "reason"),
    [
        (
            "DAVIS240C",
            davis(240, 0, 1),
            r"1 of 2 events .* DAVIS240 of 240×180 pixels cannot have \(largest x 240, y 0",
        ),
        ("DAVIS346", davis(0, 260, 1), r"DAVIS346 of 346×260 pixels cannot have \(largest x 0, y 260"),
        ("DAVIS128", davis(128, 0, 1), "DAVIS128 of 128×128 pixels cannot have"),
        ("DVS128", davis(200, 3, 1), r"DVS128 of 128×128 pixels .*first such address 0x00cc8800"),
    ],
)
def test_addresses_that_the_named_chip_cannot_have_are_refused(chip, address, reason):
    with pytest.raises(DataError, match=reason):
        decode(file(chip, (0, 1), (address, 2)), "a.aedat")


@pytest.mark.parametrize("chip", ["DVS128StereoPair", "DVS128andCochleaAMS1b", "CochleaAMS1c"])
def test_a_chip_that_is_two_sensors_or_none_is_refused_by_name(chip):
    with pytest.raises(DataError, match=rf"the chip '{chip}'; known are DVS128"):
        decode(file(chip, (0, 1)), "a.aedat")


def test_a_first_event_that_looks_like_a_line_of_the_header_is_data():
    first = davis(5, 0x23 << 2, 1)  # its upper byte is "#"
    assert struct.pack(">I", first)[:1] == b"#"
    assert len(decode(file("DAVIS346", (first, 1), (first, 0x0A0A0A)), "a.aedat")) == 2


def test_the_header_ends_where_jaer_says():
    data = VERSION + b"# AEChip: DVS128\r\n#End Of ASCII Header\r\n" + struct.pack(">II", 0, 0x2320202E)
    assert len(decode(data, "a.aedat")) == 1
