"""`retrain`: architectures of a finished search from scratch, beside what the supernet said of them."""

import json

from engine.__main__ import main


def test_an_architecture_is_trained_with_seeds_and_told_beside_its_estimate(made, tmp_path, capsys):
    source = made / "finished"
    lines = (source / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    seen = [one for event in events if event["kind"] == "generation_finished" for one in event["candidates"]]
    winner = next(event for event in events if event["kind"] == "study_finished")
    command = ["retrain", str(source), winner["architecture"], "--seeds", "2", "--to", str(tmp_path / "w")]
    assert main(command) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["search_accuracy"] == next(
        one["accuracy"] for one in seen if one["architecture"] == winner["architecture"]
    )
    assert row["seeds"] == [0, 1]
    trained = json.loads((tmp_path / "w" / "result" / "analysis.json").read_text())["trainings"]
    assert trained[0]["test_accuracy"] == winner["test_accuracy"]  # the winner's own training, of the same seed
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == [row]


def test_a_genome_of_another_space_is_refused(made, tmp_path, capsys):
    assert main(["retrain", str(made / "finished"), "R5-R5", "--to", str(tmp_path / "w")]) == 2
    assert capsys.readouterr().err.startswith("error: architectures: ")
    assert not (tmp_path / "w").exists()
