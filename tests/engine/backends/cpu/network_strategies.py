"""Hypothesis strategies for all networks the kernels run: blocks, strides, pools, odd sides, neurons, events."""

from dataclasses import dataclass

from hypothesis import strategies as st

from engine.blocks.registry import BLOCKS
from engine.config.parse import parse_config
from engine.config.study import StudyConfig
from engine.space.architecture import Architecture
from engine.space.shapes import layer_specs
from tests.engine.tiny import tiny_config

RUN_BY_KERNELS = [name for name, block in BLOCKS.items() if block.family != "dsib"]


@dataclass(frozen=True)
class NetworkCase:
    """A study's config with one block a searched layer, and how many samples go through at once."""

    config: StudyConfig
    code: str
    samples: int
    seed: int


@st.composite
def networks(draw):
    """Up to three layers, sides of 8 to 15 pixels down to one, channels that do and do not fill groups of 16."""
    side = draw(st.integers(8, 15))
    channels = draw(st.integers(1, 20))
    stem = {"stem_channels": channels, "extra_stem": draw(st.sampled_from(["none", "pool_conv", "pool_conv_pool"]))}
    left = side // {"none": 1, "pool_conv": 2, "pool_conv_pool": 4}[stem["extra_stem"]]
    layers = []
    for _ in range(draw(st.integers(1, 3))):
        layer, channels, left = draw(_layers(channels, left))
        layers.append(layer)
    if all(layer["kind"] != "search" for layer in layers):
        layers[-1] = {"kind": "search", "candidates": ["SCB_k3"], "channels": channels}
    macro = stem | {
        "layers": layers,
        "global_average_pooling": draw(st.booleans()),
        "votes_per_class": draw(st.integers(1, 5)),
    }
    document = tiny_config().model_dump(mode="json")
    document["data"] = draw(_data(side))
    document["network"] = {
        "macro": macro,
        "neuron": draw(_neurons()),
        "time_steps": draw(st.integers(1, 5)),
        "batch_norm": draw(st.sampled_from(["per_step", "over_time"])),
    }
    config = parse_config(document)
    path = config.space.at(0)
    return NetworkCase(config, path.code, draw(st.integers(_fewest(config, path), 3)), draw(st.integers(0, 1000)))


def _fewest(config: StudyConfig, path: Architecture) -> int:
    """Two samples, or three where a map has one pixel: batch norm makes two values ±1, and their gradient rounding."""
    layers = layer_specs(config.network.macro, path, config.input)
    return 3 if any(row.shape[1:] == (1, 1) for row in layers if row.block not in ("gap", "fc")) else 2


@st.composite
def _layers(draw, channels: int, side: int):
    """One layer behind so many channels and pixels, and what it leaves of them."""
    kind = draw(st.sampled_from(["search", "search", "search", "max_pool", "avg_pool"])) if side >= 2 else "search"
    if kind != "search":
        return {"kind": kind}, channels, side // 2
    stride = draw(st.integers(1, 2))
    wanted = draw(st.one_of(st.just(channels), st.integers(1, 36)))
    blocks = RUN_BY_KERNELS
    if stride == 2 and (side % 2 or wanted % 2):
        blocks = [name for name in blocks if name != "skip_connect"]
    layer = {"kind": kind, "channels": wanted, "stride": stride, "candidates": [draw(st.sampled_from(blocks))]}
    return layer, wanted, -(-side // stride)


@st.composite
def _data(draw, side: int):
    """Images or event frames of one's own: these have any size."""
    common = {"path": "there", "image_size": side, "classes": draw(st.integers(2, 7))}
    if draw(st.booleans()):
        return common | {"dataset": "events", "sensor_size": 128}
    return common | {"dataset": "images", "channels": draw(st.sampled_from([1, 3]))}


@st.composite
def _neurons(draw):
    return {
        "kind": draw(st.sampled_from(["plif", "lif", "if"])),
        "tau": draw(st.sampled_from([1.2, 2.0, 5.0])),
        "threshold": draw(st.sampled_from([0.23, 0.37, 1.0])),
        "reset": draw(st.sampled_from(["hard", "soft"])),
        "surrogate": draw(st.sampled_from(["atan", "sigmoid", "erf", "triangle"])),
        "surrogate_alpha": draw(st.sampled_from([0.7, 2.0, 4.0])),
    }
