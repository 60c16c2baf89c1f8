"""Figures against numbers worked by hand: valid XML, exact coordinates, escapes, captions that name their source."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree

import pytest

from engine.config.presets import PRESETS
from engine.errors import MeasureError
from engine.figures import genome, kit, tables
from engine.figures.citations import DATA, bibtex
from engine.figures.front import axis, front_svg, front_tex
from engine.figures.method import method, method_tex
from engine.figures.text import csv_text, latex
from tests.engine.figures.by_hand import record

SVG = "{http://www.w3.org/2000/svg}"
RECORD = record()


def words(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_axes_by_hand():
    found = axis([100.0, 300.0], 64, 696)
    # spread 200 in six steps: 33.3, rounded up to 50; 4 % of room on both sides
    assert (found.low, found.high, found.step) == (50, 350, 50)
    assert found.at(50) == 64
    assert found.at(350) == 696
    assert found.at(200) == 380
    full = axis([50.0, 99.0], 388, 20, ceiling=100.0)
    assert full.high == 100


def test_the_front_picture_holds_every_point_where_it_belongs():
    svg = front_svg(RECORD)
    paths = [node.get("d", "") for node in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    dots = [d for d in paths if d.endswith("h0")]
    # a path a generation: S-S and C3-S, then S-C3 and R3-R3
    x, y = axis([100, 150, 160, 300, 30], 64, 696), axis([50, 70, 60, 80, 90], 388, 20, ceiling=100.0)
    assert dots[0] == f"M{x.at(100):.1f} {y.at(50):.1f}h0M{x.at(150):.1f} {y.at(70):.1f}h0"
    assert dots[1] == f"M{x.at(160):.1f} {y.at(60):.1f}h0M{x.at(300):.1f} {y.at(80):.1f}h0"
    # the staircase goes sideways first, and passes the dominated S-C3 by
    stairs = f"M{x.at(100):.1f} {y.at(50):.1f}H{x.at(150):.1f}V{y.at(70):.1f}H{x.at(300):.1f}V{y.at(80):.1f}"
    assert stairs in paths
    assert "fittest R3-R3" in words(svg)
    assert "R3-R3, test, retrained" in words(svg)


@pytest.mark.parametrize("name", [n for n in kit.names(RECORD) if n.endswith(".svg")])
def test_every_picture_is_xml_and_its_caption_leads_back(name):
    svg = kit.make(RECORD, name)
    root = ElementTree.fromstring(svg)
    told = root.findtext(f"{SVG}desc") or ""
    for part in ("50% & <b>_hard_</b>", "UCI optical digits", "T = 2", "seed 0", f"config {RECORD.digest[:12]}"):
        assert part in told
    expected = "Test split, weights retrained" if name == "winner.svg" else "Validation split, supernet weights"
    assert expected in told
    shown = " ".join(words(svg))
    assert told.split()[-1] in shown  # the caption stands on the picture too, to its last word
    assert "<b>" not in svg  # a hostile name is text
    assert not re.search(r"(?:href|src|url)\s*[=(]", svg)  # nothing is fetched from anywhere


def test_the_winner_s_picture_shows_layers_and_their_spikes():
    svg = genome.genome_svg(genome.winner(RECORD))
    shown = words(svg)
    assert [w for w in shown if w in ("conv", "R3", "max", "votes")] == ["conv", "R3", "max", "R3", "votes"]
    # maps by hand: row r fires r + 1 at each of two steps, so 2 4 6 8 10, together the winner's N = 30
    beneath = [node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text") if node.get("y") == "114"]
    assert beneath == ["2", "4", "6", "8", "10"]
    lines = read_csv(genome.genome_csv(genome.winner(RECORD)))
    assert [line["layer"] for line in lines] == ["stem", "1", "2", "3", "output"]
    assert sum(float(line["spikes"]) for line in lines) == RECORD.finished.test_spikes
    assert [line["block"] for line in lines] == ["conv", "SRB_k3", "max_pool", "SRB_k3", "fc"]


def test_an_evaluated_architecture_has_its_picture_and_another_has_none():
    portrait = genome.evaluated(RECORD, "S-C3")
    assert "60.00% accuracy, 160 spikes per image, 1,002 parameters" in portrait.caption
    assert "dashed" in genome.genome_tex(portrait, RECORD.digest)
    with pytest.raises(MeasureError, match="did not evaluate"):
        genome.evaluated(RECORD, "C3-C3")
    with pytest.raises(MeasureError, match="no 'winner"):
        kit.make(RECORD, "winner.png")


def test_population_as_csv_is_exact_and_says_what_it_was_measured_on():
    lines = read_csv(tables.population_csv(RECORD))
    assert [line["architecture"] for line in lines] == ["S-S", "C3-S", "S-C3", "R3-R3"]
    assert [line["on_front"] for line in lines] == ["yes", "yes", "no", "yes"]
    assert {(line["split"], line["weights"], line["seed"]) for line in lines} == {("validation", "supernet", "0")}
    assert {line["config_sha256"] for line in lines} == {RECORD.digest}
    assert float(lines[3]["accuracy"]) == 0.8
    assert [line["architecture"] for line in read_csv(tables.front_csv(RECORD))] == ["S-S", "C3-S", "R3-R3"]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(start):
    [line] = csv.reader(io.StringIO(csv_text(["a"], [[start]]).split("\r\n", 1)[1].removesuffix("\r\n"), newline=""))
    assert line == [f"'{start}"]
    assert csv_text(["a"], [[-1.5]]).endswith("-1.5\r\n")  # a number stays a number


def test_latex_escapes_whatever_a_study_is_called():
    assert latex(r"50% & _a_ \ {x} $#~^<>") == (
        r"50\% \& \_a\_ \textbackslash{} \{x\} \$\#\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}"
    )
    for name in (n for n in kit.names(RECORD) if n.endswith(".tex")):
        for line in kit.make(RECORD, name).splitlines():
            if not line.startswith("%"):
                assert not re.search(r"(?<!\\)[%#]", line), (name, line)


def test_the_front_as_booktabs_and_pgfplots():
    table = tables.front_table(RECORD)
    body = [line.strip() for line in table.split(r"\midrule")[1].split(r"\bottomrule")[0].strip().splitlines()]
    assert body[0] == r"\texttt{S-S} & 50.00 & 100 & 0.1000 & 0.5000 & 1,000 \\"
    assert body[2].startswith(r"\texttt{R3-R3} & \textbf{80.00} & \textbf{300}")
    assert len(body) == 3
    assert "Validation split, supernet weights" in table
    assert f"config {RECORD.digest[:12]}" in table
    plot = front_tex(RECORD)
    assert "coordinates {(100.0, 50.0) (150.0, 70.0) (300.0, 80.0)};" in plot
    assert "(30.0, 90.0)" in plot
    assert plot.count(r"\begin{") == plot.count(r"\end{")


def test_results_name_split_and_weights_on_every_line():
    body = tables.results_table(RECORD).split(r"\midrule")[1]
    assert r"\texttt{R3-R3} & validation & supernet & 80.00 & 300 & 0.1000 \\" in body
    assert r"\texttt{R3-R3} & test & retrained & 90.00 & 30 & 0.2000 \\" in body


def test_the_method_is_filled_from_config_and_events():
    told = method(RECORD)
    for part in (
        "searched 9 architectures: 2 searched layers, 2 time steps, PLIF neurons (threshold 0.3",
        "UCI optical digits at 8×8 pixels (SHA-256 abababababab): 96 for training the supernet, 24 for evaluation",
        "trained for 2 epochs (Adam, learning rate 0.02, constant schedule, batch size 16",
        "evaluated 4 architectures in generations of 4 (2 parents, 2 by mutation with probability 0.2, 2 by crossover)",
        "λ = -0.08 and N_avg = 200.0",
        "The fittest, R3-R3, was trained from scratch",
        "90.00% on the test split with 30.0 spikes per image (firing rate 0.2000, 1,003 parameters)",
        RECORD.digest,
    ):
        assert part in told
    cited = method_tex(RECORD)
    assert r"AutoSNN~\cite{na2022autosnn}" in cited
    assert r"UCI optical digits~\cite{alpaydin1998digits}" in cited
    assert "λ" not in cited
    unfinished = method(record(finished=False))
    assert "retrained from scratch" not in unfinished
    assert "The fittest" not in unfinished


def test_bibtex_holds_what_is_cited():
    told = bibtex(RECORD)
    assert {"na2022autosnn", "fang2021plif", "alpaydin1998digits"} == set(re.findall(r"@\w+\{(\w+),", told))
    assert told.count("{") == told.count("}")
    published = {preset.config.data.dataset for preset in PRESETS.values()} - {"images", "events"}
    assert published <= set(DATA)


def test_an_unfinished_study_has_what_it_has():
    early = record(finished=False)
    assert not [name for name in kit.names(early) if "winner" in name or "results" in name]
    for name in kit.names(early):
        assert kit.make(early, name)
    with pytest.raises(MeasureError, match="no retrained winner"):
        kit.make(early, "winner.svg")


def test_the_kit_as_one_zip_is_the_same_every_time(tmp_path):
    assert kit.zipped(RECORD) == kit.zipped(record())
    assert sorted(kit.write(RECORD, tmp_path / "kit")) == sorted(path.name for path in (tmp_path / "kit").iterdir())
    assert r"\input{front.tex}" in (tmp_path / "kit" / "paper.tex").read_text()


def test_knee_by_hand():
    # scaled: (0, 0), (2/3, 1/4), (1, 1); farthest above the diagonal is the middle one
    assert RECORD.knee.architecture == "C3-S"
    assert record().fittest.architecture == "R3-R3"
