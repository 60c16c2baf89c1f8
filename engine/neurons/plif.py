"""PLIF: leaky integrate-and-fire, each layer of which learns its time constant (Fang et al. 2021)."""

from __future__ import annotations

from engine.neurons.kind import Citation, NeuronKind

FANG_2021: Citation = ("inproceedings", "fang2021plif", {
    "title": "Incorporating Learnable Membrane Time Constant to Enhance Learning of Spiking Neural Networks",
    "author": "Fang, Wei and Yu, Zhaofei and Chen, Yanqi and Masquelier, Timoth{\\'e}e and Huang, Tiejun and "
              "Tian, Yonghong",
    "booktitle": "Proceedings of the IEEE/CVF International Conference on Computer Vision", "year": "2021",
})  # fmt: skip

PLIF = NeuronKind(
    name="plif",
    title="PLIF",
    label="PLIF, parametric leaky",
    leak="learned",
    parameters=1,
    nir_rewrite="PLIF becomes LIF with the time constant it learned",
    citation=FANG_2021,
)
