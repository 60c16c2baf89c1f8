"""The paper's findings as directions: true of the paper's own numbers, and compared with ours and their spread."""

import json

import pytest

from engine.analysis.findings import FINDINGS, Spread, directions, measured
from engine.analysis.published import PUBLISHED
from engine.errors import MeasureError


def test_every_finding_is_true_of_the_papers_own_numbers():
    listed = directions({})
    assert {direction.claim for direction in listed} == {finding.claim for finding in FINDINGS}
    assert all(direction.paper > 1 for direction in listed)
    assert {direction.verdict for direction in listed} == {"not measured"}


def test_the_papers_numbers_measured_here_appear_one_and_all():
    own = {((e.table, e.row), e.column): Spread(e.value, 0.0, 2) for e in PUBLISHED if e.value}
    assert {direction.verdict for direction in directions(own)} == {"appears"}


@pytest.mark.parametrize(
    ("larger", "smaller", "verdict"),
    [
        (Spread(12, 1, 4), Spread(10, 1, 4), "appears"),  # 2 > 2·√(1/4 + 1/4) = 1.41
        (Spread(11, 1, 4), Spread(10, 1, 4), "not clear"),
        (Spread(8, 1, 4), Spread(10, 1, 4), "does not appear"),
        (Spread(11, None, 1), Spread(10, None, 1), "appears"),  # one training each: no spread
        (Spread(9, None, 1), Spread(10, None, 1), "does not appear"),
    ],
)
def test_a_difference_counts_beyond_two_standard_errors(larger, smaller, verdict):
    found = {(("blocks", "SIB_k3_e1"), "spikes"): larger, (("blocks", "SCB_k3"), "spikes"): smaller}
    compared = [d for d in directions(found) if d.here is not None]
    assert [d.verdict for d in compared] == [verdict]


def test_arms_are_read_from_a_finished_analysis(tmp_path):
    spread = {"mean": 3.0, "deviation": None, "n": 1}
    arm = {"arm": "SCB_k3", "accuracy": spread, "spikes": spread, "firing_rate": spread}
    document = {"study": {"analysis": {"table": "blocks"}}, "report": {"arms": [arm]}}
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / "analysis.json").write_text(json.dumps(document))
    assert measured([tmp_path])[("blocks", "SCB_k3"), "spikes"] == Spread(3.0, None, 1)


@pytest.mark.parametrize("content", [None, "{}", "[]", "rubbish"])
def test_what_is_no_analysis_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "analysis.json").write_text(content)
    with pytest.raises(MeasureError, match=r"analysis"):
        measured([tmp_path])
