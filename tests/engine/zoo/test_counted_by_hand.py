"""Each baseline's layers, worked out by hand from its description, against the walk and against the real module.

Parameters of a layer: weights + 2 per channel of batch norm (or 1 per channel of bias) + 1 per neuron layer (PLIF's w).
"""

import pytest
import torch

from engine.model.network import parameter_count
from engine.model.zoo_network import build
from engine.zoo.plans import DATA_SETS
from engine.zoo.registry import ZOO
from engine.zoo.shapes import layer_specs
from tests.engine.zoo.tiny import zoo_config

# Zheng's ResNet-19 up to its pool: 3×32×32 in; 32, 16, 8 after strides 1 1 1 2 1 1 2 1
RESNET_19 = [
    ("conv 1", (128, 32, 32), 9 * 3 * 128 + 2 * 128 + 1),
    ("SRB 1", (128, 32, 32), 2 * (9 * 128 * 128 + 2 * 128 + 1)),
    ("SRB 2", (128, 32, 32), 2 * (9 * 128 * 128 + 2 * 128 + 1)),
    ("SRB 3", (128, 32, 32), 2 * (9 * 128 * 128 + 2 * 128 + 1)),
    # two 3×3 convolutions and the 1×1 on the shortcut, three batch norms of 256, two neuron layers
    ("SRB 4", (256, 16, 16), 9 * 128 * 256 + 9 * 256 * 256 + 128 * 256 + 3 * 2 * 256 + 2),
    ("SRB 5", (256, 16, 16), 2 * (9 * 256 * 256 + 2 * 256 + 1)),
    ("SRB 6", (256, 16, 16), 2 * (9 * 256 * 256 + 2 * 256 + 1)),
    ("SRB 7", (512, 8, 8), 9 * 256 * 512 + 9 * 512 * 512 + 256 * 512 + 3 * 2 * 512 + 2),
    ("SRB 8", (512, 8, 8), 2 * (9 * 512 * 512 + 2 * 512 + 1)),
]
FANG_CONV = 9 * 128 * 128 + 2 * 128 + 1
STATIC_FANG_CONV = 9 * 256 * 256 + 2 * 256 + 1

BY_HAND = {
    "wu-2019b": [
        ("conv 1", (128, 32, 32), 9 * 3 * 128 + 2 * 128 + 1),
        ("conv 2", (256, 32, 32), 9 * 128 * 256 + 2 * 256 + 1),
        ("average pool 1", (256, 16, 16), 1),
        ("conv 3", (512, 16, 16), 9 * 256 * 512 + 2 * 512 + 1),
        ("average pool 2", (512, 8, 8), 1),
        ("conv 4", (1024, 8, 8), 9 * 512 * 1024 + 2 * 1024 + 1),
        ("conv 5", (512, 8, 8), 9 * 1024 * 512 + 2 * 512 + 1),
        ("FC 1", (1024, 1, 1), 512 * 8 * 8 * 1024 + 1),
        ("FC 2", (512, 1, 1), 1024 * 512 + 1),
        ("output", (100, 1, 1), 512 * 100 + 1),
    ],
    "fang-2021": [
        ("conv 1", (256, 32, 32), 9 * 3 * 256 + 2 * 256 + 1),
        ("conv 2", (256, 32, 32), STATIC_FANG_CONV),
        ("conv 3", (256, 32, 32), STATIC_FANG_CONV),
        ("max pool 1", (256, 16, 16), 0),
        ("conv 4", (256, 16, 16), STATIC_FANG_CONV),
        ("conv 5", (256, 16, 16), STATIC_FANG_CONV),
        ("conv 6", (256, 16, 16), STATIC_FANG_CONV),
        ("max pool 2", (256, 8, 8), 0),
        ("FC 1", (2048, 1, 1), 256 * 8 * 8 * 2048 + 1),  # C/2·16 = 2,048
        ("output", (100, 1, 1), 2048 * 100 + 1),
    ],
    "fang-2021-cifar10-dvs": [
        ("conv 1", (128, 128, 128), 9 * 2 * 128 + 2 * 128 + 1),
        ("max pool 1", (128, 64, 64), 0),
        ("conv 2", (128, 64, 64), FANG_CONV),
        ("max pool 2", (128, 32, 32), 0),
        ("conv 3", (128, 32, 32), FANG_CONV),
        ("max pool 3", (128, 16, 16), 0),
        ("conv 4", (128, 16, 16), FANG_CONV),
        ("max pool 4", (128, 8, 8), 0),
        ("FC 1", (512, 1, 1), 128 * 8 * 8 * 512 + 1),
        ("output", (100, 1, 1), 512 * 100 + 1),
    ],
    "fang-2021-dvs128-gesture": [
        ("conv 1", (128, 128, 128), 9 * 2 * 128 + 2 * 128 + 1),
        ("max pool 1", (128, 64, 64), 0),
        ("conv 2", (128, 64, 64), FANG_CONV),
        ("max pool 2", (128, 32, 32), 0),
        ("conv 3", (128, 32, 32), FANG_CONV),
        ("max pool 3", (128, 16, 16), 0),
        ("conv 4", (128, 16, 16), FANG_CONV),
        ("max pool 4", (128, 8, 8), 0),
        ("conv 5", (128, 8, 8), FANG_CONV),
        ("max pool 5", (128, 4, 4), 0),
        ("FC 1", (512, 1, 1), 128 * 4 * 4 * 512 + 1),
        ("output", (110, 1, 1), 512 * 110 + 1),  # 11 gestures
    ],
    "zheng-2021-resnet-19": [
        *RESNET_19,
        ("average pool 1", (512, 4, 4), 1),
        ("FC 1", (256, 1, 1), 512 * 4 * 4 * 256 + 1),
        ("output", (100, 1, 1), 256 * 100 + 1),
    ],
    "zheng-2021-resnet-19-no-pool": [
        *RESNET_19,
        ("FC 1", (256, 1, 1), 512 * 8 * 8 * 256 + 1),
        ("output", (100, 1, 1), 256 * 100 + 1),
    ],
    "zheng-2021-resnet-19-gap": [
        *RESNET_19,
        ("GAP", (512, 1, 1), 1),
        ("FC 1", (256, 1, 1), 512 * 256 + 1),
        ("output", (100, 1, 1), 256 * 100 + 1),
    ],
    "zheng-2021-resnet-17": [
        ("conv 1", (64, 128, 128), 9 * 2 * 64 + 2 * 64 + 1),
        ("max pool 1", (64, 64, 64), 0),
        ("conv 2", (64, 64, 64), 9 * 64 * 64 + 2 * 64 + 1),
        ("max pool 2", (64, 32, 32), 0),
        ("SRB 1", (64, 16, 16), 2 * 9 * 64 * 64 + 64 * 64 + 3 * 2 * 64 + 2),  # stride 2 at equal width: 1×1 shortcut
        ("SRB 2", (64, 16, 16), 2 * (9 * 64 * 64 + 2 * 64 + 1)),
        ("SRB 3", (64, 16, 16), 2 * (9 * 64 * 64 + 2 * 64 + 1)),
        ("SRB 4", (128, 8, 8), 9 * 64 * 128 + 9 * 128 * 128 + 64 * 128 + 3 * 2 * 128 + 2),
        ("SRB 5", (128, 8, 8), 2 * (9 * 128 * 128 + 2 * 128 + 1)),
        ("SRB 6", (128, 8, 8), 2 * (9 * 128 * 128 + 2 * 128 + 1)),
        ("SRB 7", (128, 8, 8), 2 * (9 * 128 * 128 + 2 * 128 + 1)),
        ("average pool 1", (128, 4, 4), 1),
        ("FC 1", (256, 1, 1), 128 * 4 * 4 * 256 + 1),
        ("output", (100, 1, 1), 256 * 100 + 1),
    ],
    "lee-2020-resnet-11": [
        ("conv 1", (64, 32, 32), 9 * 3 * 64 + 2 * 64 + 1),
        ("average pool 1", (64, 16, 16), 1),
        ("SRB 1", (128, 16, 16), 9 * 64 * 128 + 9 * 128 * 128 + 64 * 128 + 3 * 2 * 128 + 2),
        ("SRB 2", (256, 8, 8), 9 * 128 * 256 + 9 * 256 * 256 + 128 * 256 + 3 * 2 * 256 + 2),
        ("SRB 3", (512, 8, 8), 9 * 256 * 512 + 9 * 512 * 512 + 256 * 512 + 3 * 2 * 512 + 2),
        ("SRB 4", (512, 4, 4), 2 * 9 * 512 * 512 + 512 * 512 + 3 * 2 * 512 + 2),
        ("FC 1", (1024, 1, 1), 512 * 4 * 4 * 1024 + 1),
        ("output", (100, 1, 1), 1024 * 100 + 1),
    ],
    "he-2020": [
        ("input pool", (2, 32, 32), 0),
        ("conv 1", (64, 32, 32), 9 * 2 * 64 + 64 + 1),  # bias, no batch norm
        ("conv 2", (128, 32, 32), 9 * 64 * 128 + 128 + 1),
        ("average pool 1", (128, 16, 16), 1),
        ("conv 3", (128, 16, 16), 9 * 128 * 128 + 128 + 1),
        ("average pool 2", (128, 8, 8), 1),
        ("FC 1", (256, 1, 1), 128 * 8 * 8 * 256 + 256 + 1),
        ("output", (110, 1, 1), 256 * 110 + 1),
    ],
    "kaiser-2020-decolle": [
        ("input pool", (2, 32, 32), 0),
        ("conv 1", (64, 15, 15), 49 * 2 * 64 + 64 + 1),  # 32 + 2·2 − 7 + 1 = 30, halved by the pool
        ("conv 2", (128, 13, 13), 49 * 64 * 128 + 128 + 1),  # 15 + 4 − 6 = 13
        ("conv 3", (128, 5, 5), 49 * 128 * 128 + 128 + 1),  # 13 + 4 − 6 = 11, pooled to 5
        ("output", (110, 1, 1), 128 * 5 * 5 * 110 + 1),
    ],
}
TOTALS = {
    "wu-2019b": 45_049_994,
    "fang-2021": 36_718_344,
    "fang-2021-cifar10-dvs": 4_691_206,
    "fang-2021-dvs128-gesture": 1_698_311,
    "zheng-2021-resnet-19": 14_686_868,
    "zheng-2021-resnet-19-no-pool": 20_978_323,
    "zheng-2021-resnet-19-gap": 12_720_788,
    "zheng-2021-resnet-17": 1_930_771,
    "lee-2020-resnet-11": 18_298_956,
    "he-2020": 2_348_231,
    "kaiser-2020-decolle": 1_562_820,
}


def test_every_baseline_is_counted():
    assert set(BY_HAND) == set(TOTALS) == set(ZOO)


@pytest.mark.parametrize("name", BY_HAND)
def test_the_walk_agrees_with_the_hand(name):
    walked = [(row.name, row.shape, row.parameters) for row in layer_specs(ZOO[name])]
    assert walked == BY_HAND[name]
    assert sum(parameters for _, _, parameters in BY_HAND[name]) == TOTALS[name]


@pytest.mark.parametrize("name", BY_HAND)
def test_the_module_at_its_paper_s_size_agrees_with_the_hand(name):
    plan = ZOO[name]
    data = plan.input
    network = build(plan, zoo_config(), 0, data=data).eval()
    assert parameter_count(network) == TOTALS[name]
    assert [parameter_count(layer) for layer in network.layers] == [parameters for _, _, parameters in BY_HAND[name]]
    seen: list[tuple[int, ...]] = []
    for layer in network.layers:
        layer.register_forward_hook(lambda _, __, result: seen.append(tuple(result[0].shape[2:])))
    frames = (1, 1, data.channels, data.height, data.width) if plan.event else (1, data.channels, 32, 32)
    with torch.no_grad():
        network(torch.rand(frames))
    expected = [shape if len(got) == 3 else shape[:1] for (_, shape, _), got in zip(BY_HAND[name], seen, strict=True)]
    assert seen == expected


def test_he_2020_without_our_head_has_the_parameters_its_authors_print():
    """2,322,891 with 11 biased outputs; ours has 110 without bias, and one w for each of its 7 neuron layers."""
    theirs = 2_322_891
    neuron_layers = 7  # 3 convolutions, 2 pools, FC, output
    assert TOTALS["he-2020"] - neuron_layers - 256 * 110 == theirs - (256 * 11 + 11)


def test_multiply_accumulates_and_counted_neurons_of_resnet_11_by_hand():
    """A convolution's weights at each of its outputs; both neuron layers of a residual block count."""
    walked = {row.name: (row.macs, row.output_elements) for row in layer_specs(ZOO["lee-2020-resnet-11"])}
    assert walked == {
        "conv 1": (9 * 3 * 64 * 32 * 32, 64 * 32 * 32),
        "average pool 1": (0, 64 * 16 * 16),
        "SRB 1": ((9 * 64 * 128 + 9 * 128 * 128 + 64 * 128) * 16 * 16, 2 * 128 * 16 * 16),
        "SRB 2": ((9 * 128 * 256 + 9 * 256 * 256 + 128 * 256) * 8 * 8, 2 * 256 * 8 * 8),
        "SRB 3": ((9 * 256 * 512 + 9 * 512 * 512 + 256 * 512) * 8 * 8, 2 * 512 * 8 * 8),
        "SRB 4": ((9 * 512 * 512 + 9 * 512 * 512 + 512 * 512) * 4 * 4, 2 * 512 * 4 * 4),
        "FC 1": (8192 * 1024, 1024),
        "output": (1024 * 100, 100),
    }


def test_decolle_s_convolutions_are_counted_before_their_pool_and_its_neurons_after():
    walked = {row.name: (row.macs, row.output_elements) for row in layer_specs(ZOO["kaiser-2020-decolle"])}
    assert walked == {
        "input pool": (0, 0),
        "conv 1": (49 * 2 * 64 * 30 * 30, 64 * 15 * 15),
        "conv 2": (49 * 64 * 128 * 13 * 13, 128 * 13 * 13),
        "conv 3": (49 * 128 * 128 * 11 * 11, 128 * 5 * 5),
        "output": (3200 * 110, 110),
    }


def test_more_classes_change_the_output_alone():
    """CIFAR-100: 10·100 outputs in place of 10·10."""
    ten, hundred = (
        sum(row.parameters for row in layer_specs(ZOO["fang-2021"], DATA_SETS[d])) for d in ("SVHN", "CIFAR-100")
    )
    assert hundred - ten == 2048 * (1000 - 100)
