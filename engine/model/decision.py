"""The network's answer: the class of the highest firing rate; of equally high ones the one of lowest index.

A rate is a whole number of votes ÷ (votes · T), so a tie is exact, whatever ran the network: plain torch, the C++ and
the Triton kernels tie on the same samples. Training, evaluation and inspections all answer by this rule.
"""

from __future__ import annotations

from torch import Tensor


def predicted(rates: Tensor) -> Tensor:
    """Classes [N] of firing rates [N, classes]. Where no output neuron fires, all are equal and the answer is class 0.

    torch.argmax gives the first of equal maxima, as its documentation says.
    """
    return rates.argmax(1)
