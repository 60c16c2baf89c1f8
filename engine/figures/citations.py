"""BibTeX entries of a study: AutoSNN, its neuron, and its data set."""

from __future__ import annotations

from collections.abc import Mapping

from engine.figures.record import Record
from engine.neurons.kind import Citation

AUTOSNN: Citation = ("inproceedings", "na2022autosnn", {
    "title": "{AutoSNN}: Towards Energy-Efficient Spiking Neural Networks",
    "author": "Na, Byunggook and Mok, Jisoo and Park, Seongsik and Lee, Dongjin and Choe, Hyeokjun and Yoon, Sungroh",
    "booktitle": "Proceedings of the 39th International Conference on Machine Learning",
    "series": "Proceedings of Machine Learning Research", "volume": "162", "year": "2022", "eprint": "2201.12738",
    "archiveprefix": "arXiv",
})  # fmt: skip
_CIFAR: Citation = ("techreport", "krizhevsky2009cifar", {
    "title": "Learning Multiple Layers of Features from Tiny Images", "author": "Krizhevsky, Alex",
    "institution": "University of Toronto", "year": "2009",
})  # fmt: skip
DATA: dict[str, Citation] = {
    "digits": ("misc", "alpaydin1998digits", {
        "title": "Optical Recognition of Handwritten Digits", "author": "Alpaydin, Ethem and Kaynak, Cenk",
        "howpublished": "UCI Machine Learning Repository", "year": "1998", "doi": "10.24432/C50P49",
    }),
    "mnist": ("article", "lecun1998mnist", {
        "title": "Gradient-Based Learning Applied to Document Recognition",
        "author": "LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick",
        "journal": "Proceedings of the IEEE", "volume": "86", "number": "11", "pages": "2278--2324", "year": "1998",
    }),
    "fashion_mnist": ("misc", "xiao2017fashion", {
        "title": "{Fashion-MNIST}: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
        "author": "Xiao, Han and Rasul, Kashif and Vollgraf, Roland", "eprint": "1708.07747",
        "archiveprefix": "arXiv", "year": "2017",
    }),
    "cifar10": _CIFAR,
    "cifar100": _CIFAR,
    "svhn": ("inproceedings", "netzer2011svhn", {
        "title": "Reading Digits in Natural Images with Unsupervised Feature Learning",
        "author": "Netzer, Yuval and Wang, Tao and Coates, Adam and Bissacco, Alessandro and Wu, Bo and Ng, Andrew Y.",
        "booktitle": "NIPS Workshop on Deep Learning and Unsupervised Feature Learning", "year": "2011",
    }),
    "tiny_imagenet": ("techreport", "le2015tiny", {
        "title": "Tiny {ImageNet} Visual Recognition Challenge", "author": "Le, Ya and Yang, Xuan",
        "institution": "Stanford University, CS 231N", "year": "2015",
    }),
    "n_mnist": ("article", "orchard2015nmnist", {
        "title": "Converting Static Image Datasets to Spiking Neuromorphic Datasets Using Saccades",
        "author": "Orchard, Garrick and Jayawant, Ajinkya and Cohen, Gregory K. and Thakor, Nitish",
        "journal": "Frontiers in Neuroscience", "volume": "9", "pages": "437", "year": "2015",
    }),
    "cifar10_dvs": ("article", "li2017cifar10dvs", {
        "title": "{CIFAR10-DVS}: An Event-Stream Dataset for Object Classification",
        "author": "Li, Hongmin and Liu, Hanchao and Ji, Xiangyang and Li, Guoqi and Shi, Luping",
        "journal": "Frontiers in Neuroscience", "volume": "11", "pages": "309", "year": "2017",
    }),
    "dvs128_gesture": ("inproceedings", "amir2017gesture", {
        "title": "A Low Power, Fully Event-Based Gesture Recognition System",
        "author": "Amir, Arnon and others",
        "booktitle": "Proceedings of the IEEE Conference on Computer Vision and Pattern Recognition", "year": "2017",
    }),
}  # fmt: skip
"""Entries by data set. A user's own images and events have none."""


def bibtex(record: Record) -> str:
    """All entries of a study, as a .bib file."""
    config = record.config
    entries = [AUTOSNN]
    if citation := config.network.neuron.info.citation:
        entries.append(citation)
    if data := DATA.get(config.data.dataset):
        entries.append(data)
    return "\n".join(_entry(*entry) for entry in entries)


def data_key(record: Record) -> str | None:
    """The BibTeX key of the data set; None for a user's own."""
    entry = DATA.get(record.config.data.dataset)
    return entry[1] if entry else None


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}}}\n"
