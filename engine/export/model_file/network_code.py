"""The class Network of a package's architecture as Python code, and the classes of its blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from engine.blocks.registry import BLOCKS
from engine.config.study import StudyConfig
from engine.export.model_file.block_code import block_code
from engine.space.architecture import Architecture, genome_strip
from engine.space.shapes import LayerSpec, PlacedBlock, layer_specs, place

LISTS = ("extra", "layers")
"""Modules of the network that hold several layers."""
_HEAD = '''class Network(nn.Module):
    """{title}.

    A comment gives a layer's name and the shape of its output.
    """

    def __init__(self) -> None:
        super().__init__()
{modules}
    def path(self) -> list[nn.Module]:
        """Every layer in order, as config.json lists them."""
        return [{path}]
'''


@dataclass
class NetworkCode:
    """The class Network without `forward`, the classes of its blocks in order, and the layers it takes ready-made."""

    network: str = ""
    blocks: dict[str, str] = field(default_factory=dict)
    uses: set[str] = field(default_factory=lambda: {"ConvNeuron"})


@dataclass(frozen=True)
class _Rows:
    """The rows of a network by the module that holds them."""

    stem: LayerSpec
    extra: list[LayerSpec]
    layers: list[LayerSpec]
    gap: LayerSpec | None
    output: LayerSpec


def network_code(config: StudyConfig, architecture: Architecture) -> NetworkCode:
    """Of an architecture of the config's space, all of whose blocks follow from their wirings."""
    code, macro, rows = NetworkCode(), config.network.macro, _rows(config, architecture)
    modules = {"stem": [_line("self.stem = ", f"ConvNeuron({config.input.channels}, {rows.stem.shape[0]})", rows.stem)]}
    if rows.extra:
        modules["extra"] = _listed("extra", [(_fixed(row, code), row) for row in rows.extra])
    modules["layers"] = _listed("layers", _layers(config, rows, code))
    if rows.gap is not None:
        modules["gap"] = [_line("self.gap = ", _fixed(rows.gap, code), rows.gap)]
    modules["classifier"] = [_line("self.classifier = ", _classifier(config, rows, code), rows.output)]
    code.network = _HEAD.format(
        title=f"{genome_strip(macro, architecture).replace('|', '/')}, where / is a pool",
        modules="".join(f"        {line}\n" for lines in modules.values() for line in lines),
        path=", ".join(f"{'*' if name in LISTS else ''}self.{name}" for name in modules),
    )
    return code


def _rows(config: StudyConfig, architecture: Architecture) -> _Rows:
    macro = config.network.macro
    stem, *middle, output = layer_specs(macro, architecture, config.input, config.neuron_parameters)
    gap = middle.pop() if macro.global_average_pooling else None
    extra = len(middle) - len(macro.layers)
    return _Rows(stem, middle[:extra], middle[extra:], gap, output)


def _classifier(config: StudyConfig, rows: _Rows, code: NetworkCode) -> str:
    name = "Classifier" if config.network.neuron.info.spiking else "LinearClassifier"
    code.uses.add(name)
    return f"{name}({prod((rows.gap or rows.layers[-1]).shape)}, {rows.output.shape[0]})"


def _listed(name: str, made: list[tuple[str, LayerSpec]]) -> list[str]:
    lines = [f"        {_line('', text, row, ',')}" for text, row in made]
    return [f"self.{name} = nn.ModuleList(", "    [", *lines, "    ]", ")"]


def _line(start: str, text: str, row: LayerSpec, end: str = "") -> str:
    name = f"layer {row.name}" if row.name.isdecimal() else row.name
    return f"{start}{text}{end}  # {name}: {list(row.shape)}"


def _fixed(row: LayerSpec, code: NetworkCode) -> str:
    """A pool, or the convolution of an extra stem."""
    if row.block == "conv":
        return f"ConvNeuron({row.shape[0]}, {row.shape[0]})"
    name = {"max_pool": "MaxPool", "avg_pool": "AvgPool", "gap": "GlobalAvgPool"}[row.block]
    code.uses.add(name)
    return f"{name}()"


def _layers(config: StudyConfig, rows: _Rows, code: NetworkCode) -> list[tuple[str, LayerSpec]]:
    """The layers of the macro architecture, searched ones and pools: how each is made, and its row."""
    made, before = [], [rows.stem, *rows.extra][-1]
    for layer, row in zip(config.network.macro.layers, rows.layers, strict=True):
        if layer.kind == "search":
            placed = place(row.name, BLOCKS[row.block], before.shape, row.shape[0], layer.stride)
            made.append((f"nn.Sequential(OrderedDict({row.block}={_block(placed, code)}))", row))
        else:
            made.append((_fixed(row, code), row))
        before = row
    return made


def _block(placed: PlacedBlock, code: NetworkCode) -> str:
    """How a block is made; its class is written at its first use."""
    c_in, c_out = placed.before[0], placed.channels
    if not placed.wiring:
        code.uses.add("Skip")
        return "Skip()"
    if placed.convolutions[0][0].halves:
        code.uses.add("FactorizedReduction")
        return f"FactorizedReduction({c_in}, {c_out})"
    name = f"{placed.block.name}_{c_in}_{c_out}" + ("_stride2" if placed.stride == 2 else "")
    title = f"{placed.block.name} from {c_in} to {c_out} channels" + (", stride 2." if placed.stride == 2 else ".")
    code.uses.add("ConvBN")
    code.blocks[name] = block_code(name, title, placed.wiring)
    return f"{name}()"
