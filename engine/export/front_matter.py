"""The metadata at the head of a package's README.md, in the form of Hugging Face's model cards."""

from __future__ import annotations

import json
from collections.abc import Mapping

from engine.config.study import StudyConfig

HUB_DATASETS: Mapping[str, str] = {
    "mnist": "ylecun/mnist",
    "fashion_mnist": "zalando-datasets/fashion_mnist",
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
    "svhn": "ufldl-stanford/svhn",
    "tiny_imagenet": "zh-plus/tiny-imagenet",
}
"""Ids on the Hugging Face Hub of the data sets that lie there; a data set of one's own has none."""
TAGS = ("spiking-neural-network", "neural-architecture-search", "autosnn", "pytorch", "safetensors")


def front_matter(config: StudyConfig, accuracy: float, spikes: float, samples: int) -> str:
    """YAML between two lines of dashes. `accuracy` (0…1) and `spikes` (N) are those of `samples` of the test split.

    The licence is unknown until whoever made the network names one.
    """
    images = config.data.info.kind == "images"
    hub = HUB_DATASETS.get(config.data.dataset)
    lines = [
        "---",
        "license: unknown",
        *(["pipeline_tag: image-classification"] if images else []),
        *_list("tags", TAGS),
        *([f"datasets:\n- {hub}"] if hub else []),
        *_list("metrics", ("accuracy",)),
        "model-index:",
        f"- name: {_text(config.name)}",
        "  results:",
        "  - task:",
        f"      type: {'image-classification' if images else 'event-classification'}",
        "    dataset:",
        f"      name: {_text(config.data.info.title)}",
        f"      type: {hub or config.data.dataset}",
        "      split: test",
        "    metrics:",
        *_metric("accuracy", "Accuracy, last epoch", accuracy),
        *_metric("spikes", f"Spikes N per sample, of {samples} samples", spikes),
        "---",
    ]
    return "\n".join(lines)


def _list(key: str, values: tuple[str, ...]) -> list[str]:
    return [f"{key}:", *(f"- {value}" for value in values)]


def _metric(kind: str, name: str, value: float) -> list[str]:
    return [f"    - type: {kind}", f"      name: {_text(name)}", f"      value: {value!r}"]


def _text(text: str) -> str:
    """A string in double quotes, which YAML and JSON write alike."""
    return json.dumps(text)
