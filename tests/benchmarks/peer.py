"""A peer of one's own for `python -m benchmarks --external`: a training step of a small spiking network in plain torch.

    .venv/bin/python -m benchmarks --quick --only train --external ".venv/bin/python tests/benchmarks/peer.py 96"

The argument is how many images a step has; ours have 96 of 3 × 32 × 32, T = 8. What to write to compare another
library: its network and its step in the place of these.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

TIME_STEPS, CLASSES = 8, 10


class Spike(torch.autograd.Function):
    """1 where the potential is at or above the threshold; on the way back the arc tangent's slope."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x >= 0).float()

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad / (1 + (torch.pi * x) ** 2)


class Peer(nn.Module):
    """conv – BN – leaky neurons – pool – linear, the rates over T."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        self.linear = nn.Linear(16 * 8 * 8, CLASSES)

    def forward(self, images):
        current, v, rates = self.norm(self.conv(images)), 0.0, 0.0
        for _ in range(TIME_STEPS):
            v = v + (current - v) / 2
            spikes = Spike.apply(v - 1)
            v = v * (1 - spikes.detach())
            rates = rates + self.linear(F.avg_pool2d(spikes, 4).flatten(1)) / TIME_STEPS
        return rates


def main():
    torch.manual_seed(0)
    samples = int(sys.argv[1])
    images, labels = torch.randn(samples, 3, 32, 32), torch.randint(0, CLASSES, (samples,))
    network = Peer()
    optimizer = torch.optim.Adam(network.parameters())
    print(json.dumps({}), flush=True)
    for _ in sys.stdin:
        started, worked = time.perf_counter(), time.process_time()
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()
        said = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - worked}
        print(json.dumps(said | {"peak": 123_000_000}), flush=True)


if __name__ == "__main__":
    main()
