"""The kernels beside plain torch, on networks that fire: the same spikes and statistics, gradients within 1e-5."""

import copy

import pytest
import torch
import torch.nn.functional as F

from engine.backends.cpu.library import library
from engine.backends.cpu.norms import batch_statistics
from engine.backends.dispatch import attach, place
from engine.evaluation.prefix_cache import OWN_BYTES
from engine.evaluation.prefix_tree import EvaluationCache, PrefixTree
from engine.evaluation.recalibration import recalibrated
from engine.evaluation.tally import Tally
from engine.model.blocks import BatchNorm
from engine.model.network import build_supernet
from tests.engine.backends.cpu.firing_networks import config_of, firing_network
from tests.engine.tiny import tiny_config

pytestmark = pytest.mark.skipif(library() is None, reason="no C++ compiler: there are no kernels to compare")

SIB = {"candidates": ["SIB_k3_e1", "SIB_k3_e3", "SIB_k5_e1", "SCB_k7"]}
CASES = {
    "AutoSNN_16": ("paper-cifar10", "R5-R3-S-C3-R5", {}),
    "every step its own statistics, digits": ("quick-look", "R5-C3-S", {}),
    "statistics over all steps, soft reset, erf": (
        "quick-look", "R3-C5-R3", {"batch_norm": "over_time", "neuron": {"reset": "soft", "surrogate": "erf"}},
    ),
    "integrate-and-fire, sigmoid": ("quick-look", "R5-C3-R3", {"neuron": {"kind": "if", "surrogate": "sigmoid"}}),
    "leaky, triangle": ("quick-look", "C3-R3-S", {"neuron": {"kind": "lif", "surrogate": "triangle"}}),
    "bottlenecks and a 7×7": ("quick-look", "I3x3-I5x1-C7", SIB),
    "strides and factorised reduction": ("snn-3", "R5-S-S-C3-C5-S-R3-C5", {}),
    "global average pooling": ("snn-2", "R3-R5-S-R3-C3", {}),
    "average pools": ("snn-4", "R3-R5-S-R3-C3", {}),
}  # fmt: skip


SEEDS = range(4)


@pytest.fixture(params=CASES, ids=str)
def case(request):
    preset, code, network = CASES[request.param]
    return config_of(preset, **copy.deepcopy(network)), code


def takes(network):
    """Whether the kernels run all of a child's stages."""
    return network.backend.evaluator().takes(network.stages(network.only_architecture))


def step(network, images, labels):
    """One training step's rates and counts, with a loss on both; gradients are left in the parameters."""
    network.train()
    rates, counts = network(images)
    wanted = F.one_hot(labels, rates.shape[1]).float()
    (F.mse_loss(rates, wanted) + 1e-6 * counts.sum()).backward()
    return rates.detach(), counts.detach()


def agree(counts, expected):
    """Whether every count is the same. Sums in another order round differently, and a potential that lies within that
    of the threshold flips a spike, which flips others behind it: rare, and few; on any machine most seeds have none.
    """
    assert expected[:-1].sum() > 1000, "a silent network would make this test empty"
    assert (counts - expected).abs().sum() <= 2e-3 * expected.sum()
    return torch.equal(counts, expected)


def assert_same_gradients(network, plain):
    whole = torch.cat([p.grad.flatten() for p in plain.parameters()]).norm()
    for (name, ours), theirs in zip(network.named_parameters(), plain.parameters(), strict=True):
        # a neuron's w sums terms of both signs, of which little is left; it is held against the whole gradient
        scale = whole if ours.dim() == 0 else theirs.grad.norm()
        assert (ours.grad - theirs.grad).norm() <= 1e-5 * scale, name


def assert_same_statistics(network, plain):
    for (name, ours), theirs in zip(network.named_buffers(), plain.buffers(), strict=True):
        assert torch.allclose(ours.double(), theirs.double(), rtol=1e-5, atol=1e-6), name


def test_training_has_the_same_spikes_and_gradients(case):
    for seed in SEEDS:
        network, plain, images, labels = firing_network(*case, seed=seed)
        assert takes(network), "the kernels must run this one"
        rates, counts = step(network, images, labels)
        expected, expected_counts = step(plain, images, labels)
        if agree(counts, expected_counts):
            break
    else:
        pytest.fail(f"spikes differ with every one of {len(SEEDS)} seeds")
    assert torch.equal(rates, expected)
    assert_same_gradients(network, plain)
    assert_same_statistics(network, plain)


def test_evaluation_has_the_same_spikes(case):
    for seed in SEEDS:
        network, plain, images, _ = firing_network(*case, seed=seed)
        with torch.no_grad():
            for _ in range(10):
                network.train()(images)
            plain.load_state_dict(network.state_dict())
            rates, counts = network.eval()(images)
            expected, expected_counts = plain.eval()(images)
        if agree(counts, expected_counts):
            assert torch.equal(rates, expected)
            return
    pytest.fail(f"spikes differ with every one of {len(SEEDS)} seeds")


def test_outputs_fire_in_these_tests():
    network, _, images, labels = firing_network(config_of("paper-cifar10"), "R5-R3-S-C3-R5")
    _, counts = step(network, images, labels)
    assert counts[-1].sum() > 100


def test_results_do_not_depend_on_the_number_of_threads():
    network, _, images, labels = firing_network(config_of("quick-look"), "R5-C3-S", samples=20)
    gradients = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        again = copy.deepcopy(network)
        step(again, images, labels)
        # the stem's and the classifier's weights are torch's, whose sums depend on its threads
        gradients.append([p.grad for name, p in again.named_parameters() if name.startswith("layers")])
    assert all(torch.equal(a, b) for a, b in zip(*gradients, strict=True))


def test_a_step_uses_the_memory_of_the_one_before():
    network, _, images, labels = firing_network(config_of("quick-look"), "R5-C3-R3")
    step(network, images, labels)
    workspace = network.backend.workspace
    before = sum(array.nbytes for arrays in workspace.free.values() for array in arrays)
    step(network, images, labels)
    assert sum(array.nbytes for arrays in workspace.free.values() for array in arrays) == before > 0


@pytest.mark.parametrize("side", [11, 22, 7])
def test_a_mean_of_all_spikes_is_one(side):
    """Rounded once, as by torch: with threshold 1, neurons that integrate and fire do so at every step."""
    kernels = library()
    bits = torch.full((1, 1, side, side, 1), -1, dtype=torch.int16)
    current = torch.empty(1, 1, 1, 16)
    kernels.average(bits, (side, side), current)
    assert torch.equal(current, torch.ones(1, 1, 1, 16))


def test_images_of_another_size_are_refused():
    network, *_ = firing_network(config_of("quick-look"), "R5-C3-R3")
    for mode in (network.train(), network.eval()):
        with torch.no_grad(), pytest.raises(RuntimeError, match="size"):
            mode(torch.randn(2, 1, 8, 8))


@pytest.mark.parametrize("frames", [3, 70])
def test_as_many_frames_as_there_are(frames):
    """The config's time steps are 4, and 64 at most."""
    network, plain, *_ = firing_network(config_of("quick-look"), "R3-C3-R3")
    images = torch.randn(2, frames, 1, 16, 16)
    with torch.no_grad():
        for ours, theirs in ((network.train(), plain.train()), (network.eval(), plain.eval())):
            (rates, counts), (expected, expected_counts) = ours(images), theirs(images)
            assert counts.shape == (len(counts), frames)
            assert (counts - expected_counts).abs().sum() <= 2e-3 * expected_counts.sum()
            assert torch.allclose(rates, expected, atol=0.02)


def test_gradients_are_taken_once():
    network, _, images, _ = firing_network(config_of("quick-look"), "R5-C3-R3")
    counts = network.train()(images)[1].sum()
    counts.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="once"):
        counts.backward()


def test_a_smaller_last_batch_takes_no_memory_besides():
    network, _, images, labels = firing_network(config_of("quick-look"), "R5-C3-R3", samples=20)
    sizes = []
    for samples in (20, 18, 20):
        step(network, images[:samples], labels[:samples])
        free = network.backend.workspace.free
        sizes.append(sum(array.nbytes for arrays in free.values() for array in arrays))
    assert sizes[1] < sizes[0] == sizes[2]


def test_the_variance_of_a_constant_is_not_below_zero():
    """What rounding leaves of E[x²] − E[x]² would make running statistics of which there is no root."""
    norm = BatchNorm(1, "per_step")
    mean, variance = torch.full((1, 16), 30.0, dtype=torch.float64), torch.full((1, 16), -1e-4, dtype=torch.float64)
    for _ in range(100):
        batch_statistics(norm, mean, variance, 1000)
    assert norm.running_var.item() >= 0


def test_recalibration_takes_the_same_statistics():
    network, plain, images, _ = firing_network(config_of("quick-look"), "R5-C3-R3")
    found = []
    for each in (network, plain):
        with recalibrated(each, each.only_architecture, [images, images + 0.5]):
            found.append({name: value.clone() for name, value in each.named_buffers()})
    for name, value in found[0].items():
        assert torch.allclose(value.double(), found[1][name].double(), rtol=1e-5, atol=1e-6), name


def supernet():
    config = tiny_config()
    made = place(build_supernet(config, 3), torch.device("cpu"))
    with torch.no_grad():
        made.classifier.linear.weight.uniform_(-0.2, 0.5)
        torch.manual_seed(0)
        for index in range(config.space.size):
            made.train()(torch.randn(16, 1, 8, 8), config.space.at(index))
    return config, made


def evaluated(network, architectures, batches, cache=None):
    tallies = [Tally() for _ in architectures]
    tree = PrefixTree(network, architectures, cache)
    for number, (images, labels) in enumerate(batches):
        tree.evaluate(images, labels, tallies, number)
    return [(tally.correct, tally.samples, tally.spikes.tolist()) for tally in tallies]


def test_a_tree_with_and_without_cache_and_in_plain_torch_agree():
    config, network = supernet()
    batches = [(torch.randn(10, 1, 8, 8), torch.randint(0, 10, (10,))) for _ in range(3)]
    everything = list(config.space.enumerate())
    cache = EvaluationCache(network, 1 << 20, len(batches))
    generations = [everything[:4], everything[2:7], everything[5:]]
    for generation in generations:
        assert evaluated(network, generation, batches, cache) == evaluated(network, generation, batches)
    assert cache.prefixes.bytes > 0
    with_cache = evaluated(network, everything, batches, cache)
    plain = copy.deepcopy(network)
    attach(plain, "torch")
    assert with_cache == evaluated(plain, everything, batches)
    assert sum(spikes[-1][t] for _, _, spikes in with_cache for t in range(2)) > 100, "silent outputs: an empty test"


def test_the_cache_stays_below_its_bound():
    config, network = supernet()
    batches = [(torch.randn(10, 1, 8, 8), torch.randint(0, 10, (10,))) for _ in range(4)]
    cache = EvaluationCache(network, 200_000, len(batches))
    evaluated(network, list(config.space.enumerate()), batches, cache)
    kept = cache.prefixes.kept.values()
    assert 0 < sum(spikes.bits.nbytes + OWN_BYTES for spikes, _ in kept) == cache.prefixes.bytes <= 200_000


@pytest.mark.parametrize(
    "register", ["register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook"]
)
def test_hooks_of_a_module_are_called(register):
    network, _, images, labels = firing_network(config_of("quick-look"), "R3-C3-R3")
    seen = []
    hook = getattr(network.layers[0]["SRB_k3"].first.conv, register)(lambda *given: seen.append(given) and None)
    step(network, images, labels)
    assert len(seen) == 1
    hook.remove()
    step(network, images, labels)
    assert len(seen) == 1, "the kernels again"


def test_depthwise_blocks_and_relu_run_in_plain_torch():
    depthwise, *_ = firing_network(config_of("quick-look", candidates=["DSIB_k3_e1"]), "D3x1-D3x1-D3x1")
    assert not takes(depthwise)
    rates, _ = depthwise(torch.randn(2, 1, 16, 16))
    assert rates.shape == (2, 10)
