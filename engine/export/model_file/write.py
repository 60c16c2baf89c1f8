"""model.py of a package: the template with the network's own constants, neurons, blocks and layers."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator
from importlib.resources import files

from engine.blocks.registry import BLOCKS, family_of
from engine.config.study import StudyConfig
from engine.config.words import one_line
from engine.export.model_file.network_code import NetworkCode, network_code
from engine.export.model_file.neuron_code import constants_of, neuron_code
from engine.space.architecture import Architecture
from engine.space.shapes import PlacedBlock, layer_specs, place

READY_MADE = (
    "FactorizedReduction", "Skip", "MaxPool", "AvgPool", "GlobalAvgPool", "Classifier", "LinearClassifier",
)  # fmt: skip
"""Classes of the template that stay where the network uses them."""
CONSTANTS = ("TIME_STEPS", "VOTES_PER_CLASS", "THRESHOLD")

_DOCSTRING = '''"""{name}: a network found and trained by AutoSNN Studio. This file needs torch and safetensors alone.

    python model.py IMAGES     the class of each image, with its rates and spikes
    python model.py --check    accuracy and spikes on the samples that lie in samples.safetensors, beside those recorded

From Python: network = load(); rates, spikes = network(network_input(images)). README.md says how it was made.
"""
'''


def obstacle(config: StudyConfig, architecture: Architecture) -> str:
    """Why no file of its own can rebuild the network; empty where one can."""
    kind = config.network.neuron.info
    if kind.module is not None and kind.name != "relu":
        return f"the neuron kind {kind.name} is a module of its own"
    for placed in _placed(config, architecture):
        if family_of(placed.block).module is not None:
            return f"the block {placed.block.name} is a module of its own"
        names = [name for layer in placed.wiring for name in (layer.name, *(conv.name for conv in layer.convolutions))]
        if strange := [name for name in names if not name.isidentifier() or keyword.iskeyword(name)]:
            return f"the block {placed.block.name} has a layer called {strange[0]!r}, which is no name in Python"
    return ""


def _placed(config: StudyConfig, architecture: Architecture) -> Iterator[PlacedBlock]:
    macro, before = config.network.macro, (config.input.channels, config.input.height, config.input.width)
    strides = {str(number): layer.stride for number, layer in enumerate(macro.layers, 1)}
    for row in layer_specs(macro, architecture, config.input, config.neuron_parameters):
        if row.block in BLOCKS:
            yield place(row.name, BLOCKS[row.block], before, row.shape[0], strides[row.name])
        before = row.shape


def model_file(config: StudyConfig, architecture: Architecture) -> str:
    """The text of model.py, of a network without `obstacle`."""
    source, code = files(__package__).joinpath("template.py").read_text(encoding="utf-8"), None
    code = network_code(config, architecture)
    left_out = set(READY_MADE) - code.uses
    return "".join(
        part.replace(text, _own(name, text, config, code), 1)
        for name, text, part in _parts(source)
        if name not in left_out
    )


def _parts(source: str) -> Iterator[tuple[str, str, str]]:
    """Every statement of the template: its name or "", its text, and its text with what precedes the next one."""
    lines = source.splitlines(keepends=True)
    nodes = ast.parse(source).body
    starts = [node.lineno - 1 - len(getattr(node, "decorator_list", [])) for node in nodes]
    for node, start, end in zip(nodes, starts, [*starts[1:], len(lines)], strict=True):
        yield _name(node, node is nodes[0]), "".join(lines[start : node.end_lineno]), "".join(lines[start:end])


def _name(node: ast.stmt, first: bool) -> str:
    if first:
        return "docstring"
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return node.name if isinstance(node, ast.ClassDef | ast.FunctionDef) else ""


def _own(name: str, text: str, config: StudyConfig, code: NetworkCode) -> str:
    """What stands in the place of a statement of the template."""
    if name == "docstring":
        return _DOCSTRING.format(name=_plain(config.name))
    if name == "TIME_STEPS":
        return f"TIME_STEPS = {config.network.time_steps}\n"
    if name == "VOTES_PER_CLASS":
        return f"VOTES_PER_CLASS = {config.network.macro.votes_per_class}\n"
    if name == "THRESHOLD":
        return "".join(f"{key} = {value!r}\n" for key, value in constants_of(config.network.neuron).items())
    if name == "Neuron":
        return neuron_code(config.network.neuron)
    if name == "Network":
        forward = text[text.index("    def forward") :]
        return "\n\n".join([*code.blocks.values(), f"{code.network}\n{forward}"])
    return text


def _plain(name: str) -> str:
    """A study's name inside a docstring."""
    return one_line(name).replace("\\", "\\\\").replace('"', "'")
