"""Durations read alike on the pages and in the jobs panel."""

import pytest

from webapp.http.durations import in_words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (75, "1 min 15 s"),
        (3600, "1 h 0 min"),
        (7505, "2 h 5 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_two_units_at_most(seconds, said):
    assert in_words(seconds) == said
