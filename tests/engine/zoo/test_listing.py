"""`python -m engine zoo`: every baseline as JSON, for scripts and for the page that shows them."""

import json

from engine.__main__ import main
from engine.zoo.registry import PLANS, ZOO


def test_every_baseline_is_listed_with_its_layers(capsys):
    assert main(["zoo"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == list(ZOO)
    for entry in listed:
        assert entry["parameters"] == sum(layer["parameters"] for layer in entry["layers"])
        assert entry["layers"][-1]["shape"] == [10 * entry["classes"], 1, 1], "ten output neurons a class"
        assert len({layer["name"] for layer in entry["layers"]}) == len(entry["layers"])


def test_an_entry_names_data_width_and_paper(capsys):
    main(["zoo"])
    he = next(entry for entry in json.loads(capsys.readouterr().out) if entry["name"] == "he-2020")
    assert (he["data"], he["event"], he["channels"], he["year"]) == (["DVS128-Gesture"], True, 64, 2020)
    assert (he["input"], he["classes"]) == ([2, 128, 128], 11)
    assert he["layers"][1] == {
        "name": "conv 1",
        "block": "conv",
        "shape": [64, 32, 32],
        "parameters": 9 * 2 * 64 + 64 + 1,
        "macs": 9 * 2 * 64 * 32 * 32,
        "neurons": 64 * 32 * 32,
    }


def test_names_are_unique_and_widths_are_the_published_ones():
    assert len(PLANS) == len(ZOO)
    assert {name: plan.channels for name, plan in ZOO.items()} == {
        "wu-2019b": 128,
        "fang-2021": 256,
        "fang-2021-cifar10-dvs": 128,
        "fang-2021-dvs128-gesture": 128,
        "zheng-2021-resnet-19": 128,
        "zheng-2021-resnet-19-no-pool": 128,
        "zheng-2021-resnet-19-gap": 128,
        "zheng-2021-resnet-17": 64,
        "lee-2020-resnet-11": 64,
        "he-2020": 64,
        "kaiser-2020-decolle": 64,
    }
