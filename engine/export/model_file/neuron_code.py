"""The neurons of a network as Python code: the equations of `engine.model.neurons`, with the network's constants."""

from __future__ import annotations

from engine.config.network import NeuronConfig

_RELU = '''class Neuron(nn.Module):
    """ReLU, in the place of neurons: a network in ANN mode, which counts outputs that are not zero."""

    def forward(self, current: Tensor) -> Tensor:
        """Currents [1, ...] to activations [1, ...]."""
        return torch.relu(current)
'''
_HEAD = '''class Neuron(nn.Module):
    """{title} neurons.

    From the current X to the potential H before the reset, spikes S, and the potential V after it:
    {charge};
    S[t] = 1 where H[t] >= THRESHOLD, else 0;  {reset_words}.
    """
'''
_LEARNED = """
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(()))
"""
_FORWARD = '''
    def forward(self, current: Tensor) -> Tensor:
        """Currents [T, ...] to spikes [T, ...]; the potential starts from 0."""
{leak}        v, spikes = torch.zeros_like(current[0]), []
        for x in current:
            h = {update}
            s = (h >= THRESHOLD).to(h.dtype)
            v = {reset}
            spikes.append(s)
        return torch.stack(spikes)
'''
_LEAKY = "H[t] = V[t-1] + a (X[t] - V[t-1]) with a = "
_CHARGE = {
    "learned": f"{_LEAKY}sigmoid(w), one learned w a layer",
    "fixed": f"{_LEAKY}1 / TAU",
    "none": "H[t] = V[t-1] + X[t]",
}
_LEAK = {
    "learned": "        a = torch.sigmoid(self.w)\n",
    "fixed": "        a = torch.tensor(1 / TAU, dtype=current.dtype)\n",
    "none": "",
}


def neuron_code(neuron: NeuronConfig) -> str:
    """The class Neuron."""
    kind = neuron.info
    if not kind.spiking:
        return _RELU
    hard = neuron.reset == "hard"
    head = _HEAD.format(
        title=kind.title,
        charge=_CHARGE[kind.leak],
        reset_words="V[t] = H[t] (1 - S[t])" if hard else "V[t] = H[t] - THRESHOLD S[t]",
    )
    forward = _FORWARD.format(
        leak=_LEAK[kind.leak],
        update="v + x" if kind.leak == "none" else "torch.lerp(v, x, a)",
        reset="h * (1 - s)" if hard else "h - THRESHOLD * s",
    )
    return head + (_LEARNED if kind.leak == "learned" else "") + forward


def constants_of(neuron: NeuronConfig) -> dict[str, float]:
    """The constants that the class reads."""
    if not neuron.info.spiking:
        return {}
    return {"THRESHOLD": neuron.threshold} | ({"TAU": neuron.tau} if neuron.info.leak == "fixed" else {})
