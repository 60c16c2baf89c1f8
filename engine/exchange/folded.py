"""A trained network as a plain torch module: batch norm folded, no product, no custom gradient, any batch size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.exchange.layers import Average, Convolution, Dense, Drive, Layers, Neurons, Pooled, Shortcut, Spiking


class FoldedNetwork(nn.Module):
    """Images [N, C, H, W], or frames [N, T, C, H, W], to rates [N, classes] and spikes by layer [N, rows]."""

    def __init__(self, layers: Layers, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.layers = layers
        for layer in layers.layers:
            for drive in layer.drives if isinstance(layer, Spiking) else ():
                self._keep(drive, dtype)

    def _keep(self, drive: Drive, dtype: torch.dtype) -> None:
        if isinstance(drive, Convolution):
            weight, bias = drive.folded()
            self.register_buffer(f"{drive.name}_weight", weight.to(dtype))
            self.register_buffer(f"{drive.name}_bias", bias.to(dtype))
        elif isinstance(drive, Dense):
            self.register_buffer(f"{drive.name}_weight", drive.weight.to(dtype))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images [N, C, H, W] or frames [N, T, C, H, W] → rates [N, classes] and spikes by layer, summed over time."""
        spikes = self.spikes(images)
        votes = spikes[-1].reshape(self.layers.time_steps, -1, self.layers.classes, self.layers.votes_per_class)
        return votes.mean((0, 3)), torch.stack([self._counted(spikes, row) for row in range(len(self.layers.rows))], 1)

    def spikes(self, images: Tensor) -> list[Tensor]:
        """The spikes of every layer, [T·N, …]: convolutions run once over all time steps, neurons step by step."""
        outputs = [images.transpose(0, 1).flatten(0, 1) if self.layers.frames else images]
        for layer in self.layers.layers:
            if isinstance(layer, Pooled):
                outputs.append(F.max_pool2d(outputs[layer.source], 2))
            else:
                outputs.append(self._fired(layer.neurons, self._currents(layer, outputs)))
        return outputs[1:]

    def _currents(self, layer: Spiking, outputs: Sequence[Tensor]) -> Sequence[Tensor]:
        """Input of the neurons [N, …] at every time step; a static image gives the first layer the same at all."""
        driven = reduce(torch.add, [self._driven(drive, outputs[drive.source]) for drive in layer.drives])
        once = layer is self.layers.layers[0] and not self.layers.frames
        return [driven] * self.layers.time_steps if once else self._steps(driven).unbind(0)

    def _driven(self, drive: Drive, x: Tensor) -> Tensor:
        match drive:
            case Convolution():
                weight, bias = self.get_buffer(f"{drive.name}_weight"), self.get_buffer(f"{drive.name}_bias")
                return F.conv2d(x, weight, bias, drive.stride, drive.padding, groups=drive.groups)
            case Dense():
                return F.linear(x.flatten(1), self.get_buffer(f"{drive.name}_weight"))
            case Average():
                return F.avg_pool2d(x, drive.kernel)
            case Shortcut():
                return x

    def _fired(self, neurons: Neurons, currents: Sequence[Tensor]) -> Tensor:
        """Spikes [T·N, …] of inputs [N, …], one a time step."""
        v, fired = torch.zeros_like(currents[0]), []
        for x in currents:
            h = v + x if neurons.decay is None else torch.lerp(v, x, neurons.decay)
            fired.append(h >= neurons.threshold)
            v = torch.where(fired[-1], h - neurons.threshold, h) if neurons.soft else h.masked_fill(fired[-1], 0.0)
        return torch.cat(fired).to(v.dtype)

    def _steps(self, x: Tensor) -> Tensor:
        """[T·N, …] as [T, N, …]."""
        return x.reshape(self.layers.time_steps, -1, *x.shape[1:])

    def _counted(self, spikes: list[Tensor], row: int) -> Tensor:
        """Spikes [N] of one row of the network; an identity has none."""
        of_row = [found for found, layer in zip(spikes, self.layers.layers, strict=True) if layer.row == row]
        counts = [self._steps(found.flatten(1).sum(1)).sum(0) for found in of_row]
        return reduce(torch.add, counts) if counts else torch.zeros_like(self._steps(spikes[-1])[0, :, 0])
