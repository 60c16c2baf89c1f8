"""Warnings of a record: the search's fittest, the winner, and the arms of an analysis, of whose own data they are."""

import json

from engine.config.parse import parse_config
from engine.figures.facts import warnings_of
from engine.figures.kit import names
from engine.figures.method import method, method_tex
from engine.figures.record import of_events
from tests.engine.figures.by_hand import events, record
from tests.engine.tiny import tiny_config


def analysed(arms: list[dict], **own: object):
    document = json.loads(tiny_config().canonical())
    labels = [arm["arm"] for arm in arms]
    document["analysis"] = {"arms": [{"label": label, "architectures": ["R3-C3"], **own} for label in labels]}
    return of_events(parse_config(document), [events()[0], {"kind": "analysis_finished", "arms": arms}])


def arm(label: str, accuracy: float, low: float, high: float) -> dict:
    return {"arm": label, "accuracy": {"n": 3, "mean": accuracy}, "spikes": {"minimum": low, "maximum": high}}


def test_a_good_record_has_none():
    assert warnings_of(record()) == []
    assert "Warnings" not in method(record())


def test_of_an_analysis_each_arm_is_evaluated():
    found = warnings_of(analysed([arm("a", 0.9, 5.0, 6.0), arm("b", 0.12, 5.0, 6.0), arm("c", 0.5, 0.0, 6.0)]))
    assert [one.code for one in found] == ["silent", "chance"]
    assert "a training of arm “c”" in found[0].message
    # p = 0.1, n = 40: 0.1 + 2·√(0.09 / 40) = 0.1949
    assert "arm “b” has 12.00% on 40 samples (limit 19.49%)" in found[1].message
    assert "retrain.epochs" in found[1].advice
    assert "supernet" not in found[1].advice  # an analysis trains none


def test_an_arm_with_data_of_its_own_is_measured_against_their_classes():
    own = {"dataset": "cifar100", "image_size": 8, "test_samples": 400}
    assert warnings_of(analysed([arm("a", 0.12, 5.0, 6.0)], data=own)) == []
    [found] = warnings_of(analysed([arm("a", 0.015, 5.0, 6.0)], data=own))
    assert "1.50% on 400 samples (limit 1.99%)" in found.message  # 0.01 + 2·√(0.0099 / 400)


def test_the_method_tells_warnings_also_in_latex():
    told = events()
    told[1]["average_spikes"] = 0.0
    quiet = of_events(tiny_config(), told)
    assert "Warnings: Silent network: N = 0" in method(quiet)
    assert "Warnings: Silent network: N = 0" in method_tex(quiet)
    assert "results-table.tex" in names(quiet)


def test_no_letter_of_the_method_is_lost_on_latex():
    found = method_tex(analysed([arm("λ_reg 5% & α", 0.1, 5.0, 6.0)]))
    assert r"$\lambda$\_reg 5\% \& $\alpha$" in found
    for letter in "λτα√×·−…≤“”†":
        assert letter not in found
