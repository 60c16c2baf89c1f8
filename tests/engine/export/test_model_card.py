"""The model card: every number of the result, whole tables, and no name that Markdown takes for markup."""

import re

import pytest

from engine.analysis.sanity import ResultWarning
from engine.config.network import NeuronConfig
from engine.export.markdown import escaped, table
from engine.export.model_card import DataFacts, KeptFacts, Outcome, model_card
from engine.space.macro import Layer
from tests.engine.tiny import tiny_config

LAYERS = {"stem": 1234.5, "1": 20.25, "2": 3.0, "3": 0.0, "output": 7.5}
OUTCOME = Outcome("R3-C3", 0.8765, 1265.2, LAYERS, 4321, 0.9012, 0.7654, 1111.1, 2222.2, 98765, 0.123)
DATA = DataFacts(5000, 1000, "ab" * 32, "a note of <the> reader", (0.25,), (0.5,), ("cat", "dog_*"))
KEPT = KeptFacts(32, 0.875, 1270.25, 0.84375, 1271.5)


def card(name: str = "Tiny", warnings: tuple[ResultWarning, ...] = (), **network: object) -> str:
    return model_card(tiny_config(**network).model_copy(update={"name": name}), OUTCOME, DATA, KEPT, warnings)


def body(text: str) -> str:
    """What follows the front matter."""
    return text.split("\n---\n\n", 1)[1]


def tables(text: str) -> list[list[str]]:
    """The lines of each table."""
    return [block.splitlines() for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)]


def test_it_tells_every_number():
    told = card()
    for number in (
        "87.65%", "4,321 images", "1,265.2 per image", "0.123", "98,765", "90.12%", "76.54%", "1,111.1 spikes",
        "2,222.2", "5,000 images", "1,000 of them", "ab" * 32, "λ = -0.08", "2 generations of 4", "batch size 16",
        "learning rate 0.02", "Seed 0", "1 CPU thread", tiny_config().digest(), "| stem | 1,234.5 |",
        "| output | 7.5 |",
    ):  # fmt: skip
        assert number in told, number


def test_it_says_which_class_is_the_answer_where_votes_tie():
    """As `engine.model.decision.predicted` answers; test_decision.py and test_ties.py hold every back end to it."""
    assert "of equally high ones the one of lowest index: `rates.argmax(1)`" in card()


def test_spikes_of_average_pools_have_their_note_and_others_none():
    """Threshold 1: such a pool fires by rounding alone. The tiny study has a max-pool and the threshold 0.3."""
    macro = tiny_config().network.macro
    pooled = macro.model_copy(
        update={"layers": (*macro.layers[:1], Layer(kind="avg_pool", stride=2), *macro.layers[2:])}
    )
    told = card(macro=pooled, neuron=NeuronConfig())
    assert (
        told.index("## Spikes by layer")
        < told.index("Average pooling: the neurons of layer 2 read")
        < told.index("## With AutoSNN Studio")
    )
    for other in (card(), card(macro=pooled), card(neuron=NeuronConfig())):
        assert "Average pooling" not in other


def test_tables_have_as_many_cells_in_every_line():
    results, kept, layers, energy = tables(card())
    assert {line.count("|") for line in results} == {3}
    assert {line.count("|") for line in kept} == {4}
    assert {line.count("|") for line in energy} == {3}
    assert {line.count("|") for line in layers} == {3}
    assert "| architecture | `R3 / C3` (genome `R3-C3`; / is a pool) |" in results
    assert len(layers) == 2 + len(LAYERS)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a | b", r"a \| b"),
        ("# *bold* _it_ `code`", r"\# \*bold\* \_it\_ \`code\`"),
        ("[link](http://x) <script>", r"\[link\](http://x) \<script\>"),
        ("two\n\n## lines\r\n", r"two \#\# lines"),
        ("A & B ~ $1$ \\", r"A \& B \~ \$1\$ " + r"\\"),
        ("snake_case stays", "snake_case stays"),
        ("汉字 ünïcode", "汉字 ünïcode"),
    ],
)
def test_a_name_is_shown_as_it_was_written(name, shown):
    assert escaped(name) == shown
    assert body(card(name)).splitlines()[0] == f"# {shown}"


def test_the_reader_s_note_is_text_too():
    assert r"a note of \<the\> reader." in card()


def test_it_tells_the_preprocessing_and_the_classes():
    told = card()
    assert "Input: 1 × 8 × 8, direct coding" in told
    assert "(pixel − mean) ÷ deviation, with mean 0.25 and deviation 0.5 by channel" in told
    assert r"Classes: cat, dog\_\*." in told
    assert "evaluate model.safetensors --samples PATH" in told
    assert told.index("## Data") < told.index("## Preprocessing") < told.index("## Network")


def test_a_table_s_last_columns_are_numbers():
    assert table(("a", "b"), [("1", "2")], numbers=1).splitlines() == ["| a | b |", "| --- | ---: |", "| 1 | 2 |"]


def test_warnings_stand_before_the_data_and_only_where_there_are_some():
    assert "## Warnings" not in card()
    told = card(warnings=(ResultWarning("silent", "Silent network: N = 0.", "Try: lower the threshold."),))
    assert "## Warnings\n- Silent network: N = 0. Try: lower the threshold." in told
    assert told.index("## Warnings") < told.index("## Data")


def test_a_network_in_ann_mode_is_called_one():
    macro = tiny_config().network.macro.model_copy(update={"votes_per_class": 1})
    assert "A neural network in ANN mode found by" in card(neuron=NeuronConfig(kind="relu"), time_steps=1, macro=macro)
