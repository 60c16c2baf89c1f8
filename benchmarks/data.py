"""Throughput of decoding and framing, compared with SpikingJelly: `python -m benchmarks.data`, one JSON row a line.

Real recordings from AUTOSNN_TEST_DATA (default ../shared/data). Both sides take turns (A B A B …) in one run; the
figures are medians, the ratio is theirs ÷ ours, the spread the ratio's quartiles.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.event_files import FILES, Made, made
from benchmarks.spikingjelly_source import function
from engine.data.events.decoders import decode
from engine.data.events.event_set import framed
from engine.data.events.frames import frames_of
from engine.data.events.recording import Recording
from engine.data.files.file_trees import open_tree
from engine.data.readers.event_folder import read

ROUNDS = 7
MADE_EVENTS, MADE_ROUNDS = 10_000_000, 3
DATA = Path(os.environ.get("AUTOSNN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
READERS = (
    ("AEDAT 3.1", "samples/DvsGesture/user02_led.aedat", "utils", "load_aedat_v3"),
    ("AEDAT 2.0", "samples/dvs128_aedat2/box_3.aedat", "cifar10_dvs", "_load_origin_data"),
    ("ATIS .bin", "samples/tonic_testdata/sample_nmnist.bin", "utils", "load_ATIS_bin"),
)


def compare(name: str, events: int, ours: Callable[[], object], peer: Callable[[], object]) -> dict[str, Any]:
    """One row: seconds of both sides, events a second of ours, and the ratio with its quartiles."""
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(_seconds(ours))
        theirs.append(_seconds(peer))
    ratios = [b / a for a, b in zip(mine, theirs, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {
        "name": name,
        "ours": statistics.median(mine),
        "peer": statistics.median(theirs),
        "ratio": middle,
        "spread": [low, high],
        "events_per_second": events / statistics.median(mine),
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Print every row."""
    for name, file, module, reader in READERS:
        path, theirs = DATA / file, function(module, reader)
        events = len(decode(path.read_bytes(), file))
        ours = partial(_decoded, path)
        print(json.dumps(compare(f"decode {name}", events, ours, partial(theirs, path))))
    all_made = made(MADE_EVENTS)
    for name, (file, write) in FILES.items():
        print(json.dumps(_alone(name, file, write(all_made), all_made)))
    recording = decode((DATA / "samples/DvsGesture/user01_natural.aedat").read_bytes(), "user01")
    integrate = function("utils", "integrate_events_by_fixed_frames_number")
    for size in (128, 32):
        print(json.dumps(_framing(recording, integrate, size)))
    print(json.dumps(_whole_set()))


def _alone(name: str, file: str, data: bytes, events: Made) -> dict[str, Any]:
    """A format that SpikingJelly does not read: seconds for made-up events, and that all of them come back."""
    assert (decode(data, file).t == events.t).all()
    seconds = statistics.median(_seconds(partial(decode, data, file)) for _ in range(MADE_ROUNDS))
    rate = {"events_per_second": len(events.t) / seconds}
    return {"name": f"decode {name}, {len(events.t):,} events", "ours": seconds, "bytes": len(data), **rate}


def _decoded(path: Path) -> Recording:
    return decode(path.read_bytes(), path.name)


def _framing(recording: Recording, integrate: Any, size: int) -> dict[str, Any]:
    """16 frames; SpikingJelly integrates at full size, which is then summed over blocks to `size`."""
    named = {"t": recording.t, "x": recording.x, "y": recording.y, "p": recording.p}
    block = 128 // size

    def theirs() -> object:
        full = integrate(named, "number", 16, 128, 128)
        return full.reshape(16, 2, size, block, size, block).sum(axis=(3, 5))

    ours = partial(frames_of, recording, 16, "count", 128, size, "user01")
    return compare(f"16 frames of {size}×{size}", len(recording), ours, theirs)


def _whole_set() -> dict[str, Any]:
    """1,000 recordings of N-MNIST from their zip to frames: seconds, and recordings a second; no peer reads a zip."""
    started = time.perf_counter()
    found = read(open_tree(DATA / "nmnist_1000" / "nmnist_train1000.zip"), 34, "N-MNIST")
    framed(found, 8, "count", 34)
    seconds = time.perf_counter() - started
    return {"name": "N-MNIST, 1,000 recordings to frames", "ours": seconds, "recordings_per_second": 1000 / seconds}


if __name__ == "__main__":
    main()
