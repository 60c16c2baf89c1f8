"""The baselines by name: those that Na et al. 2022 compare AutoSNN with.

The first eleven are wired as in the published reference code of Na et al. 2022. He 2020 and Kaiser 2020 are
wired as in the tables and code of their own papers; `notes` says where they differ.
"""

from __future__ import annotations

from engine.zoo.plans import Conv, Dense, Downsample, GlobalPool, Output, Plan, PlanLayer, Pool, Residual

WU = "Direct Training for Spiking Neural Networks: Faster, Larger, Better (AAAI 2019)"
FANG = "Incorporating Learnable Membrane Time Constant to Enhance Learning of Spiking Neural Networks (ICCV 2021)"
ZHENG = "Going Deeper With Directly-Trained Larger Spiking Neural Networks (AAAI 2021)"
LEE = "Enabling Spike-Based Backpropagation for Training Deep Neural Network Architectures (Front. Neurosci. 2020)"
HE = "Comparing SNNs and RNNs on Neuromorphic Vision Datasets: Similarities and Differences (Neural Networks 2020)"
KAISER = "Synaptic Plasticity Dynamics for Deep Continuous Local Learning (DECOLLE) (Front. Neurosci. 2020)"

MAX, AVERAGE = Pool("max"), Pool("average")
AS_REFERENCE = "As AutoSNN's reference code builds it, with AutoSNN's neurons, batch norm and voting head"
NO_TDBN = f"{AS_REFERENCE}; the paper's own threshold-dependent batch norm is not used."

_RESNET_19: tuple[PlanLayer, ...] = (
    Conv(1), Residual(1), Residual(1), Residual(1), Residual(2, 2), Residual(2), Residual(2), Residual(4, 2),
    Residual(4),
)  # fmt: skip


def _fang_event(name: str, data_set: str, pooled_convolutions: int) -> Plan:
    body = (Conv(1), MAX) * pooled_convolutions
    return Plan(
        name, f"CIFARNet (Fang 2021) for {data_set}", FANG, 2021, (data_set,), 128, True, (*body, Dense(4), Output()),
        notes=f"{AS_REFERENCE}. Whether it drops out before the fully connected layers was not verified: none here.",
    )  # fmt: skip


def _resnet_19(name: str, title: str, pool: tuple[PlanLayer, ...]) -> Plan:
    layers = (*_RESNET_19, *pool, Dense(2), Output())
    return Plan(name, title, ZHENG, 2021, ("CIFAR-10",), 128, False, layers, NO_TDBN)


PLANS = (
    Plan(
        "wu-2019b", "CIFARNet (Wu 2019b)", WU, 2019, ("CIFAR-10",), 128, False,
        (Conv(1), Conv(2), AVERAGE, Conv(4), AVERAGE, Conv(8), Conv(4), Dense(8), Dense(4), Output()),
        notes=f"{AS_REFERENCE}; the paper's neuron normalisation is not used. Its "
        "CIFAR10-DVS number is quoted from the paper, whose network for event data was not verified.",
    ),
    Plan(
        "fang-2021", "CIFARNet (Fang 2021)", FANG, 2021, ("CIFAR-10", "CIFAR-100", "SVHN"), 256, False,
        (Conv(1), Conv(1), Conv(1), MAX, Conv(1), Conv(1), Conv(1), MAX, Dense(8), Output()),
        notes=f"{AS_REFERENCE}. Whether it drops out before the fully connected layers was not verified: none here; "
        "nor is what was changed for Tiny-ImageNet's 64×64 images, so that data set is not listed.",
    ),
    _fang_event("fang-2021-cifar10-dvs", "CIFAR10-DVS", 4),
    _fang_event("fang-2021-dvs128-gesture", "DVS128-Gesture", 5),
    _resnet_19("zheng-2021-resnet-19", "ResNet-19 (Zheng 2021), average pool 2×2", (AVERAGE,)),
    _resnet_19("zheng-2021-resnet-19-no-pool", "ResNet-19 (Zheng 2021), no last pool", ()),
    _resnet_19("zheng-2021-resnet-19-gap", "ResNet-19 (Zheng 2021), global average pooling", (GlobalPool(),)),
    Plan(
        "zheng-2021-resnet-17", "ResNet-17 (Zheng 2021)", ZHENG, 2021, ("CIFAR10-DVS", "DVS128-Gesture"), 64, True,
        (
            Conv(1), MAX, Conv(1), MAX,
            Residual(1, 2), Residual(1), Residual(1), Residual(2, 2), Residual(2), Residual(2), Residual(2),
            AVERAGE, Dense(4), Output(),
        ),
        notes=NO_TDBN,
    ),
    Plan(
        "lee-2020-resnet-11", "ResNet-11 (Lee 2020)", LEE, 2020, ("CIFAR-10",), 64, False,
        (Conv(1), AVERAGE, Residual(2), Residual(4, 2), Residual(8), Residual(8, 2), Dense(16), Output()),
        notes=f"{AS_REFERENCE}; what the paper's own training adds to it was not verified.",
    ),
    Plan(
        "he-2020", "SNN for DVS128-Gesture (He 2020)", HE, 2020, ("DVS128-Gesture",), 64, True,
        (
            Downsample(4, "max"), Conv(1, batch_norm=False), Conv(2, batch_norm=False), AVERAGE,
            Conv(2, batch_norm=False), AVERAGE, Dense(4, bias=True), Output(),
        ),
        notes="Layers, biases and the absence of batch norm as in the authors' published code "
        "(Input-MP4-64C3-128C3-AP2-128C3-AP2-256FC-11; 2,322,891 parameters with its own 11 output neurons). Ours: "
        "the voting head without bias in place of those 11, this program's neurons (theirs: threshold 0.3, decay "
        "0.3, rectangular surrogate), no dropout. The input is reduced by 4×4 maximum as the name's MP4 says; their "
        "loader takes the reduced size from the event coordinates.",
        threshold=0.3,
    ),
    Plan(
        "kaiser-2020-decolle", "DECOLLE (Kaiser 2020)", KAISER, 2020, ("DVS128-Gesture",), 64, True,
        (
            Downsample(4, "sum"), Conv(1, 7, 2, batch_norm=False, pool_first=True),
            Conv(2, 7, 2, batch_norm=False), Conv(2, 7, 2, batch_norm=False, pool_first=True), Output(),
        ),
        notes="Shapes as in the paper's table 2 (7×7 convolutions to 30×30, 13×13, 11×11; pools before the "
        "neurons); biases as in the authors' code. Padding 2 follows from those shapes, though the code that we saw "
        "pads by 3. Ours: trained through the whole network with a voting head on the last layer, in place of a "
        "fixed random readout and a local loss at each layer; this program's neurons instead of theirs with "
        "synaptic and refractory traces, at a threshold chosen by us; no dropout (theirs stays active in testing).",
        threshold=0.3,
    ),
)  # fmt: skip

ZOO: dict[str, Plan] = {plan.name: plan for plan in PLANS}
