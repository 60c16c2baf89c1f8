"""Every decoder on files cut and damaged at random: refused in words or read, never a crash; the list of formats."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.event_files import FILES, made
from engine.data.events.decoders import SUFFIXES, decode, is_event_file
from engine.data.events.formats import FORMATS
from engine.errors import DataError

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLES = {name: (file, write(made(200))) for name, (file, write) in FILES.items()}
SAMPLES |= {path.name: (path.name, path.read_bytes()) for path in GOLDEN.iterdir() if path.suffix in (".raw", ".dat")}


@given(
    st.sampled_from(sorted(SAMPLES)),
    st.integers(0, 5_000),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
)
def test_damage_is_refused_or_read(sample, cut, damage):
    name, data = SAMPLES[sample]
    damaged = bytearray(data[: len(data) - cut] if cut < len(data) // 2 else data)
    for place, byte in damage:
        damaged[int(place * len(damaged))] = byte
    with contextlib.suppress(DataError):
        found = decode(bytes(damaged), name)
        assert len(found) > 0
        assert (found.t[1:] >= found.t[:-1]).all()
        assert found.x.min() >= 0 <= found.y.min()


@pytest.mark.parametrize(
    "name", ["a.aedat", "a.aedat2", "a.BS2", "a.raw", "a.dat", "a.npy", "a.h5", "b/c/image_0001.bin"]
)
def test_recordings_are_known_by_their_endings(name):
    assert is_event_file(name)


@pytest.mark.parametrize("name", ["a.png", "aedat", "Caltech101_annotations/Faces/annotation_0001.bin"])
def test_other_files_are_not(name):
    assert not is_event_file(name)


def test_the_list_of_formats_names_every_ending_and_is_in_the_refusal_of_an_unknown_file():
    assert {suffix for known in FORMATS for suffix in known.suffixes} == set(SUFFIXES)
    with pytest.raises(DataError) as refusal:
        decode(b"GIF89a", "a.aedat")
    assert all(known.title in str(refusal.value) for known in FORMATS)
