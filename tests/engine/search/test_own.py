"""A search of one's own: what it is handed, and what becomes of what it answers."""

from dataclasses import replace

import pytest

from engine.config.algorithms import SearchAlgorithm
from engine.config.search import SearchConfig
from engine.errors import PartError
from engine.events import Candidate
from engine.search.build import build_search
from engine.search.interface import Proposal
from engine.search.own import Asked
from engine.space.architecture import Architecture
from tests.engine.tiny import tiny_config
from tests.own_blocks import registered

FIRST, SECOND = Architecture(("SCB_k3", "SRB_k3")), Architecture(("SRB_k3", "SRB_k3"))


@pytest.fixture
def asked():
    """Asks a function of one's own, as a study with seed 5 does; `seen` are the genomes evaluated so far."""

    def answer(function, seen=(), generation=0):
        with registered(SearchAlgorithm("mine", "my search", ask=function)):
            config = tiny_config(seed=5)
            config = config.model_copy(update={"search": config.search.model_copy(update={"algorithm": "mine"})})
            return build_search(config).ask(generation, [candidate(i, code) for i, code in enumerate(seen)])

    return answer


def candidate(number, code):
    return Candidate(
        id=number, generation=0, architecture=code, accuracy=0.5, spikes=10.0, firing_rate=0.1, fitness=0.5,
        parameters=7, origin="random", parents=(), changed=(), spike_map="",
    )  # fmt: skip


def test_it_is_handed_the_space_what_was_seen_and_draws_that_come_again(asked):
    drawn: list[Asked] = []

    def ask(one):
        drawn.append(one)
        return [one.space.sample(one.rng)]

    found = [asked(ask, ["C3-C3"], generation) for generation in (1, 1, 2)]
    assert found[0] == found[1]
    assert found[0][0].origin == "proposed"
    assert [one.generation for one in drawn] == [1, 1, 2]
    assert drawn[0].genomes == {"C3-C3"}
    assert drawn[0].space.size == 9
    assert drawn[0].config.population == 4
    assert drawn[0].rng.random() == drawn[1].rng.random() != drawn[2].rng.random()


def test_a_proposal_keeps_its_origin_and_nothing_ends_the_search(asked):
    made = Proposal(SECOND, "mutation", (0,), (0,))
    assert asked(lambda _: [made], ["C3-R3"]) == [made]
    assert asked(lambda _: []) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: [FIRST, SECOND, FIRST], "C3-R3 was evaluated before, or is proposed twice"),
        (lambda _: [Architecture(("skip_connect", "skip_connect"))], "S-S was evaluated before, or is proposed twice"),
        (lambda _: [Architecture(("SCB_k5", "SRB_k3"))], "searched layer 1: SCB_k5 is not one of skip_connect, SCB_k3"),
        (lambda _: [Architecture(("SCB_k3",))], "'C3' has 1 blocks; the space searches 2"),
        (lambda _: [Architecture(("Nothing",))], "there is no block 'Nothing'"),
        (lambda _: ["C3-R3"], "proposes an Architecture or a Proposal, got str"),
        (lambda _: None, "failed: TypeError: 'NoneType' object is not iterable"),
        (lambda _: 1 / 0, "failed: ZeroDivisionError: division by zero (test_own.py, line "),
        (lambda _: [Proposal(FIRST, "mutation", (1,))], "C3-R3 names parents (1,), of 1 candidates"),
        (lambda _: [FIRST] * 1001, "at most 1,000 architectures a generation, got 1,001"),
    ],
)
def test_what_it_must_not_answer_is_told(asked, answer, said):
    with pytest.raises(PartError) as refused:
        asked(answer, ["S-S"])
    assert str(refused.value).startswith("search 'mine'")
    assert said in str(refused.value)


def test_one_that_breeds_is_held_to_its_sizes():
    with registered(replace(SearchAlgorithm("mine", "my search", ask=lambda _: []), breeds=True)):
        sizes = SearchConfig(algorithm="mine", population=4, parents=2, mutations=3, crossovers=3)
        with pytest.raises(ValueError, match=r"population: must be at least mutations \+ crossovers = 6, got 4"):
            tiny_config().model_validate(tiny_config().model_dump() | {"search": sizes.model_dump()})
