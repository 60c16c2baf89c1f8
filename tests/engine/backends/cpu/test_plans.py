"""Plans belong to a network's stages: paths, of which there may be millions, leave nothing in memory."""

import tracemalloc

import pytest

from engine.backends.plan import Plans
from engine.model.network import build_supernet
from engine.space.architecture import Architecture
from tests.engine.backends.cpu.firing_networks import config_of


@pytest.fixture(scope="module")
def supernet():
    return build_supernet(config_of("paper-cifar10"), 0)


def test_every_stage_of_a_supernet_is_planned_once(supernet):
    plans = Plans()
    paths = [supernet.stages(architecture) for architecture in supernet.config.space.enumerate()]
    made = [plans.of(path) for path in paths]
    assert len(made) == 3125
    stages = {id(stage) for path in paths for stage in path}
    assert set(plans.known) == stages
    assert len(stages) == 5 * 5 + 5  # blocks to choose from; the stem, three pools and the classifier
    again = plans.of(paths[0])
    assert all(one is other for one, other in zip(made[0], again, strict=True))


def test_paths_leave_nothing_in_memory(supernet):
    """A long training of a large space would fill the memory: 250,000 paths of 5 kB were 1.2 GB."""
    plans, space = Plans(), supernet.config.space
    for block in supernet.config.network.candidates:
        plans.of(supernet.stages(Architecture((block,) * 5)))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for place in range(0, space.size, 5):
        plans.of(supernet.stages(space.at(place)))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 500 * space.size // 5


def test_a_path_with_a_stage_that_is_not_the_kernels_has_no_plan():
    candidates = ["SCB_k3", "DSIB_k3_e1"]
    network = build_supernet(config_of("quick-look", candidates=candidates), 0)
    plans = Plans()
    known = {
        architecture.code: plans.of(network.stages(architecture)) for architecture in network.config.space.enumerate()
    }
    assert [code for code, plan in known.items() if plan is not None] == ["C3-C3-C3"]
