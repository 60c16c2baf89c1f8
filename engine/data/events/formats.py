"""The event formats that are read, as a list for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EventFormat:
    """`title` names the format, `suffixes` are the endings of its files, `about` says what of it is read."""

    title: str
    suffixes: tuple[str, ...]
    about: str


FORMATS = (
    EventFormat(
        "AEDAT 2.0",
        (".aedat", ".aedat2"),
        "jAER and v2e: DVS128, DAVIS128, 208, 240, 346, 640 and DVS640, as the header names the chip; CIFAR10-DVS",
    ),
    EventFormat("AEDAT 3.1", (".aedat",), "cAER, DVS128 Gesture: the polarity events of one camera"),
    EventFormat("AEDAT 4", (".aedat4",), "DV: the events of one camera, in every compression"),
    EventFormat("ATIS .bin", (".bin", ".bs2"), "five bytes an event: N-MNIST, N-Caltech101"),
    EventFormat(
        ".npz of events",
        (".npz",),
        "arrays t (µs), x, y, p under their usual names, or one array of events; or SpikingJelly's ready-made frames",
    ),
    EventFormat(
        ".npy of events",
        (".npy",),
        "one array with fields t, x, y, p in any order (tonic, DVS-Lip), or of whole numbers [events, 4]",
    ),
    EventFormat("Prophesee RAW", (".raw",), "EVT 2.0, EVT 2.1 and EVT 3.0, little-endian, of one camera"),
    EventFormat("Prophesee DAT", (".dat",), "version 1 and 2, events of pixels: N-Cars"),
    EventFormat(
        "HDF5 of events",
        (".h5", ".hdf5"),
        "x, y, p, t of one camera (DSEC), or an array events (v2e); gzip and LZF are read, ECF and blosc are not",
    ),
)
SUFFIXES = tuple(dict.fromkeys(suffix for known in FORMATS for suffix in known.suffixes))
