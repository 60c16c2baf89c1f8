"""The descriptor of a neuron kind: its leak, its parameters, its names, who runs it, and what NIR lacks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Leak = Literal["learned", "fixed", "none"]
"""a of H[t] = V[t−1] + a·(X[t] − V[t−1]): σ(w) with w learned in each layer from 1/τ on, 1/τ, or none: H = V + X."""
Citation = tuple[str, str, Mapping[str, str]]
"""A BibTeX entry: its type, its key, its fields."""


@dataclass(frozen=True)
class NeuronKind:
    """All that is known of a kind.

    `title` names it in prose, `label` in a form. `parameters` are learned in each layer of neurons. `spiking`: it puts
    out 0 or 1; else the network is in ANN mode. `module` makes the torch module where the leak does not say everything:
    NeuronConfig → torch.nn.Module, from currents [T, …] to outputs [T, …]. It imports torch in its body, and such a
    kind runs in plain torch. `nir_obstacle` says why NIR cannot express it, `nir_rewrite` in which form it does.
    """

    name: str
    title: str
    label: str
    leak: Leak = "none"
    parameters: int = 0
    spiking: bool = True
    module: Callable[[Any], Any] | None = None
    nir_obstacle: str = ""
    nir_rewrite: str = ""
    citation: Citation | None = None

    @property
    def compiles(self) -> bool:
        """Whether the compiled back ends run it."""
        return self.module is None

    @property
    def not_in_nir(self) -> str:
        """Why NIR cannot express it; of a module of its own nobody knows, unless `nir_obstacle` says it."""
        return self.nir_obstacle or (f"{self.title} is a module of its own" if self.module else "")
