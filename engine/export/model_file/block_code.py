"""A candidate block as Python code, from its wiring."""

from __future__ import annotations

from engine.blocks.wiring import ConvSpec, SpikingLayer, Wiring


def block_code(name: str, title: str, wiring: Wiring) -> str:
    """The class `name` of a wired block; `title` says what it is."""
    lines = [f"class {name}(nn.Module):", f'    """{title}"""', "", "    def __init__(self) -> None:"]
    lines += ["        super().__init__()", *(f"        {line}" for layer in wiring for line in _modules(layer))]
    lines += ["", "    def forward(self, x: Tensor) -> Emitted:"]
    lines += ['        """[T, N, C, H, W] to spikes [T, N, C\', H\', W\']."""']
    lines += [f"        {_spikes(at)} = {_driven(layer)}" for at, layer in enumerate(wiring, 1)]
    counts = " + ".join(f"count({_spikes(at)})" for at in range(1, len(wiring) + 1))
    return "\n".join([*lines, f"        return {_spikes(len(wiring))}, {counts}", ""])


def _modules(layer: SpikingLayer) -> list[str]:
    return [*map(_convolution, layer.convolutions), f"self.{layer.name} = Neuron()"]


def _convolution(conv: ConvSpec) -> str:
    more = {"kernel": conv.kernel, "stride": conv.stride, "groups": conv.groups}
    given = [str(conv.c_in), str(conv.c_out), *(f"{key}={value}" for key, value in more.items() if value != 1)]
    return f"self.{conv.name} = ConvBN({', '.join(given)})"


def _driven(layer: SpikingLayer) -> str:
    """The neurons of the sum of what drives them, in the order in which the engine adds it up."""
    drives = [f"self.{conv.name}({_spikes(conv.source)})" for conv in layer.convolutions]
    return f"self.{layer.name}({' + '.join([*drives, *(['x'] if layer.shortcut else [])])})"


def _spikes(source: int) -> str:
    return f"spikes{source}" if source else "x"
