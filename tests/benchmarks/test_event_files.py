"""The event files that decoders are timed on hold the events that were made up."""

import numpy as np
import pytest

from benchmarks.event_files import FILES, made
from engine.data.events.decoders import decode


@pytest.mark.parametrize("name", FILES)
def test_a_made_file_decodes_to_its_events(name):
    events, (file, write) = made(2_000), FILES[name]
    found = decode(write(events), file)
    np.testing.assert_array_equal(found.t, events.t)
    np.testing.assert_array_equal(found.p, events.p)
    if not file.endswith(".aedat"):  # a DAVIS counts from the lower right
        np.testing.assert_array_equal(found.x, events.x)
        np.testing.assert_array_equal(found.y, events.y)
