"""Analysis studies: what is trained, that it equals a study's own retraining, its statistics, and any interruption."""

import csv
import io
import json

import pytest

from engine.analysis.plan import architectures, trainings
from engine.analysis.report import as_csv, report
from engine.config.analysis import AnalysisConfig, Arm
from engine.config.parse import parse_config
from engine.config.presets import PRESETS
from engine.config.recipe import RetrainConfig
from engine.config.study import StudyConfig
from engine.cost.estimate import estimate
from engine.data.load import load
from engine.errors import ConfigError
from engine.evaluation.prefix_tree import evaluate
from engine.events import TrainingFinished
from engine.model.network import build_child
from engine.run.further_measures import operations
from engine.seeds import derive
from engine.space.architecture import Architecture
from engine.training.totals import Totals
from engine.training.trainer import Trainer, evaluation_batches, no_path
from tests.engine.test_study import collect, run_in_pieces
from tests.engine.tiny import tiny_config


def analysis(*arms: Arm, **options: object) -> StudyConfig:
    document = tiny_config().model_dump(mode="json")
    document["analysis"] = AnalysisConfig.model_validate({"arms": arms, **options}).model_dump(mode="json")
    return parse_config(document)


def two_arms() -> StudyConfig:
    short = RetrainConfig(epochs=1, batch_size=16, learning_rate=2e-2)
    return analysis(
        Arm(label="named", architectures=("R3-C3", "S-S")), Arm(label="drawn", random=1, retrain=short), seeds=2
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("analysis")
    return workdir, *collect(two_arms(), workdir)


def test_arms_architectures_and_seeds_in_order():
    plan = trainings(two_arms())
    assert [(t.arm, t.config.seed) for t in plan] == [
        ("named", 0), ("named", 1), ("named", 0), ("named", 1), ("drawn", 0), ("drawn", 1),
    ]  # fmt: skip
    assert [t.architecture.code for t in plan[:4]] == ["R3-C3", "R3-C3", "S-S", "S-S"]
    assert [t.config.retrain.epochs for t in plan] == [2, 2, 2, 2, 1, 1]


def test_seed_by_seed_holds_the_same_trainings_in_another_order():
    config = two_arms()
    by_seed = config.model_copy(update={"analysis": config.analysis.model_copy(update={"order": "seeds"})})
    plan = trainings(by_seed)
    assert [(t.arm, t.config.seed) for t in plan] == [
        ("named", 0), ("named", 0), ("drawn", 0), ("named", 1), ("named", 1), ("drawn", 1),
    ]  # fmt: skip
    assert {(t.code, t.config.seed) for t in plan} == {(t.code, t.config.seed) for t in trainings(config)}


def test_a_baseline_of_the_zoo_is_an_arm_like_any_other(tmp_path):
    config = analysis(
        Arm(label="found", architectures=("S-S",)),
        Arm(label="Lee 2020", zoo="lee-2020-resnet-11", zoo_channels=2),
        seeds=2,
    )
    events, _ = collect(config, tmp_path)
    lee = [e for e in events if e["kind"] == "training_finished" and e["arm"] == "Lee 2020"]
    assert [(e["architecture"], e["seed"]) for e in lee] == [("lee-2020-resnet-11", 0), ("lee-2020-resnet-11", 1)]
    assert lee[0]["parameters"] == lee[1]["parameters"] != events[2]["parameters"]
    assert sum(lee[0]["spikes_by_layer"].values()) == pytest.approx(lee[0]["test_spikes"], rel=1e-12)


def test_random_architectures_are_drawn_from_the_seed_and_never_twice():
    config = analysis(Arm(label="drawn", architectures=("S-S",), random=8))
    drawn = [a.code for a in architectures(config, config.analysis.arms[0])]
    assert len(drawn) == len(set(drawn)) == 9  # 3 blocks in 2 layers
    assert drawn == [a.code for a in architectures(config, config.analysis.arms[0])]
    other = config.model_copy(update={"seed": 1})
    assert drawn != [a.code for a in architectures(other, config.analysis.arms[0])]


def test_it_tells_what_every_training_came_to(undisturbed):
    _, events, commits = undisturbed
    assert [e["kind"] for e in events] == [
        "study_started", "phase_started", *["training_finished"] * 6, "analysis_finished",
    ]  # fmt: skip
    assert [e["number"] for e in events[2:8]] == list(range(6))
    for event in events[2:8]:
        assert event["trainings"] == 6
        assert len(event["loss"]) == len(event["accuracy"]) == event["epochs"]
        assert sum(event["spikes_by_layer"].values()) == pytest.approx(event["test_spikes"], rel=1e-12)
    assert commits[-1].phase == "done"
    assert events[2]["test_spikes"] != events[3]["test_spikes"], "another seed is another network"


def test_a_training_is_exactly_the_studys_own_retraining(tmp_path, undisturbed):
    searched, _ = collect(tiny_config(), tmp_path / "search")
    winner = searched[-1]
    alone, _ = collect(analysis(Arm(label="w", architectures=(winner["architecture"],))), tmp_path / "alone")
    training = next(event for event in alone if event["kind"] == "training_finished")
    for name in ("test_accuracy", "test_spikes", "spikes_by_layer", "parameters", "firing_rate"):
        assert training[name] == winner[name]


def test_networks_trained_on_the_training_samples_are_evaluated_on_the_validation_samples_too(tmp_path):
    config = analysis(Arm(label="w", architectures=("R3-C3",)), train_on="train", operations=True)
    events, _ = collect(config, tmp_path)
    found = next(event for event in events if event["kind"] == "training_finished")
    data = load(config, tmp_path)
    trainer = Trainer(
        build_child(config, Architecture.from_code("R3-C3"), derive(0, "retrain/init")),
        data.train, data, config.retrain, purpose="retrain",
    )  # fmt: skip
    for epoch in range(2):
        for _ in trainer.epoch(epoch, 0, Totals(), no_path):
            pass
    batches = list(evaluation_batches(data.validation, data.encoding, 24, trainer.device))
    tally = evaluate(trainer.network, batches)
    assert (found["validation_accuracy"], tally.samples) == (pytest.approx(tally.accuracy), 20)
    assert found["validation_spikes"] == pytest.approx(tally.average_spikes, rel=1e-3)
    assert operations(trainer.network, evaluation_batches(data.test, data.encoding, 40, trainer.device)) == {
        "effective_macs": pytest.approx(found["effective_macs"], rel=1e-6),
        "effective_acs": pytest.approx(found["effective_acs"], rel=1e-3),
    }


def test_nothing_further_is_measured_unasked(undisturbed):
    _, events, _ = undisturbed
    for name in ("validation_accuracy", "validation_spikes", "effective_macs", "effective_acs"):
        assert not any(name in event for event in events[2:8])


def test_leaving_at_every_commit_changes_nothing(undisturbed, tmp_path):
    _, expected, _ = undisturbed
    pieces, attempts = run_in_pieces(two_arms(), tmp_path)
    assert pieces == expected
    assert attempts > 30


def test_files_of_the_result(undisturbed):
    workdir, events, _ = undisturbed
    lines = list(csv.DictReader(io.StringIO((workdir / "result" / "analysis.csv").read_text())))
    assert [float(line["test_spikes"]) for line in lines] == [e["test_spikes"] for e in events[2:8]]
    document = json.loads((workdir / "result" / "analysis.json").read_text())
    assert parse_config(document["study"]) == two_arms()
    assert document["report"] == events[-1]


def training(arm: str, accuracy: float, spikes: float, **other: object) -> TrainingFinished:
    fields = {
        "number": 0, "trainings": 1, "arm": arm, "architecture": "S-S", "seed": 0, "epochs": 3, "loss": (),
        "accuracy": (), "test_accuracy": accuracy, "test_spikes": spikes, "firing_rate": 0.1, "parameters": 1,
        "spikes_by_layer": {}, **other,
    }  # fmt: skip
    return TrainingFinished.model_validate(fields)


def test_means_and_spreads_by_hand():
    done = [training("a", 0.5, 100, seed=0), training("a", 0.7, 140, seed=1), training("b", 0.9, 10)]
    a, b = report(two_arms(), done).arms
    assert (a.accuracy.n, a.accuracy.mean) == (2, pytest.approx(0.6))
    assert a.accuracy.deviation == pytest.approx(0.02**0.5)  # √(((0.1)² + (0.1)²) ÷ 1)
    assert (a.spikes.mean, a.spikes.minimum, a.spikes.maximum) == (120, 100, 140)
    assert a.seeds == (0, 1)
    assert b.accuracy.deviation is None, "one result has no spread"


def test_beside_the_posters_table():
    config = analysis(Arm(label="SCB_k3", architectures=("C3-C3",)), table="blocks")
    finished = report(config, [training("SCB_k3", 0.8, 1000.0), training("mine", 0.1, 5.0)])
    lines = {(line.row, line.quantity): line for line in finished.comparison}
    assert lines["SCB_k3", "accuracy"].paper == 86.93
    assert lines["SCB_k3", "accuracy"].here == pytest.approx(80.0)
    assert lines["SCB_k3", "accuracy"].tag == "test, 3 epochs, seed 0, n = 1, no spread"
    assert lines["SRB_k3", "spikes"].here is None
    assert ("mine", "accuracy") not in lines


def test_trust_is_kendalls_tau_of_estimate_and_result():
    """Of six pairs of ranks 1 2 3 4 and 1 2 4 3 five agree and one does not: τ = (5 − 1) ÷ 6."""
    pairs = [(0.1, 0.5), (0.2, 0.6), (0.3, 0.8), (0.4, 0.7)]
    done = [training("t", result, 1.0, search_accuracy=guess) for guess, result in pairs]
    trust = report(tiny_config(), done).trust
    assert trust is not None
    assert trust.tau == pytest.approx(4 / 6)
    assert (trust.low, trust.high) == (None, None), "an interval needs 10"
    assert trust.p_value == pytest.approx(4 / 24), "the order itself and the three with one discordant pair"
    assert trust.better_than_chance is False
    constant = report(tiny_config(), [training("t", 0.5, 1.0, search_accuracy=g) for g in (0.1, 0.2, 0.3)])
    assert constant.trust is None
    assert "all results equal" in constant.note


def test_csv_has_a_line_a_training():
    [line] = csv.DictReader(io.StringIO(as_csv([training("a, b", 0.5, 2.0, search_accuracy=0.25)])))
    assert (line["arm"], line["test_accuracy"], line["search_accuracy"]) == ("a, b", "0.5", "0.25")


def search_with(**retrain: object) -> StudyConfig:
    tiny = tiny_config()
    settled = RetrainConfig.model_validate({**tiny.retrain.model_dump(), **retrain})
    return tiny.model_copy(update={"retrain": settled})


def test_a_search_study_goes_on_with_seeds_and_trust(tmp_path):
    plain, _ = collect(tiny_config(), tmp_path / "plain")
    events, _ = collect(search_with(seeds=2, trust=4), tmp_path / "more")
    known = ("kind", "architecture", "test_accuracy", "test_spikes")
    finished = next(i for i, e in enumerate(events) if e["kind"] == "study_finished")
    assert {k: events[finished][k] for k in known} == {k: plain[-1][k] for k in known}, "the winner is as without"
    more = [e for e in events if e["kind"] == "training_finished"]
    assert [(e["number"], e["arm"], e["seed"]) for e in more] == [
        (1, "winner", 1), *((n, "supernet trust", 0) for n in (2, 3, 4, 5)),
    ]  # fmt: skip
    assert all(e["search_accuracy"] is not None for e in more[1:])
    winner = events[-1]["arms"][0]
    assert (winner["arm"], winner["accuracy"]["n"]) == ("winner", 2)
    assert winner["accuracy"]["mean"] == pytest.approx((plain[-1]["test_accuracy"] + more[0]["test_accuracy"]) / 2)
    assert events[-1]["trust"] or events[-1]["note"]
    pieces, _ = run_in_pieces(search_with(seeds=2, trust=4), tmp_path / "pieces")
    assert pieces == events


def test_baselines_are_trained_after_the_search_by_the_same_recipe(tmp_path):
    config = search_with(baselines=("lee-2020-resnet-11",), baseline_channels=2)
    events, _ = collect(config, tmp_path / "search")
    [lee] = [e for e in events if e["kind"] == "training_finished"]
    assert (lee["arm"], lee["architecture"], lee["epochs"]) == ("lee-2020-resnet-11", "lee-2020-resnet-11", 2)
    assert [arm["arm"] for arm in events[-1]["arms"]] == ["winner", "lee-2020-resnet-11"]


def test_an_unknown_baseline_is_refused_by_name():
    document = tiny_config().model_dump(mode="json")
    document["retrain"]["baselines"] = ["lee-2020-resnet-11", "vgg"]
    with pytest.raises(ConfigError, match=r"retrain\.baselines\.1: zoo must be one of .*, got 'vgg'"):
        parse_config(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arms": []}, r"analysis\.arms: .*at least 1"),
        ({"arms": [{"label": "x"}]}, r"analysis\.arms\.0\.architectures: give genomes, or random at least 1"),
        ({"arms": [{"label": "x", "zoo": "vgg"}]}, r"arms\.0.*: zoo must be one of wu-2019b.*, got 'vgg'"),
        ({"arms": [{"label": "x", "zoo": "fang-2021-dvs128-gesture"}]}, r"arms\.0.*: layer"),
        ({"arms": [{"label": "x", "architectures": ["C3"]}]}, r"arms\.0\.architectures: 'C3' has 1 blocks; .* 2"),
        ({"arms": [{"label": "x", "architectures": ["C5-C3"]}]}, r"arms\.0\.architectures: searched layer 1: SCB_k5"),
        (
            {"arms": [{"label": "x", "random": 10}]},
            r"arms\.0\.random: the space has 9 architectures to draw from, got 10",
        ),
        (
            {"arms": [{"label": "x", "architectures": ["S-S", "S-S", "C3-S"], "random": 8}]},
            r"arms\.0\.random: the space has 7 architectures to draw from, got 8",
        ),
        ({"arms": [{"label": "x", "random": 1}] * 2}, r"arms\.1\.label: 'x' is taken"),
        ({"arms": [{"label": "x", "architectures": ["S-S"] * 50}], "seeds": 100}, r"at most 2,000 trainings.* 5,000"),
    ],
)
def test_bad_analyses_are_refused_with_their_field(change, message):
    document = tiny_config().model_dump(mode="json")
    with pytest.raises(ConfigError, match=message):
        parse_config({**document, "analysis": change})


def test_a_search_config_has_the_digest_it_had_before_there_were_analyses():
    assert "analysis" not in json.dumps(tiny_config().model_dump(exclude_defaults=True))
    assert two_arms().digest() != tiny_config().digest()


def test_its_cost_is_that_of_its_trainings():
    config = PRESETS["quick-look"].config
    once = estimate(config).work["retrain"]
    arm = Arm(label="x", random=3)
    many = config.model_copy(update={"analysis": AnalysisConfig(arms=(arm,), seeds=2)})
    assert estimate(many).work == {"supernet": 0, "search": 0, "retrain": 0, "analysis": pytest.approx(6 * once)}
