"""The data in words: which samples, at which size, coded, split and augmented how."""

from __future__ import annotations

from engine.config.data import DataConfig
from engine.config.words import counted
from engine.data.readers.held_out import OWN_VALIDATION
from engine.describe.clauses import Clauses

CODINGS = {
    "direct": "direct coding: the same normalised image at every time step",
    "rate": "rate coding: at each time step a pixel spikes with the probability of its brightness",
    "latency": "latency coding: each pixel spikes once, the brighter the sooner",
}
FRAMES = {"count": "of equally many events", "duration": "of equal duration"}
AUGMENTATIONS = {
    "none": "no augmentation",
    "crop_flip": "training samples augmented by padding with 4 pixels, random crop and horizontal flip",
    "shift": "training samples augmented by random shifts of up to an eighth of the side",
}
COLOURS = {1: "grey", 3: "RGB"}


def sample(config: DataConfig) -> str:
    """The name of one input, in whose unit spikes are given."""
    return "recording" if config.info.kind == "events" else "image"


def split(config: DataConfig, note: str = "") -> str:
    """What the search evaluates on. `note` is what the files said of themselves: they may bring a split."""
    if OWN_VALIDATION in note:
        return "the validation split of the files"
    if config.split == "contiguous":
        return f"the last {share(config.validation_fraction)} of the training set by index"
    return f"{share(config.validation_fraction)} of the training set, stratified by class"


def share(fraction: float) -> str:
    """0.2 → "20%", 0.125 → "12.5%"."""
    return f"{100 * fraction:.6g}%"


def clauses(config: DataConfig, time_steps: int) -> Clauses:
    """The data by topic; `time_steps` is T."""
    return {
        "set": _set(config),
        "coding": coding(config, time_steps),
        "training samples": _subset(config.train_samples, "training"),
        "test samples": _subset(config.test_samples, "test"),
        "split": f"validation on {split(config)}",
        "augmentation": augmentation(config),
        "content": "no required content" if config.content_sha256 is None else _content(config.content_sha256),
    }


def used(config: DataConfig, time_steps: int) -> str:
    """Which samples, coded and augmented how, in sentences."""
    parts = clauses(config, time_steps)
    content = "" if config.content_sha256 is None else f" The {parts['content']}."
    found = f"The study used {parts['training samples']} and {parts['test samples']}".removesuffix(",")
    return f"{found}. The input is {parts['coding']}; {parts['augmentation']}.{content}"


def _set(config: DataConfig) -> str:
    channels = "" if config.channels is None else f", {COLOURS[config.channels]}"
    classes = "" if config.classes is None else f", {counted(config.classes, 'class', 'classes')}"
    sensor = "" if config.sensor_size is None else f", binned from a sensor of {config.sensor_size} pixels"
    return f"{config.info.title} at {config.image_size}×{config.image_size} pixels{channels}{classes}{sensor}"


def coding(config: DataConfig, time_steps: int) -> str:
    """How a sample becomes T inputs."""
    if config.info.kind == "events":
        frames = counted(time_steps, "frame")
        return f"each recording cut into {frames} {FRAMES[config.frames_by]}, with the count of events as input"
    return CODINGS[config.encoding]


def augmentation(config: DataConfig) -> str:
    """What is done to training samples at random."""
    chosen = (config.augmentation or config.info.augmentation) if config.augment else "none"
    return AUGMENTATIONS[chosen]


def _subset(count: int | None, kind: str) -> str:
    return f"all {kind} samples" if count is None else f"at most {count:,} {kind} samples, class-balanced,"


def _content(sha256: str) -> str:
    return f"files had to have the content SHA-256 {sha256}"
